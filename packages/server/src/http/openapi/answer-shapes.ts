/** What answers hold. The types of what they are written from check them where there are any. */
import { type ErrorCode, errorCatalog, type KvasirError } from 'kvasir'
import type { toProblem } from 'kvasir/protocol'
import { z } from 'zod'
import { named } from './wire-form.ts'

const revision = z.int().min(0).describe('The number of the change in its bucket.')
const instant = z.int().min(0)
const createdAt = instant.describe('Epoch milliseconds.')
const expiresAt = instant.describe('Epoch milliseconds; absent if it never expires.').optional()

const setsShape = named(
  'Sets',
  z
    .record(z.string(), z.enum(['string', 'number']))
    .describe('Where typed sets stand: JSON Pointers, and the type of the members.'),
)

const encoding = z
  .enum(['base64', 'json'])
  .describe('`base64`: `value` stands for bytes. `json`: `value` is JSON as text.')

/** What carries a value, in requests too. */
export const valueShapes = { value: z.unknown(), encoding, sets: setsShape } as const

const { value } = valueShapes
const valueMembers = { value, encoding: encoding.optional(), sets: setsShape.optional() }

const headMembers = {
  key: z.string(),
  revision,
  createdAt,
  updatedAt: createdAt,
  expiresAt,
}

const entryShape = named(
  'Entry',
  z.object({ ...headMembers, ...valueMembers }).describe('A key with its value.'),
)

/** An entry of a listing, which may come without its value. */
export const listedShape = named(
  'ListedEntry',
  z
    .object({ ...headMembers, ...valueMembers, value: value.optional() })
    .describe('A key, with its value if `values=true` asked for it.'),
)

/** A record as an entry; one that does not exist has neither times nor an expiry. */
export const recordEntryShape = named(
  'RecordEntry',
  z
    .object({
      key: z.string(),
      value: z.record(z.string(), z.unknown()),
      sets: setsShape.optional(),
      revision,
      createdAt: createdAt.optional(),
      updatedAt: createdAt.optional(),
      expiresAt,
    })
    .describe('A record as an entry. One that does not exist is `{}` at revision 0.'),
)

export const recordShape = named(
  'Record',
  z.record(z.string(), z.unknown()).describe('The fields of a record, by their names.'),
)

export const changeShape = named(
  'Change',
  z
    .union([
      z.object({ kind: z.literal('put'), ...headMembers, ...valueMembers }),
      z.object({
        kind: z.enum(['delete', 'purge', 'expire']),
        key: z.string(),
        revision,
        at: createdAt,
      }),
    ])
    .describe('A change of one key.'),
)

const elementLists = z.record(z.string(), z.array(z.unknown()))
const memberLists = z.record(z.string(), z.array(z.union([z.string(), z.number()])))

export const resultShape = named(
  'OperationResult',
  z
    .object({
      changed: z.boolean(),
      revision,
      expiresAt,
      previous: entryShape.optional(),
      number: z.number().describe('What the value is now, from `increment`.').optional(),
      numbers: z
        .record(z.string(), z.number())
        .describe('What the fields are now, from `increment`.')
        .optional(),
      elements: elementLists.describe('The elements taken, from `shift`.').optional(),
      sets: setsShape.optional(),
      members: memberLists.describe('The members newly added, or removed.').optional(),
    })
    .describe('What an operation did.'),
)

export const readResultShape = named(
  'ReadResult',
  z
    .object({
      entry: entryShape.optional(),
      elements: elementLists.optional(),
      sets: setsShape.optional(),
      members: memberLists.optional(),
      ttlMs: z.number().nullable().describe('Milliseconds left; `null`: for ever.').optional(),
    })
    .describe('The answer to one read. An absent key has neither `entry` nor `ttlMs`.'),
)

const codes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]]
const codeShape = named(
  'ErrorCode',
  z
    .enum(codes)
    .describe(codes.map((code) => `\`${code}\`: ${errorCatalog[code].title}`).join('\n\n')),
)

export const problemShape = named(
  'Problem',
  z
    .object({
      type: z.string().describe('`urn:kvasir:error:` and the code.'),
      title: z.string(),
      status: z.int(),
      detail: z.string().describe('What happened, and what to do; for people.'),
      code: codeShape,
      retryable: z.boolean().describe('Whether the same request may succeed when repeated.'),
      outcome: z
        .enum(['not-applied', 'unknown'])
        .describe('For writes: whether it is certain that nothing was applied.')
        .optional(),
      details: z.record(z.string(), z.unknown()).optional(),
    })
    .describe('A failure, as RFC 9457 describes them.'),
) satisfies z.ZodType<Omit<ReturnType<typeof toProblem>, 'code'> & Pick<KvasirError, 'code'>>

export const callMetadataShape = named(
  'CallMetadata',
  z.object({
    bucket: z.string().optional(),
    key: z.string().optional(),
    duration: z.string().describe('How long the call took: `0.41ms`.'),
  }),
)

export const callFailureShape = named(
  'CallFailure',
  z
    .object({
      status_code: z.int(),
      error: z.object({ code: codeShape, message: z.string() }),
      metadata: callMetadataShape,
    })
    .describe('A call that failed. `status_code` is the status of the answer.'),
)

/** A page of a listing. */
export function pageOf(item: z.ZodType): z.ZodObject {
  const cursor = z.string().describe('Where the next page begins; absent on the last one.')
  return z.object({ items: z.array(item), cursor: cursor.optional() })
}
