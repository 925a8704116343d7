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

/**
 * What was given to be stored, as the record that it stands for: itself, or what its `toJSON`
 * gives.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE` unless that is an object of named fields.
 */
export function toRecord(key: string, given: unknown): RecordValue {
  const value = unwrap(given)
  if (isHash(value)) return value
  throw new KvasirError(
    'KV_INVALID_VALUE',
    `A record is an object of named fields; for key ${JSON.stringify(key)} it was given ${nameOf(given)}.`,
    { outcome: 'not-applied', details: { key } },
  )
}

function unwrap(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !('toJSON' in given)) return given
  return typeof given.toJSON === 'function' ? given.toJSON('') : given
}

/** Whether it is a plain object, also one of another realm: its prototype ends the chain. */
function isHash(value: unknown): value is RecordValue {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What was given instead of a record: its class where that says more than its type. */
function nameOf(given: unknown): string {
  if (given === undefined) return 'undefined'
  const type = typeName(given)
  return type === 'an object' ? `an instance of ${given?.constructor?.name}` : type
}

/** The named fields of a record that it has. */
export function pick(record: RecordValue, fields: readonly string[]): RecordValue {
  const present = fields.filter((field) => Object.hasOwn(record, field))
  return Object.fromEntries(present.map((field) => [field, record[field]]))
}
