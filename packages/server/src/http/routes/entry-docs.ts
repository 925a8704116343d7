import { mediaTypes } from 'kvasir/protocol'
import { z } from 'zod'
import { writeHeaders } from '../openapi/headers.ts'
import { shownBySchema } from '../openapi/wire-form.ts'
import { jsonAnswer, jsonBody, type RouteDoc } from '../route-doc.ts'
import { queryBoolean, queryInteger } from '../shape.ts'
import { expiryParameters } from '../write-entry.ts'

const key = z.string()
const revision = z.int().min(0).describe('The number of the change in its bucket.')
const expiresAt = z.int().describe('Epoch milliseconds; absent if it never expires.').optional()

const bytes = shownBySchema({ type: 'string', format: 'binary' })

const headers = ['ETag', 'Revision', 'CreatedAt', 'UpdatedAt', 'ExpiresAt', 'Sets'] as const

export const getEntryDoc = {
  operationId: 'getEntry',
  tag: 'Keys',
  summary: 'Reads a value',
  description: 'The body is the stored value itself. With `envelope=true` it is the entry.',
  hasKey: true,
  hasHead: true,
  query: z.strictObject({
    revision: queryInteger.describe('Which kept revision; default: the present.').optional(),
    envelope: queryBoolean.describe('Whether to answer the entry, as JSON.').optional(),
  }),
  headers: ['KnownRevision'],
  answers: {
    200: {
      description: 'The value. Its `Content-Type` says what it is.',
      content: {
        [mediaTypes.json]: z.unknown().describe('The value; with `envelope=true` an `Entry`.'),
        [mediaTypes.text]: z.string(),
        [mediaTypes.bytes]: bytes,
      },
      headers,
    },
    304: { description: 'The revision is the one that the client has.', headers },
  },
  errors: ['KV_KEY_NOT_FOUND'],
} as const satisfies RouteDoc

export const putEntryDoc = {
  operationId: 'putEntry',
  tag: 'Keys',
  summary: 'Stores a value',
  description:
    'Replaces what was there. `Content-Type` decides what the value is: JSON, kept byte for byte; text; or bytes. Without `ttl`, `expiresAt` or `keepTtl` the key becomes permanent.',
  hasKey: true,
  query: z.strictObject(expiryParameters),
  headers: writeHeaders,
  body: {
    content: {
      [mediaTypes.json]: z.unknown(),
      [mediaTypes.text]: z.string(),
      [mediaTypes.bytes]: bytes,
    },
  },
  answers: {
    200: jsonAnswer('It was replaced.', putAnswer(false), ['ETag']),
    201: jsonAnswer('The key came into being.', putAnswer(true), ['ETag']),
  },
  errors: ['KV_INVALID_TTL', 'KV_INVALID_VALUE'],
} as const satisfies RouteDoc

export const patchEntryDoc = {
  operationId: 'patchEntry',
  tag: 'Keys',
  summary: 'Sets fields of a record',
  description:
    'The other fields stay, and so does the expiry unless the query says otherwise. `null` is stored as `null`.',
  hasKey: true,
  query: z.strictObject(expiryParameters),
  headers: writeHeaders,
  body: jsonBody(z.record(z.string(), z.unknown()), { age: 36 }),
  answers: {
    200: jsonAnswer('They are set.', z.object({ key, revision, expiresAt }), ['ETag']),
  },
  errors: ['KV_INVALID_TTL', 'KV_INVALID_VALUE', 'KV_WRONG_TYPE'],
} as const satisfies RouteDoc

export const deleteEntryDoc = {
  operationId: 'deleteEntry',
  tag: 'Keys',
  summary: 'Removes a key',
  hasKey: true,
  headers: writeHeaders,
  answers: {
    200: jsonAnswer(
      'The key is not there.',
      z.object({
        deleted: z.boolean().describe('Whether it was there before.'),
        revision,
      }),
    ),
  },
} as const satisfies RouteDoc

function putAnswer(created: boolean): z.ZodObject {
  return z.object({ key, revision, created: z.literal(created), expiresAt })
}
