import type { DurationUnit } from '../codec/duration.ts'
import type { SetType, StoredValue } from '../codec/stored-value.ts'
import { decodeValue, encodePart, encodeValue } from '../codec/value.ts'
import type { Entry, EpochMs, Revision } from '../engine/entry.ts'
import type { Expiry, Fields, Operation, OperationResult } from '../engine/operation.ts'
import type { Settable } from '../engine/settable.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { nameOf, wrongArgument } from './check-fields.ts'
import { describe, invalidArgument } from './invalid-argument.ts'
import {
  type ConditionOptions,
  checkConditions,
  type ExpiryOptions,
  toExpiry,
} from './write-options.ts'

interface Base extends ConditionOptions {
  readonly key: string
  /** Asks for the entry from before in the result. */
  readonly previous?: boolean
}

type Writing = Base & ExpiryOptions

/** An operation with values and durations as users write them; `Operation` says what each does. */
export type BucketOperation =
  | (Writing & { readonly op: 'put'; readonly value: unknown })
  | (Base & { readonly op: 'delete'; readonly fields?: readonly string[] })
  | (Writing & {
      readonly op: 'patch'
      /** A field whose value is `undefined` is removed. */
      readonly fields: Readonly<Record<string, unknown>>
      readonly unset?: readonly string[]
    })
  | (Writing & { readonly op: 'increment'; readonly by?: number })
  | (Writing & { readonly op: 'increment'; readonly fields: Readonly<Record<string, number>> })
  | (Writing & {
      readonly op: 'append' | 'unshift'
      readonly fields: Readonly<Record<string, readonly unknown[]>>
    })
  | (Writing & { readonly op: 'shift'; readonly fields: Readonly<Record<string, number>> })
  | (Writing & {
      readonly op: 'add' | 'remove'
      readonly type: SetType
      readonly fields: Readonly<Record<string, Iterable<string | number>>>
    })
  | (Base & ExpiryOptions & { readonly op: 'touch' })
  | (Base & { readonly op: 'purge' })

/** What one operation did, with values as users see them. */
export interface BucketOperationResult {
  readonly changed: boolean
  readonly revision: Revision
  readonly expiresAt?: EpochMs
  readonly previous?: BucketEntry
  readonly number?: number
  readonly numbers?: Readonly<Record<string, number>>
  readonly elements?: Readonly<Record<string, readonly unknown[]>>
  readonly members?: Readonly<Record<string, readonly (string | number)[]>>
}

/** An entry with its value as users see it. */
export interface BucketEntry<Value = unknown> {
  readonly key: string
  readonly value: Value
  readonly revision: Revision
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly expiresAt?: EpochMs
}

/**
 * Turns an operation as users write it into plain data for the engine.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_VALUE`, `KV_INVALID_TTL`.
 */
export function toOperation(given: BucketOperation, unit: DurationUnit = 'ms'): Operation {
  checkConditions(given)
  const mayExpire = given.op !== 'delete' && given.op !== 'purge'
  const expiry = mayExpire ? toExpiry(given, unit) : undefined
  // Members are set one by one: copying objects costs more, and this runs for every write.
  const operation: Settable<Operation> = bareOperation(given, expiry)
  if (given.ifAbsent) operation.ifAbsent = true
  if (given.ifRevision !== undefined) operation.ifRevision = given.ifRevision
  if (given.previous) operation.previous = true
  if (expiry !== undefined) (operation as { expiry: Expiry }).expiry = expiry
  return operation
}

/** The operation without its conditions and options. */
function bareOperation(given: BucketOperation, expiry: Expiry | undefined): Operation {
  const { op, key } = given
  switch (op) {
    case 'put':
      return { op, key, value: encodeFor(given, given.value) }
    case 'delete':
      return given.fields ? { op, key, fields: given.fields } : { op, key }
    case 'patch':
      return { op, key, ...toPatch(given) }
    case 'increment':
      if ('fields' in given) return { op, key, fields: pairs(given) }
      return { op, key, by: given.by === undefined ? 1 : given.by }
    case 'append':
    case 'unshift':
      return { op, key, fields: toElements(given) }
    case 'shift':
      return { op, key, fields: pairs(given) }
    case 'add':
    case 'remove':
      return { op, key, type: toSetType(given.type), fields: toMembers(given) }
    case 'touch':
      if (expiry && expiry !== 'keep') return { op, key, expiry }
      throw invalidArgument('touch takes a ttl (null to remove it) or expiresAt.')
    case 'purge':
      return { op, key }
    default:
      throw invalidArgument(`There is no operation ${describe(op)}.`)
  }
}

/** What a call is given for the fields of a record, whatever callers without types pass. */
interface Given {
  readonly key: string
  readonly fields: unknown
}

/** Where a value is to be stored. */
interface Place {
  readonly key: string
  readonly field?: string
}

/** An operation's result with values as users see them. */
export function decodeResult(result: OperationResult): BucketOperationResult {
  const { changed, revision, expiresAt, previous, number, numbers, elements, members } = result
  const decoded: Settable<BucketOperationResult> = { changed, revision }
  if (expiresAt !== undefined) decoded.expiresAt = expiresAt
  if (previous) decoded.previous = decodeEntry(previous)
  if (number !== undefined) decoded.number = number
  if (numbers) decoded.numbers = Object.fromEntries(numbers)
  if (elements) {
    decoded.elements = Object.fromEntries(
      elements.map(([field, values]) => [field, values.map(decodeValue)]),
    )
  }
  if (members) decoded.members = Object.fromEntries(members)
  return decoded
}

/** An entry with its value as users see it. */
export function decodeEntry(entry: Entry): BucketEntry {
  const { key, revision, createdAt, updatedAt, expiresAt } = entry
  const value = decodeValue(entry.value)
  if (expiresAt === undefined) return { key, value, revision, createdAt, updatedAt }
  return { key, value, revision, createdAt, updatedAt, expiresAt }
}

function toPatch({ key, fields, unset = [] }: Given & { readonly unset?: readonly string[] }) {
  const given = pairs<unknown>({ key, fields })
  const set = given.filter(([, value]) => value !== undefined)
  const removed = given.filter(([, value]) => value === undefined).map(([field]) => field)
  return {
    set: set.map(([field, value]) => [field, encodePartFor({ key, field }, value)] as const),
    unset: [...removed, ...unset],
  }
}

function toElements({ key, fields }: Given): Fields<readonly StoredValue[]> {
  return pairs<unknown>({ key, fields }).map(([field, values]) => {
    if (!Array.isArray(values)) {
      throw wrongArgument({ key, field, found: nameOf(values), needs: 'an array of elements' })
    }
    return [field, values.map((value) => encodePartFor({ key, field }, value))]
  })
}

/**
 * The members that a call on sets is given for each field.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` unless they come as arrays or sets, by field.
 */
export function toMembers({ key, fields }: Given): Fields<readonly (string | number)[]> {
  return pairs<unknown>({ key, fields }).map(([field, members]) => {
    if (Array.isArray(members) || members instanceof Set) return [field, [...members]]
    const needs = 'an array or a set of members'
    throw wrongArgument({ key, field, found: nameOf(members), needs })
  })
}

function encodeFor(place: Place, value: unknown): StoredValue {
  try {
    return encodeValue(value)
  } catch (error) {
    throw refusalAt(place, error)
  }
}

function encodePartFor(place: Place, value: unknown): StoredValue {
  try {
    return encodePart(value)
  } catch (error) {
    throw refusalAt(place, error)
  }
}

/** A refusal of a value, with the place that it was meant for. */
function refusalAt({ key, field }: Place, error: unknown): unknown {
  if (!KvasirError.is(error)) return error
  const of = field === undefined ? '' : `field ${JSON.stringify(field)} of `
  return new KvasirError(error.code, `For ${of}key ${JSON.stringify(key)}: ${error.message}`, {
    outcome: 'not-applied',
    details: { ...error.details, key, ...(field !== undefined && { field }) },
    cause: error,
  })
}

function toSetType(type: unknown): SetType {
  if (type === 'string' || type === 'number') return type
  throw invalidArgument(`type takes "string" or "number"; it was given ${describe(type)}.`)
}

/**
 * What a call is given for each field.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it is an object.
 */
export function pairs<Content>({ key, fields }: Given): [string, Content][] {
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
    return Object.entries(fields) as [string, Content][]
  }
  const found = nameOf(fields)
  const needs = 'an object of named fields'
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `The fields of key ${JSON.stringify(key)} were given as ${found}; the operation needs ${needs}.`,
    { outcome: 'not-applied', details: { key, found, needs } },
  )
}
