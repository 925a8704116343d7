import { limits } from '../codec/limits.ts'
import { isSurelyWithin, type StoredValue, storedBytes } from '../codec/stored-value.ts'
import { utf8Length } from '../codec/utf8.ts'
import type { BucketRef } from '../engine/engine.ts'
import type { Expiry, Operation, PatchOperation, Read } from '../engine/operation.ts'
import { sizeOfValue } from '../engine/value-size.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import {
  checkAmounts,
  checkCounts,
  checkDistinct,
  checkFieldNames,
  checkMembers,
} from './check-fields.ts'
import { checkFinite, checkInteger, checkKey, keyBytesMaxOf } from './checks.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/**
 * Checks everything about a commit that can be told without the data.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_KEY`, `KV_INVALID_TTL`, `KV_TOO_LARGE`.
 */
export function checkOperations(at: BucketRef, operations: readonly Operation[]): void {
  if (operations.length > limits.batchLengthMax) throw tooMany('operations', operations.length)
  const keyBytesMax = keyBytesMaxOf(at)
  let length = 0
  for (const operation of operations) {
    checkKey(operation.key, keyBytesMax)
    checkOperation(operation)
    length += operation.key.length + payloadSize(operation, sizeOfValue)
  }
  // A text has three bytes a unit at most, so that few commits are measured further.
  if (3 * length > limits.batchBytesMax) checkBytes(operations)
}

function checkBytes(operations: readonly Operation[]): void {
  let bytes = 0
  for (const operation of operations) {
    bytes += utf8Length(operation.key) + payloadSize(operation, storedBytes)
  }
  if (bytes <= limits.batchBytesMax) return
  throw new KvasirError(
    'KV_TOO_LARGE',
    `The operations take ${bytes} bytes together; one commit takes ${limits.batchBytesMax} at most. Split it.`,
    { outcome: 'not-applied', details: { bytes, bytesMax: limits.batchBytesMax } },
  )
}

export function checkReads(at: BucketRef, reads: readonly Read[]): void {
  if (reads.length > limits.batchLengthMax) throw tooMany('keys', reads.length)
  for (const read of reads) {
    checkKey(read.key, keyBytesMaxOf(at))
    if ('peek' in read) checkCounts(read.key, read.peek)
    if ('has' in read) checkMembers(read.key, read.has, read.type)
    if ('fields' in read) checkFieldNames(read.key, read.fields)
  }
}

function checkOperation(operation: Operation): void {
  checkConditions(operation)
  if ('expiry' in operation && operation.expiry !== undefined) checkExpiry(operation.expiry)
  switch (operation.op) {
    case 'put':
      checkSize(operation.value, operation.key)
      break
    case 'delete':
      if (operation.fields) checkFieldNames(operation.key, operation.fields)
      break
    case 'patch':
      checkDistinct(operation.key, patchedFields(operation))
      for (const [, value] of operation.set) checkPart(value, operation.key)
      break
    case 'increment':
      if (operation.by !== undefined) checkFinite(operation.by, 'by')
      if (operation.fields) checkAmounts(operation.key, operation.fields)
      break
    case 'append':
    case 'unshift':
      checkDistinct(
        operation.key,
        operation.fields.map(([field]) => field),
      )
      for (const value of operation.fields.flatMap(([, values]) => values)) {
        checkPart(value, operation.key)
      }
      break
    case 'shift':
      checkCounts(operation.key, operation.fields)
      break
    case 'add':
    case 'remove':
      checkMembers(operation.key, operation.fields, operation.type)
      break
    case 'touch':
    case 'purge':
      break
    default:
      throw invalidArgument(`There is no operation ${describe((operation as { op: unknown }).op)}.`)
  }
}

function checkConditions({ ifAbsent, ifRevision }: Operation): void {
  if (ifRevision === undefined) return
  if (ifAbsent) throw invalidArgument('Give ifAbsent or ifRevision, not both.')
  checkInteger(ifRevision, { name: 'ifRevision', min: 0 })
}

function checkExpiry(expiry: Expiry): void {
  if (typeof expiry === 'string') return
  for (const [name, ms] of Object.entries(expiry)) {
    if (Number.isSafeInteger(ms) && ms > 0 && ms <= limits.expiresAtMax) continue
    throw new KvasirError(
      'KV_INVALID_TTL',
      `${name} takes whole milliseconds above zero; it was given ${describe(ms)}.`,
      { outcome: 'not-applied' },
    )
  }
}

function checkSize(value: StoredValue, key: string): void {
  if (isSurelyWithin(value, limits.valueBytesMax)) return
  const bytes = storedBytes(value)
  if (bytes <= limits.valueBytesMax) return
  throw new KvasirError(
    'KV_TOO_LARGE',
    `A value for key ${JSON.stringify(key)} takes ${bytes} bytes; a value takes ${limits.valueBytesMax} at most. Split it over several keys.`,
    { outcome: 'not-applied', details: { key, bytes, bytesMax: limits.valueBytesMax } },
  )
}

/** A value that will stand within a record. */
function checkPart(value: StoredValue, key: string): void {
  checkSize(value, key)
  if (value.kind !== 'bytes') return
  throw new KvasirError(
    'KV_INVALID_VALUE',
    `A field of key ${JSON.stringify(key)} was given bytes, which cannot stand within a record. Store them under a key of their own.`,
    { outcome: 'not-applied' },
  )
}

function patchedFields({ set, unset = [] }: PatchOperation): string[] {
  return [...set.map(([field]) => field), ...unset]
}

function payloadSize(operation: Operation, sizeOf: (value: StoredValue) => number): number {
  if (operation.op === 'put') return sizeOf(operation.value)
  const sum = (values: readonly StoredValue[]) =>
    values.reduce((size, value) => size + sizeOf(value), 0)
  if (operation.op === 'patch') return sum(operation.set.map(([, value]) => value))
  if (operation.op === 'append' || operation.op === 'unshift') {
    return sum(operation.fields.flatMap(([, values]) => values))
  }
  return 0
}

function tooMany(what: string, count: number): KvasirError {
  return new KvasirError(
    'KV_TOO_LARGE',
    `${count} ${what} were given; one call takes ${limits.batchLengthMax} at most. Split it.`,
    { outcome: 'not-applied', details: { count, countMax: limits.batchLengthMax } },
  )
}
