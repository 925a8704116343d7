import { NumberSet, StringSet } from '../../codec/typed-sets.ts'
import { typeName } from '../../engine/record.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'

/** A record as its users have it. */
export type RecordValue = Record<string, unknown>

/** Whether a value that was read is a record. */
function isRecord(value: unknown): value is RecordValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof StringSet) &&
    !(value instanceof NumberSet)
  )
}

/**
 * A value that was read, as a record: `{}` when there was none.
 *
 * @throws {KvasirError} `KV_WRONG_TYPE` when it is something else.
 */
export function asRecord(key: string, value: unknown): RecordValue {
  if (value === undefined) return {}
  if (isRecord(value)) return value
  throw new KvasirError(
    'KV_WRONG_TYPE',
    `Key ${JSON.stringify(key)} holds ${typeName(value)}, which is no record. Put a record there first, or use another key.`,
    { outcome: 'not-applied', details: { key, found: typeName(value) } },
  )
}

/** What a call that replaces anything answers for what was there. */
export function emptyUnlessRecord(value: unknown): RecordValue {
  return isRecord(value) ? value : {}
}

/** @throws {KvasirError} `KV_INVALID_VALUE` unless it can be stored as a record. */
export function checkRecord(key: string, value: unknown): void {
  const isHash = isRecord(value) && !(value instanceof Date) && !ArrayBuffer.isView(value)
  if (isHash) return
  const given = value === undefined ? 'undefined' : typeName(value)
  throw new KvasirError(
    'KV_INVALID_VALUE',
    `A record is an object of named fields; for key ${JSON.stringify(key)} it was given ${given}.`,
    { outcome: 'not-applied', details: { key } },
  )
}

/** The named fields of a record that it has. */
export function pick(record: RecordValue, fields: readonly string[]): RecordValue {
  const present = fields.filter((field) => Object.hasOwn(record, field))
  return Object.fromEntries(present.map((field) => [field, record[field]]))
}
