import type { SetType } from '../codec/stored-value.ts'
import type { Fields } from '../engine/operation.ts'
import { typeName } from '../engine/record.ts'
import { KvasirError } from '../errors/kvasir-error.ts'

// What calls are given for the fields of a record. Every refusal names the key, the field, what was
// given and what the call needs, never a value: that may be secret.

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless each field is named once, by a string. */
export function checkDistinct(key: string, fields: readonly string[]): void {
  checkFieldNames(key, fields)
  if (new Set(fields).size === fields.length) return
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `An operation names each field once; for key ${JSON.stringify(key)} one stands twice.`,
    { outcome: 'not-applied', details: { key } },
  )
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it is an array of strings. */
export function checkFieldNames(key: string, fields: unknown): void {
  if (!Array.isArray(fields)) throw wrongNames(key, fields, 'an array of names')
  for (const field of fields) {
    if (typeof field !== 'string') throw wrongNames(key, field, 'a string as the name of a field')
  }
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless all amounts are finite numbers. */
export function checkAmounts(key: string, fields: Fields<number>): void {
  checkDistinct(key, namesOf(fields))
  for (const [field, amount] of fields) {
    if (Number.isFinite(amount)) continue
    throw wrongArgument({ key, field, found: nameOf(amount), needs: 'a finite number' })
  }
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless all counts are integers of at least 0. */
export function checkCounts(key: string, fields: Fields<number>): void {
  checkDistinct(key, namesOf(fields))
  for (const [field, count] of fields) {
    if (Number.isSafeInteger(count) && count >= 0) continue
    const found = Number.isFinite(count) ? String(count) : nameOf(count)
    throw wrongArgument({ key, field, found, needs: 'an integer of at least 0' })
  }
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless all members are of the set's type. */
export function checkMembers(
  key: string,
  fields: Fields<readonly (string | number)[]>,
  type: SetType,
): void {
  checkDistinct(key, namesOf(fields))
  const isMember = (member: unknown): boolean =>
    type === 'string' ? typeof member === 'string' : Number.isFinite(member)
  const needs = type === 'string' ? 'strings as members' : 'finite numbers as members'
  for (const [field, members] of fields) {
    const index = members.findIndex((member) => !isMember(member))
    if (index >= 0) throw wrongArgument({ key, field, found: nameOf(members[index]), needs })
  }
}

/** A refusal of what was given for a field. */
export function wrongArgument(wrong: {
  key: string
  field: string
  found: string
  needs: string
}): KvasirError {
  const { key, field, found, needs } = wrong
  return new KvasirError(
    'KV_INVALID_ARGUMENT',
    `Field ${JSON.stringify(field)} of key ${JSON.stringify(key)} was given ${found}; the operation needs ${needs}.`,
    { outcome: 'not-applied', details: { key, field, found, needs } },
  )
}

/** What was given, by its type, or by its name where numbers are not finite. */
export function nameOf(given: unknown): string {
  if (given === undefined) return 'undefined'
  return typeof given === 'number' && !Number.isFinite(given) ? String(given) : typeName(given)
}

function wrongNames(key: string, given: unknown, needs: string): KvasirError {
  const found = nameOf(given)
  return new KvasirError(
    'KV_INVALID_ARGUMENT',
    `The fields of key ${JSON.stringify(key)} were given ${found}; the operation needs ${needs}.`,
    { outcome: 'not-applied', details: { key, found, needs } },
  )
}

function namesOf(fields: Fields<unknown>): string[] {
  return fields.map(([field]) => field)
}
