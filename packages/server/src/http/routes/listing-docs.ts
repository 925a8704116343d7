import { z } from 'zod'
import { changeShape, listedShape, pageOf } from '../openapi/answer-shapes.ts'
import { jsonAnswer, type RouteDoc } from '../route-doc.ts'
import { pageParameters, queryBoolean, queryInteger } from '../shape.ts'

export const listDoc = {
  operationId: 'listEntries',
  tag: 'Listing',
  summary: 'Lists the keys of a bucket',
  description:
    'Pass `cursor` on, unchanged and with the same parameters, for the next page. A page may be shorter than `limit`: one with values ends after 8 MiB of them.',
  query: z.strictObject({
    prefix: z.string().describe('Only keys that begin so.').optional(),
    ...pageParameters,
    reverse: queryBoolean.describe('Turns the order round.').optional(),
    order: z
      .enum(['key', 'revision'], 'it takes key or revision')
      .describe('By the UTF-8 bytes of the key, or by last change.')
      .default('key'),
    values: queryBoolean.describe('Whether entries come with their values.').optional(),
  }),
  answers: { 200: jsonAnswer('A page of entries.', pageOf(listedShape)) },
  errors: ['KV_INVALID_CURSOR'],
} as const satisfies RouteDoc

export const historyDoc = {
  operationId: 'getHistory',
  tag: 'Listing',
  summary: 'Lists the kept changes of a key, oldest first',
  query: z.strictObject({
    key: z.string().describe('The key.'),
    limit: queryInteger.describe('Only so many, the newest.').optional(),
  }),
  answers: { 200: jsonAnswer('The changes.', pageOf(changeShape)) },
  errors: ['KV_INVALID_KEY', 'KV_TOO_LARGE'],
} as const satisfies RouteDoc
