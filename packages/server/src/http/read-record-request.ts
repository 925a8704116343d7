import type { Operation, Read } from 'kvasir/engine'
import { isObjectText, parseJson, readMemberFields, readNumberFields } from 'kvasir/protocol'
import { z } from 'zod'
import { fieldShapes, operationShapes } from './operation-shapes.ts'
import { openMembers, toOperation } from './read-operation.ts'
import { invalidArgument, parseShape } from './shape.ts'

const expiry = ['ttl', 'expiresAt', 'keepTtl', 'initialTtl'] as const

/** What the bodies of the operations that write may have besides `fields`. */
const writeMembers = {
  increment: expiry,
  append: ['sets', ...expiry],
  unshift: ['sets', ...expiry],
  shift: expiry,
  add: ['type', ...expiry],
  remove: ['type', ...expiry],
} as const

const readMembers = { peek: [], has: ['type'] } as const

/** The operations on the numbers, lists and sets of a record, by their names in URLs. */
export type RecordWrite = keyof typeof writeMembers
export type RecordRead = keyof typeof readMembers

/**
 * Reads what a request wants done to the fields of a record.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_TTL`, `KV_INVALID_VALUE`,
 * `KV_MALFORMED_BODY`
 */
export function readRecordWrite(json: string, key: string, op: RecordWrite): Operation {
  return toOperation({ ...openBody(json, op, writeMembers[op]), op, key }, 'The body')
}

/**
 * Reads what a request asks of the fields of a record.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_MALFORMED_BODY`
 */
export function readRecordRead(json: string, key: string, op: RecordRead): Read {
  const { fields, type } = openBody(json, op, readMembers[op])
  if (op === 'peek') return { key, peek: readNumberFields(fields) }
  return {
    key,
    has: readMemberFields(fields),
    type: parseShape(fieldShapes.type, type, 'The body.type'),
  }
}

/** What the body of an operation that writes holds. */
export function recordWriteShape(op: RecordWrite): z.ZodObject {
  const { fields, ...shapes } = operationShapes[op].shape
  const taken: readonly string[] = writeMembers[op]
  const besides = Object.entries(shapes).filter(([name]) => taken.includes(name))
  return z.strictObject({ fields: z.nonoptional(fields), ...Object.fromEntries(besides) })
}

/** What the body of an operation that reads holds. */
export function recordReadShape(op: RecordRead): z.ZodObject {
  const { counts, members, type } = fieldShapes
  return op === 'peek'
    ? z.strictObject({ fields: counts })
    : z.strictObject({ fields: members, type })
}

/** The members of the body, of which `fields` is there and stays JSON text. */
function openBody(
  json: string,
  op: RecordWrite | RecordRead,
  besides: readonly string[],
): Record<string, unknown> & { fields: string } {
  const place = 'The body'
  if (!isObjectText(json)) {
    parseJson(json) // What is no JSON at all is reported as that.
    throw invalidArgument(`${place} takes an object with the member fields.`)
  }
  const { fields, ...rest } = openMembers(json, ['fields'], place)
  const unknown = Object.keys(rest).filter((name) => !besides.includes(name))
  if (unknown.length > 0) {
    const names = unknown.map((name) => JSON.stringify(name.slice(0, 100)))
    const taken = ['fields', ...besides].join(', ')
    throw invalidArgument(`${place}: ${names.join(', ')} is not known here; ${op} takes ${taken}.`)
  }
  if (typeof fields === 'string') return { ...rest, fields }
  throw invalidArgument(`${place} lacks fields: an object with what ${op} takes of each field.`)
}
