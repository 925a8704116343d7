/** Buckets as functions answer them. */
import { z } from 'zod'
import type { BucketConfig, BucketInfo } from '../../engine/engine.ts'
import { originBody, toCopiesBody } from './copy-options.ts'
import { toNanoseconds } from './parameter-types.ts'
import { republishBody, toRepublishingBody } from './republish-options.ts'
import { toInstant } from './stored-text.ts'

const config = {
  description: z.string(),
  ttl: z.number().describe('Nanoseconds; 0: values never expire.').meta({ type: 'integer' }),
  history: z.int().describe('How many values are kept of each key.'),
  max_bytes: z.int().describe('-1: no limit.'),
  max_value_size: z.int().describe('-1: no limit.'),
  storage: z.enum(['file', 'memory']),
  num_replicas: z.int(),
  metadata: z
    .custom<Readonly<Record<string, string>>>()
    .meta({ type: 'object', additionalProperties: { type: 'string' } }),
  mirror: originBody.optional().describe('The bucket that it copies, if it is a mirror.'),
  republish: republishBody.optional().describe('How its changes are published, if they are.'),
  sources: z.array(originBody).optional().describe('The buckets that it receives from.'),
}

/** A bucket with its figures, which the engine keeps up to date and does not count. */
export const bucketBody = z.strictObject({
  bucket: z.string(),
  ...config,
  is_compressed: z.boolean(),
  created: z.string().describe('When it was created: RFC 3339, UTC.'),
  values: z.int().describe('Keys that exist now.'),
  bytes: z.int().describe('Bytes of keys and of all kept values.'),
  last_seq: z.int().describe('The number of its last change; 0: it has never had one.'),
})

/** What a bucket is set to, under the names of the parameters. */
export const configBody = z.strictObject({ ...config, compression: z.boolean() })

/** What was removed. */
export const removedBody = z.strictObject({
  bucket: z.string(),
  values: z.int().describe('Keys that were removed.'),
  bytes: z.int().describe('Bytes that were freed.'),
})

export function toBucketBody(info: BucketInfo): z.output<typeof bucketBody> {
  const { name, createdAt, keys, bytes, revision } = info
  const { compression, ...settings } = toConfigBody(info.config)
  return {
    bucket: name,
    ...settings,
    is_compressed: compression,
    created: toInstant(createdAt),
    values: keys,
    bytes,
    last_seq: revision,
  }
}

export function toConfigBody(given: BucketConfig): z.output<typeof configBody> {
  return {
    description: given.description,
    ttl: toNanoseconds(given.ttlMs ?? 0),
    history: given.history,
    max_bytes: given.bytesMax ?? -1,
    max_value_size: given.valueBytesMax ?? -1,
    storage: given.storage ?? 'file',
    num_replicas: 1,
    compression: given.compression ?? false,
    metadata: given.metadata,
    ...toCopiesBody(given),
    ...toRepublishingBody(given),
  }
}

export function toRemovedBody({ name, keys, bytes }: BucketInfo): z.output<typeof removedBody> {
  return { bucket: name, values: keys, bytes }
}
