import type { DurationUnit } from '../codec/duration.ts'
import type { SetType, StoredValue } from '../codec/stored-value.ts'
import { decodeValue, encodePart, encodeValue } from '../codec/value.ts'
import type { Entry, EpochMs, Revision } from '../engine/entry.ts'
import type { Fields, Operation, OperationBase, OperationResult } from '../engine/operation.ts'
import { describe, invalidArgument } from './checks.ts'
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
  const { op } = given
  const base = toBase(given)
  if (op === 'delete') return { ...base, op, ...(given.fields && { fields: given.fields }) }
  if (op === 'purge') return { ...base, op }

  const expiry = toExpiry(given, unit)
  if (op === 'touch') {
    if (expiry && expiry !== 'keep') return { ...base, op, expiry }
    throw invalidArgument('touch takes a ttl (null to remove it) or expiresAt.')
  }
  const writing = expiry === undefined ? base : { ...base, expiry }
  switch (op) {
    case 'put':
      return { ...writing, op, value: encodeValue(given.value) }
    case 'patch':
      return { ...writing, op, ...toPatch(given.fields, given.unset) }
    case 'increment':
      if ('fields' in given) return { ...writing, op, fields: pairs(given.fields) }
      return { ...writing, op, by: given.by === undefined ? 1 : given.by }
    case 'append':
    case 'unshift':
      return { ...writing, op, fields: toElements(given.fields) }
    case 'shift':
      return { ...writing, op, fields: pairs(given.fields) }
    case 'add':
    case 'remove':
      return { ...writing, op, type: toSetType(given.type), fields: toMembers(given.fields) }
    default:
      throw invalidArgument(`There is no operation ${describe(op)}.`)
  }
}

/** What all operations have. Built step by step: this runs for every write there is. */
function toBase({ key, ifAbsent, ifRevision, previous }: Base): OperationBase {
  checkConditions({ ifAbsent, ifRevision })
  const base: { -readonly [Name in keyof OperationBase]: OperationBase[Name] } = { key }
  if (ifAbsent) base.ifAbsent = true
  if (ifRevision !== undefined) base.ifRevision = ifRevision
  if (previous) base.previous = true
  return base
}

/** An operation's result with values as users see them. */
export function decodeResult(result: OperationResult): BucketOperationResult {
  const { previous, numbers, elements, members, ...rest } = result
  if (!previous && !numbers && !elements && !members) return rest
  return {
    ...rest,
    ...(previous && { previous: decodeEntry(previous) }),
    ...(numbers && { numbers: Object.fromEntries(numbers) }),
    ...(elements && {
      elements: Object.fromEntries(
        elements.map(([field, values]) => [field, values.map(decodeValue)]),
      ),
    }),
    ...(members && { members: Object.fromEntries(members) }),
  }
}

/** An entry with its value as users see it. */
export function decodeEntry(entry: Entry): BucketEntry {
  return { ...entry, value: decodeValue(entry.value) }
}

function toPatch(given: unknown, unset: readonly string[] = []) {
  const fields = pairs(given)
  const set = fields.filter(([, value]) => value !== undefined)
  const removed = fields.filter(([, value]) => value === undefined).map(([field]) => field)
  return {
    set: set.map(([field, value]) => [field, encodePart(value)] as const),
    unset: [...removed, ...unset],
  }
}

function toElements(given: unknown): Fields<readonly StoredValue[]> {
  return pairs(given).map(([field, values]) => {
    if (!Array.isArray(values)) {
      throw invalidArgument(`Elements for ${describe(field)} come as an array.`)
    }
    return [field, values.map(encodePart)]
  })
}

function toMembers(given: unknown): Fields<readonly (string | number)[]> {
  return pairs(given).map(([field, members]) => {
    const isList = Array.isArray(members) || members instanceof Set
    if (!isList) throw invalidArgument(`Members for ${describe(field)} come as an array or a set.`)
    return [field, [...members]]
  })
}

function toSetType(type: unknown): SetType {
  if (type === 'string' || type === 'number') return type
  throw invalidArgument(`type takes "string" or "number"; it was given ${describe(type)}.`)
}

function pairs<Content>(fields: Readonly<Record<string, Content>> | unknown): [string, Content][] {
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
    return Object.entries(fields) as [string, Content][]
  }
  throw invalidArgument(`fields takes an object of field names; it was given ${describe(fields)}.`)
}
