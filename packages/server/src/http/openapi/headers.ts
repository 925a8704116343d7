/** The headers of requests and answers, as the document tells of them. */
import { limits } from 'kvasir'
import { headerNames } from 'kvasir/protocol'
import { z } from 'zod'

interface HeaderDoc {
  readonly name: string
  readonly description: string
  readonly shape: z.ZodType
}

const text = z.string()
const wholeNumber = z.int().min(0)

export const requestHeaders = {
  Project: {
    name: asWritten(headerNames.project),
    description:
      'The project that the request speaks of. A token of one project needs no such header; a token for all projects takes `default` without one. `.shared` names the store that all projects share.',
    shape: text,
  },
  IfMatch: {
    name: 'If-Match',
    description:
      'A revision in quotes, such as `"7"`: writes only at that revision. `*`: writes only if the key exists.',
    shape: text,
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    description: '`*`: writes only if the key does not exist.',
    shape: z.literal('*'),
  },
  KnownRevision: {
    name: 'If-None-Match',
    description:
      'The `ETag` that the client has, or several with commas. If one is current, the answer is 304.',
    shape: text,
  },
  IdempotencyKey: {
    name: asWritten(headerNames.idempotencyKey),
    description:
      'Names this very request. For ten minutes the same key with the same write is answered as the first time, and not applied again.',
    shape: text.min(1).max(limits.idempotencyKeyLengthMax),
  },
  Durability: {
    name: asWritten(headerNames.durability),
    description:
      '`durable`: answered once the write outlives a power cut; `relaxed`: once it outlives the server. Default: as the server is set.',
    shape: z.enum(['durable', 'relaxed']),
  },
  Sets: {
    name: asWritten(headerNames.sets),
    description:
      'Where typed sets stand in the body: a JSON object of JSON Pointers with `"string"` or `"number"`, in ASCII.',
    shape: text,
  },
  LastEventId: {
    name: 'Last-Event-ID',
    description: 'The id of the last event that was seen; it wins over `since` and `initial`.',
    shape: text.regex(/^\d{1,16}$/),
  },
  LastPosition: {
    name: 'Last-Event-ID',
    description: 'The id of the last event that was seen; it wins over `since`.',
    shape: text,
  },
} as const satisfies Record<string, HeaderDoc>

export const answerHeaders = {
  ETag: { name: 'ETag', description: 'The revision, in quotes.', shape: text },
  Revision: {
    name: asWritten(headerNames.revision),
    description: 'The revision.',
    shape: wholeNumber,
  },
  CreatedAt: {
    name: asWritten(headerNames.createdAt),
    description: 'When the key came into being, in epoch milliseconds.',
    shape: wholeNumber,
  },
  UpdatedAt: {
    name: asWritten(headerNames.updatedAt),
    description: 'When the key was last written, in epoch milliseconds.',
    shape: wholeNumber,
  },
  ExpiresAt: {
    name: asWritten(headerNames.expiresAt),
    description: 'When the key expires, in epoch milliseconds; absent if it does not.',
    shape: wholeNumber,
  },
  Sets: {
    name: asWritten(headerNames.sets),
    description:
      'Where typed sets stand in the value: a JSON object of JSON Pointers with `"string"` or `"number"`. `*` when it would be too long; `envelope=true` tells then. Absent if there are none.',
    shape: text,
  },
} as const satisfies Record<string, HeaderDoc>

export type RequestHeader = keyof typeof requestHeaders
export type AnswerHeader = keyof typeof answerHeaders

/** What writes of one key take: conditions, and a name for the request. */
export const writeHeaders = ['IfMatch', 'IfNoneMatch', 'IdempotencyKey', 'Durability'] as const

/** The name as people write it: `Kvasir-Project`. */
function asWritten(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
}
