/** What operations look like on the wire: what validates them, and what the document tells. */
import { z } from 'zod'
import { valueShapes } from './openapi/answer-shapes.ts'
import { named, sentAs } from './openapi/wire-form.ts'

/** What is cut out as JSON text instead of parsed, so that it is stored as it was sent. */
const fieldsOf = (each: z.ZodType) => sentAs(z.string(), z.record(z.string(), each))

const setType = z.enum(['string', 'number']).describe('Of which type the sets are.')
const count = z.int().min(0)

/** What operations take of each field. */
export const fieldShapes = {
  values: fieldsOf(z.unknown()).describe('The values, by the names of their fields.'),
  numbers: fieldsOf(z.number()).describe('What to add, by the names of the fields.'),
  lists: fieldsOf(z.array(z.unknown())).describe('The elements, by the names of their fields.'),
  counts: fieldsOf(count).describe('How many elements, by the names of the fields.'),
  members: fieldsOf(z.array(z.union([z.string(), z.number()]))).describe(
    'The members, by the names of their fields.',
  ),
  type: setType,
} as const

const { values, numbers, lists, counts, members, type } = fieldShapes

const revision = z.number().describe('Only at this revision; 0: only if the key is absent.')

const base = {
  key: z.string(),
  ifAbsent: z.boolean().describe('Only if the key is absent.').optional(),
  ifRevision: revision.optional(),
  previous: z.boolean().describe('Asks for the entry from before.').optional(),
}

const duration = z.union([z.number(), z.string()])

const writing = {
  ...base,
  ttl: duration
    .nullable()
    .describe('How long it lives: `90s`, `1.5h`, milliseconds, or `null` for ever.')
    .optional(),
  expiresAt: z.number().describe('When it expires, in epoch milliseconds.').optional(),
  keepTtl: z.boolean().describe('Leaves the expiry as it is.').optional(),
  initialTtl: duration.describe('As `ttl`, if the operation brings the key into being.').optional(),
}

const sets = sentAs(z.unknown(), valueShapes.sets).optional()
const encoding = sentAs(z.unknown(), valueShapes.encoding).optional()
const value = { value: sentAs(z.string(), valueShapes.value), encoding, sets }
const names = sentAs(z.string(), z.array(z.string())).describe('Names of fields.')
const unset = z.array(z.string()).describe('The fields to remove.').optional()
const by = z.number().describe('Default: 1.').optional()

/** What the operations look like on the wire, by their names. */
export const operationShapes = {
  put: z.strictObject({ ...writing, ...value, op: z.literal('put') }),
  delete: z.strictObject({ ...base, op: z.literal('delete'), fields: names.optional() }),
  patch: z.strictObject({ ...writing, op: z.literal('patch'), fields: values, sets, unset }),
  increment: z.strictObject({
    ...writing,
    op: z.literal('increment'),
    by,
    fields: numbers.optional(),
  }),
  append: z.strictObject({ ...writing, op: z.literal('append'), fields: lists, sets }),
  unshift: z.strictObject({ ...writing, op: z.literal('unshift'), fields: lists, sets }),
  shift: z.strictObject({ ...writing, op: z.literal('shift'), fields: counts }),
  add: z.strictObject({ ...writing, op: z.literal('add'), type, fields: members }),
  remove: z.strictObject({ ...writing, op: z.literal('remove'), type, fields: members }),
  touch: z.strictObject({ ...writing, op: z.literal('touch') }),
  purge: z.strictObject({ ...base, op: z.literal('purge') }),
} as const

const { put, patch, increment, append, unshift, shift, add, remove, touch, purge } = operationShapes

/** An operation of a batch. */
export const operationSchema = named(
  'Operation',
  z.discriminatedUnion('op', [
    named('PutOperation', put),
    named('DeleteOperation', operationShapes.delete),
    named('PatchOperation', patch),
    named('IncrementOperation', increment),
    named('AppendOperation', append),
    named('UnshiftOperation', unshift),
    named('ShiftOperation', shift),
    named('AddOperation', add),
    named('RemoveOperation', remove),
    named('TouchOperation', touch),
    named('PurgeOperation', purge),
  ]),
)
