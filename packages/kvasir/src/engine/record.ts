import type { SetType, StoredValue } from '../codec/stored-value.ts'
import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { decodeValue, encodeValue } from '../codec/value.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

/**
 * A record while an operation works on it: named fields in their order, where a name may be
 * anything, `__proto__` included. A list is a field with elements in order, a set one of the typed
 * sets.
 */
export type RecordFields = Map<string, unknown>

/** @throws {KvasirError} `KV_WRONG_TYPE` when the value is not a record. */
export function openRecord(key: string, value: StoredValue | undefined): RecordFields {
  if (!value) return new Map()
  if (value.kind !== 'record') throw notARecord(key, value)
  return new Map(Object.entries(decodeValue(value) as object))
}

/** The error of an operation on records that met something else. */
export function notARecord(key: string, value: StoredValue): KvasirError {
  const found = typeName(decodeValue(value))
  return new KvasirError(
    'KV_WRONG_TYPE',
    `Key ${JSON.stringify(key)} holds ${found}, but the operation needs a record. Put a record there first, or use another key.`,
    { outcome: 'not-applied', details: { key, found } },
  )
}

export function closeRecord(fields: RecordFields): StoredValue {
  return encodeValue(Object.fromEntries(fields))
}

/** A field's list, `undefined` when there is no such field. */
export function listOf(key: string, fields: RecordFields, field: string): unknown[] | undefined {
  const found = fields.get(field)
  if (found === undefined || Array.isArray(found)) return found
  throw wrongField({ key, field, found, needs: 'a list' })
}

/** A field's set of the given type, `undefined` when there is no such field. */
export function setOf(
  key: string,
  fields: RecordFields,
  { field, type }: { field: string; type: SetType },
): Set<string | number> | undefined {
  const found = fields.get(field)
  const SetClass = type === 'string' ? StringSet : NumberSet
  if (found === undefined) return undefined
  if (found instanceof SetClass) return found as Set<string | number>
  throw wrongField({ key, field, found, needs: `a ${SetClass.name}` })
}

/** The number that a field or value counts as: itself, or a canonical numeric string's. */
export function asNumber(found: unknown): number | undefined {
  if (typeof found === 'number') return found
  if (typeof found !== 'string') return undefined
  const number = Number(found)
  return Number.isFinite(number) && String(number) === found ? number : undefined
}

export function wrongField(wrong: {
  key: string
  field: string
  found: unknown
  needs: string
}): KvasirError {
  const { key, field, needs } = wrong
  const found = typeName(wrong.found)
  return new KvasirError(
    'KV_WRONG_TYPE',
    `Field ${JSON.stringify(field)} of key ${JSON.stringify(key)} is ${found}, but the operation needs ${needs}.`,
    { outcome: 'not-applied', details: { key, field, found, needs } },
  )
}

/** A value's type in words a user would say. */
export function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof StringSet) return 'a StringSet'
  if (value instanceof NumberSet) return 'a NumberSet'
  if (value instanceof Uint8Array) return 'bytes'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
