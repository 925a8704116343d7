import { nameLengthMax } from '../codec/value-limits.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it is a name for a project. */
export function checkProjectName(name: unknown): asserts name is string {
  checkName(name, 'project')
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it is a name for a bucket. */
export function checkBucketName(name: unknown): asserts name is string {
  checkName(name, 'bucket')
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless it can name what it is to name. */
export function checkName(name: unknown, what: 'project' | 'bucket'): asserts name is string {
  const isName = typeof name === 'string' && /^[A-Za-z0-9_-]+$/.test(name)
  if (isName && name.length <= nameLengthMax) return
  throw invalidArgument(
    `The name of a ${what} is 1 to ${nameLengthMax} of the characters A-Z a-z 0-9 _ -; it was given ${describe(name)}.`,
  )
}
