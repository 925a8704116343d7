import { limits } from '../codec/limits.ts'
import { findLoneSurrogate, utf8Length } from '../codec/utf8.ts'
import { isLockSpace, ownerOf, sharedProject } from '../engine/bucket-names.ts'
import { defaultBucket } from '../engine/default-bucket.ts'
import type { BucketRef } from '../engine/engine.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { checkName } from './check-names.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/** @throws {KvasirError} `KV_INVALID_KEY` unless it is 1 to 1,024 bytes of valid Unicode. */
export function checkKey(
  key: unknown,
  bytesMax: number = limits.keyBytesMax,
): asserts key is string {
  if (typeof key !== 'string') {
    throw invalidKey(`A key is a string; it was given ${describe(key)}.`)
  }
  if (key === '') throw invalidKey('A key must not be empty.')
  // A string cannot have more bytes than three a unit, so that short keys are not measured twice.
  if (key.length * 3 > bytesMax) {
    const bytes = utf8Length(key)
    if (bytes > bytesMax) {
      throw invalidKey(
        `A key takes ${bytesMax} bytes of UTF-8 at most; ${JSON.stringify(`${key.slice(0, 40)}…`)} takes ${bytes}. Shorten it, or use a hash of it.`,
      )
    }
  }
  checkWellFormed(key, 'key')
}

/**
 * The bytes that a key of the bucket may take; the keys of a lock space have a mark before them.
 */
export function keyBytesMaxOf({ bucket }: BucketRef): number {
  return limits.keyBytesMax + (isLockSpace(bucket) ? 1 : 0)
}

export function checkPrefix(prefix: unknown): asserts prefix is string | undefined {
  if (prefix === undefined) return
  if (typeof prefix !== 'string') {
    throw invalidArgument(`prefix is a string; it was given ${describe(prefix)}.`)
  }
  checkWellFormed(prefix, 'prefix')
}

/**
 * As `checkProjectName` and `checkBucketName`, but takes the hidden companions of buckets as well,
 * and of the shared project its bucket.
 */
export function checkBucketRef({ project, bucket }: BucketRef): void {
  if (project === sharedProject && bucket === defaultBucket) return
  checkName(project, 'project')
  checkName(typeof bucket === 'string' ? (ownerOf(bucket) ?? bucket) : bucket, 'bucket')
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it is an integer from `min` to `max`. */
export function checkInteger(
  number: unknown,
  { name, min, max = Number.MAX_SAFE_INTEGER }: { name: string; min: number; max?: number },
): asserts number is number {
  if (Number.isSafeInteger(number) && (number as number) >= min && (number as number) <= max) return
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw invalidArgument(`${name} takes an integer ${range}; it was given ${describe(number)}.`)
}

export function checkFinite(number: unknown, name: string): asserts number is number {
  if (Number.isFinite(number)) return
  throw invalidArgument(`${name} takes a finite number; it was given ${describe(number)}.`)
}

function checkWellFormed(text: string, what: string): void {
  const index = findLoneSurrogate(text)
  if (index < 0) return
  throw invalidKey(
    `The ${what} holds a lone surrogate at index ${index}, which is no character. Use valid Unicode.`,
  )
}

function invalidKey(message: string): KvasirError {
  return new KvasirError('KV_INVALID_KEY', message, { outcome: 'not-applied' })
}
