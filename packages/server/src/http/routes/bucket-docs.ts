import { limits } from 'kvasir'
import { type BucketConfig, defaultBucketConfig } from 'kvasir/engine'
import { z } from 'zod'
import { pageOf } from '../openapi/answer-shapes.ts'
import { named, sentAs } from '../openapi/wire-form.ts'
import { jsonAnswer, jsonBody, type RouteDoc } from '../route-doc.ts'
import { pageParameters, queryBoolean } from '../shape.ts'

const transform = z.strictObject({ source: z.string(), dest: z.string() })

const origin = named(
  'Origin',
  z
    .strictObject({
      bucket: z.string().describe('The bucket to copy.'),
      filterSubject: z
        .string()
        .describe('Only keys that match; `*` and `>` are wildcards.')
        .exactOptional(),
      startRevision: z.number().describe('Begins with this revision.').exactOptional(),
      startTime: z
        .number()
        .describe('Begins with what was written then, in epoch milliseconds.')
        .exactOptional(),
      transforms: z.array(transform).describe('What keys become in the copy.').exactOptional(),
    })
    .describe('A bucket that is copied, and what of it.'),
)

const republish = named(
  'Republish',
  z
    .strictObject({
      source: z
        .string()
        .describe('Only keys that match; `*` and `>` are wildcards; default: `>`, all of them.')
        .exactOptional(),
      dest: z
        .string()
        .describe('The subject; `{{wildcard(1)}}` is what the first `*` of `source` stood for.'),
      headersOnly: z.boolean().describe('Whether values are left out.').exactOptional(),
    })
    .describe('Which changes are published, and under which subjects.'),
)

const metadata = sentAs(
  z.custom<BucketConfig['metadata']>((given) => given !== null, 'it takes an object'),
  z.record(z.string(), z.string()),
)

/** What each setting may be is checked in front of the engine, for all who create buckets. */
export const settingsShape = named(
  'BucketSettings',
  z.strictObject({
    description: z.string().describe('What the bucket is for.').optional(),
    ttlMs: z
      .number()
      .describe('Every value expires so many milliseconds after it was written.')
      .nullable()
      .optional(),
    history: z
      .number()
      .describe(`Values kept of each key, the present one included: 1 to ${limits.historyMax}.`)
      .optional(),
    bytesMax: z.number().describe('The most bytes of keys and kept values.').nullable().optional(),
    valueBytesMax: z.number().describe('The most bytes of one value.').nullable().optional(),
    metadata: metadata.describe('Names and texts of your own.').optional(),
    mirror: origin.nullable().optional(),
    sources: z
      .array(origin)
      .describe('Buckets whose changes this one receives as its own.')
      .nullable()
      .optional(),
    compression: z
      .boolean('it takes true or false')
      .describe('Whether values are compressed at rest.')
      .nullable()
      .optional(),
    storage: z
      .enum(['file', 'memory'], 'it takes "file" or "memory"')
      .describe('Whether values outlive a restart.')
      .nullable()
      .optional(),
    republish: republish.nullable().optional(),
  }),
)

const configShape = named('BucketConfig', toConfigShape().describe('What a bucket is set to.'))

const bucketMembers = {
  name: z.string(),
  config: configShape,
  createdAt: z.int().describe('Epoch milliseconds.'),
  revision: z.int().min(0).describe('The number of its last change; 0: it has never had one.'),
  keys: z.int().min(0).describe('Keys that exist now.'),
  bytes: z.int().min(0).describe('Bytes of keys and of all kept values.'),
  publishedSince: z
    .int()
    .min(0)
    .describe('The revision that it had when `republish` was set as it is.')
    .optional(),
}

const bucketShape = named('Bucket', z.object(bucketMembers))
const asItWas = jsonAnswer('The bucket, as it was.', bucketShape)
const created = z.object({ created: z.boolean(), ...bucketMembers })

export const listBucketsDoc = {
  operationId: 'listBuckets',
  tag: 'Buckets',
  summary: 'Lists the buckets of the project by name',
  query: z.strictObject({
    ...pageParameters,
    publishing: queryBoolean.describe('Whether to list only those with `republish`.').optional(),
  }),
  answers: { 200: jsonAnswer('A page of buckets.', pageOf(bucketShape)) },
  errors: ['KV_INVALID_CURSOR'],
} as const satisfies RouteDoc

export const getBucketDoc: RouteDoc = {
  operationId: 'getBucket',
  tag: 'Buckets',
  summary: 'Tells of a bucket',
  answers: { 200: jsonAnswer('The bucket.', bucketShape) },
}

export const createBucketDoc: RouteDoc = {
  operationId: 'createBucket',
  tag: 'Buckets',
  summary: 'Creates a bucket',
  description: 'An empty body stands for the defaults.',
  body: { ...jsonBody(settingsShape, { ttlMs: 3_600_000, history: 5 }), isOptional: true },
  answers: {
    200: jsonAnswer('It was there, with the same settings.', created),
    201: jsonAnswer('It is created.', created),
  },
  errors: ['KV_BUCKET_EXISTS', 'KV_UNSUPPORTED'],
}

export const updateBucketDoc: RouteDoc = {
  operationId: 'updateBucket',
  tag: 'Buckets',
  summary: 'Changes settings of a bucket',
  description: 'Settings that are not named stay; `null` takes one back to its default.',
  body: jsonBody(settingsShape, { ttlMs: null, history: 10 }),
  answers: { 200: jsonAnswer('The bucket.', bucketShape) },
  errors: ['KV_CONFLICT', 'KV_UNSUPPORTED'],
}

export const deleteBucketDoc: RouteDoc = {
  operationId: 'deleteBucket',
  tag: 'Buckets',
  summary: 'Deletes a bucket with all that is in it',
  description: 'A bucket that others copy cannot be deleted before those.',
  answers: { 200: asItWas },
  errors: ['KV_CONFLICT'],
}

export const purgeBucketDoc: RouteDoc = {
  operationId: 'purgeBucket',
  tag: 'Buckets',
  summary: 'Removes all keys of a bucket, and what is kept of their past',
  answers: { 200: asItWas },
  errors: ['KV_READ_ONLY'],
}

/** The settings as answers have them: what is not set is left out. */
function toConfigShape(): z.ZodObject {
  const members = Object.entries(settingsShape.shape).map(([name, shape]) => {
    const isAlwaysThere = name in defaultBucketConfig
    return [name, isAlwaysThere ? whenSet(shape) : whenSet(shape).optional()]
  })
  return z.object(Object.fromEntries(members))
}

function whenSet(shape: z.ZodType): z.ZodType {
  const isWrapped = shape instanceof z.ZodOptional || shape instanceof z.ZodNullable
  return isWrapped ? whenSet(shape.unwrap() as z.ZodType) : shape
}
