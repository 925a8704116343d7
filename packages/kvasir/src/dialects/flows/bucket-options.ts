/** The options of a bucket as functions are given them, and as the engine has them. */
import { z } from 'zod'
import { limits } from '../../codec/limits.ts'
import { defaultBucketConfig } from '../../engine/bucket-config.ts'
import type { BucketConfig } from '../../engine/engine.ts'
import { origin, originList, toCopies } from './copy-options.ts'
import {
  flag,
  integer,
  limit,
  members,
  oneOf,
  textMap,
  textUpTo,
  toMilliseconds,
  ttlOrNone,
} from './parameter-types.ts'
import { republish, toRepublishing } from './republish-options.ts'

/** Those that `kv-bucket-update` may change. */
export const changeableOptions = {
  description: textUpTo(limits.descriptionBytesMax).describe('What the bucket is for.').optional(),
  ttl: ttlOrNone.optional(),
  history: integer({ min: 1, max: limits.historyMax })
    .describe('How many values are kept of each key.')
    .optional(),
  max_bytes: limit()
    .describe('The most bytes that the bucket holds, keys and kept values; -1: no limit.')
    .optional(),
  max_value_size: limit().describe('The most bytes of one value; -1: no limit.').optional(),
  metadata: textMap(limits.metadataBytesMax)
    .describe('Names and texts of your own about the bucket.')
    .optional(),
  compression: flag().describe('Whether values are compressed at rest.').optional(),
  republish: republish
    .describe('Publishes every stored change to the subscribers of a subject.')
    .optional(),
}

/** Those that hold for the bucket's whole life. */
export const permanentOptions = {
  storage: oneOf(['file', 'memory']).describe('Whether values outlive a restart.').optional(),
  num_replicas: integer({ min: 1, max: 5 })
    .describe('Copies of the bucket; more than 1 needs a clustered engine.')
    .optional(),
  placement: members({
    cluster: textUpTo(limits.nameLengthMax).optional(),
    tags: z.array(textUpTo(limits.nameLengthMax), { error: 'an array of strings' }).optional(),
  })
    .describe('Where the bucket is to be; clustered engines only.')
    .optional(),
  mirror: origin.describe('Makes the bucket a read-only live copy of another.').optional(),
  sources: originList.describe('Buckets whose changes this one receives as well.').optional(),
}

const all = members({ ...changeableOptions, ...permanentOptions })

export type BucketOptions = z.output<typeof all>

/** What the engine is told; an option that was left out stays as it is in `present`. */
export function toBucketConfig(
  given: BucketOptions,
  present: BucketConfig = defaultBucketConfig,
): BucketConfig {
  const ttlMs = given.ttl === undefined ? present.ttlMs : toMilliseconds(given.ttl)
  const bytesMax = given.max_bytes ?? present.bytesMax ?? -1
  const valueBytesMax = given.max_value_size ?? present.valueBytesMax ?? -1
  const storage = given.storage ?? present.storage
  const compression = given.compression ?? present.compression
  return {
    description: given.description ?? present.description,
    history: given.history ?? present.history,
    metadata: given.metadata ?? present.metadata,
    ...(ttlMs !== undefined && ttlMs > 0 && { ttlMs }),
    ...(bytesMax > 0 && { bytesMax }),
    ...(valueBytesMax > 0 && { valueBytesMax }),
    ...toCopies(given, present),
    ...(compression !== undefined && { compression }),
    ...(storage !== undefined && { storage }),
    ...toRepublishing(given.republish, present),
  }
}
