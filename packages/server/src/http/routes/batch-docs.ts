import { limits } from 'kvasir'
import { z } from 'zod'
import { readResultShape, resultShape } from '../openapi/answer-shapes.ts'
import { operationSchema } from '../operation-shapes.ts'
import { readSchema } from '../read-read.ts'
import { jsonAnswer, jsonBody, type RouteDoc } from '../route-doc.ts'

/** What batches and reads have besides their lists, which are cut open and not parsed. */
export const bucketBody = z.strictObject({ bucket: z.string().default('default') })

const listOf = (shape: z.ZodType) => z.array(shape).max(limits.batchLengthMax)

export const batchDoc: RouteDoc = {
  operationId: 'commitBatch',
  tag: 'Batches',
  summary: 'Carries out operations in one atomic step',
  description:
    'All of them, each seeing those before it, or none. What gives data back (`shift`, `previous`) needs the scope `read` as well.',
  headers: ['IdempotencyKey', 'Durability'],
  body: jsonBody(bucketBody.extend({ operations: listOf(operationSchema) }), {
    bucket: 'default',
    operations: [
      { op: 'increment', key: 'visits', by: 1 },
      { op: 'put', key: 'last', value: { page: '/' }, ttl: '1h' },
    ],
  }),
  answers: {
    200: jsonAnswer(
      'They are carried out. There is one result for each, in order.',
      z.object({ ok: z.literal(true), results: z.array(resultShape) }),
    ),
  },
  errors: [
    'KV_INVALID_KEY',
    'KV_INVALID_TTL',
    'KV_INVALID_VALUE',
    'KV_BUCKET_NOT_FOUND',
    'KV_CONFLICT',
    'KV_WRONG_TYPE',
  ],
}

export const readDoc: RouteDoc = {
  operationId: 'readMany',
  tag: 'Batches',
  summary: 'Reads many keys, or parts of their values',
  body: jsonBody(bucketBody.extend({ reads: listOf(readSchema) }), {
    reads: [{ key: 'last' }, { key: 'visits', ttl: true }],
  }),
  answers: {
    200: jsonAnswer(
      'One answer for each, in order.',
      z.object({ results: z.array(readResultShape) }),
    ),
  },
  errors: ['KV_INVALID_KEY', 'KV_BUCKET_NOT_FOUND', 'KV_WRONG_TYPE'],
}
