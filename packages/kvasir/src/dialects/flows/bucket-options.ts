/** The options of a bucket as functions are given them, and as the engine has them. */
import { z } from 'zod'
import { limits } from '../../codec/limits.ts'
import { defaultBucketConfig } from '../../engine/bucket-config.ts'
import type { BucketChanges, BucketConfig } from '../../engine/engine.ts'
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
const changeable = members(changeableOptions)

export type BucketOptions = z.output<typeof all>

/** What the engine is told of a bucket to create. */
export function toBucketConfig(given: BucketOptions): BucketConfig {
  const { storage } = given
  const set = Object.entries(toBucketChanges(given)).filter(([, value]) => value !== null)
  return {
    ...defaultBucketConfig,
    ...Object.fromEntries(set),
    ...toCopies(given),
    ...(storage !== undefined && { storage }),
  }
}

/** What the engine is told of options to change. */
export function toBucketChanges(given: z.output<typeof changeable>): BucketChanges {
  const { description, ttl, history, max_bytes, max_value_size, metadata, compression } = given
  return {
    ...(description !== undefined && { description }),
    ...(ttl !== undefined && { ttlMs: whenPositive(toMilliseconds(ttl)) }),
    ...(history !== undefined && { history }),
    ...(max_bytes !== undefined && { bytesMax: whenPositive(max_bytes) }),
    ...(max_value_size !== undefined && { valueBytesMax: whenPositive(max_value_size) }),
    ...(metadata !== undefined && { metadata }),
    ...(compression !== undefined && { compression }),
    ...toRepublishing(given.republish),
  }
}

function whenPositive(number: number): number | null {
  return number > 0 ? number : null
}
