import { z } from 'zod'
import { recordEntryShape, recordShape, resultShape } from '../openapi/answer-shapes.ts'
import { writeHeaders } from '../openapi/headers.ts'
import { jsonAnswer, jsonBody, type RouteDoc } from '../route-doc.ts'
import { queryBoolean } from '../shape.ts'
import { expiryParameters } from '../write-entry.ts'

const envelope = queryBoolean
  .describe('Whether to answer with revision and expiry, all in one JSON object.')
  .default(false)
const wholeQuery = z.strictObject({ envelope })
const writeQuery = z.strictObject({ ...expiryParameters, envelope })

const field = { name: 'field', description: 'One field by its name. Without any: all of them.' }
const changed = ['ETag', 'Revision', 'ExpiresAt', 'Sets'] as const
const before = z.union([recordShape, resultShape])

export const getRecordDoc = {
  operationId: 'getRecord',
  tag: 'Records',
  summary: 'Reads a record, or some of its fields',
  hasKey: true,
  hasHead: true,
  query: wholeQuery,
  repeatable: field,
  headers: ['KnownRevision'],
  answers: {
    200: jsonAnswer(
      'The record; `{}` if it does not exist. With `envelope=true`: its entry.',
      z.union([recordShape, recordEntryShape]),
      ['ETag', 'Revision', 'CreatedAt', 'UpdatedAt', 'ExpiresAt', 'Sets'],
    ),
    304: { description: 'The revision is the one that the client has.', headers: ['ETag'] },
  },
  errors: ['KV_WRONG_TYPE'],
} as const satisfies RouteDoc

export const putRecordDoc = {
  operationId: 'putRecord',
  tag: 'Records',
  summary: 'Stores a record',
  description:
    'Replaces what was there, and answers the record from before. Without `ttl`, `expiresAt` or `keepTtl` it becomes permanent.',
  hasKey: true,
  query: writeQuery,
  headers: [...writeHeaders, 'Sets'],
  body: jsonBody(recordShape, { status: 'new', lines: [] }),
  answers: {
    200: jsonAnswer('The record from before; `{}` if it was no record.', before, changed),
    201: jsonAnswer('There was nothing before.', before, changed),
  },
  errors: ['KV_INVALID_TTL', 'KV_INVALID_VALUE'],
} as const satisfies RouteDoc

export const patchRecordDoc = {
  operationId: 'patchRecord',
  tag: 'Records',
  summary: 'Sets and removes fields of a record',
  description:
    'Creates the record if it does not exist. The other fields stay, and so does the expiry unless the query says otherwise. Answers the whole record from before.',
  hasKey: true,
  query: writeQuery,
  repeatable: { name: 'unset', description: 'A field to remove, by its name.' },
  headers: [...writeHeaders, 'Sets'],
  body: jsonBody(recordShape, { status: 'paid' }),
  answers: { 200: jsonAnswer('The record from before.', before, changed) },
  errors: ['KV_INVALID_TTL', 'KV_INVALID_VALUE', 'KV_WRONG_TYPE'],
} as const satisfies RouteDoc

export const deleteRecordDoc = {
  operationId: 'deleteRecord',
  tag: 'Records',
  summary: 'Removes a record, or some of its fields',
  hasKey: true,
  query: wholeQuery,
  repeatable: field,
  headers: writeHeaders,
  answers: {
    200: jsonAnswer('The record from before, or its fields that were named.', before, changed),
  },
  errors: ['KV_WRONG_TYPE'],
} as const satisfies RouteDoc

export const recordExistsDoc: RouteDoc = {
  operationId: 'recordExists',
  tag: 'Records',
  summary: 'Tells whether a record exists',
  hasKey: true,
  answers: { 200: jsonAnswer('Whether it does.', z.object({ exists: z.boolean() })) },
}
