import { limits } from '../codec/limits.ts'
import { checkCopyLimits } from '../engine/copies.ts'
import type { BucketConfig } from '../engine/engine.ts'
import type { Origin } from '../engine/origin.ts'
import { findPatternProblem, findTransformProblem } from '../engine/subjects.ts'
import { checkBucketName } from './check-names.ts'
import { checkInteger } from './checks.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/**
 * What a bucket copies, as far as it can be checked without looking at other buckets.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`
 */
export function checkOrigins(config: BucketConfig): void {
  const { mirror, sources } = config
  if (sources !== undefined) checkList(sources, 'sources', limits.sourcesMax)
  if (mirror !== undefined) checkOrigin(mirror, 'mirror')
  for (const [index, source] of (sources ?? []).entries()) checkOrigin(source, `sources[${index}]`)
  if (mirror && sources && sources.length > 0) {
    throw invalidArgument('mirror and sources exclude each other: a mirror takes from one bucket.')
  }
  checkCopyLimits(config)
}

function checkOrigin(origin: unknown, name: string): asserts origin is Origin {
  if (!isObject(origin)) {
    throw invalidArgument(`${name} takes an object; it was given ${describe(origin)}.`)
  }
  const { bucket, filterSubject, startRevision, startTime, transforms } = origin
  checkBucketName(bucket)
  if (startRevision !== undefined) {
    checkInteger(startRevision, { name: `${name}.startRevision`, min: 0 })
  }
  if (startTime !== undefined) {
    checkInteger(startTime, { name: `${name}.startTime`, min: 0, max: limits.expiresAtMax })
  }
  if (filterSubject !== undefined) {
    checkText(filterSubject, `${name}.filterSubject`)
    refuse(`${name}.filterSubject`, 'it', findPatternProblem(filterSubject))
  }
  if (transforms === undefined) return
  checkList(transforms, `${name}.transforms`, limits.transformsMax)
  for (const [index, transform] of transforms.entries()) {
    checkTransform(transform, `${name}.transforms[${index}]`)
  }
}

function checkTransform(transform: unknown, name: string): void {
  if (!isObject(transform)) {
    throw invalidArgument(`${name} takes an object; it was given ${describe(transform)}.`)
  }
  const { source, dest } = transform
  checkText(source, `${name}.source`)
  checkText(dest, `${name}.dest`)
  refuse(name, 'its', findTransformProblem({ source, dest }))
}

function checkList(list: unknown, name: string, max: number): asserts list is readonly unknown[] {
  if (!Array.isArray(list)) {
    throw invalidArgument(`${name} takes an array; it was given ${describe(list)}.`)
  }
  if (list.length <= max) return
  throw invalidArgument(`${name} takes ${max} elements at most; it was given ${list.length}.`)
}

function checkText(text: unknown, name: string): asserts text is string {
  if (typeof text === 'string' && text.length <= limits.keyBytesMax) return
  const given = typeof text === 'string' ? `${text.length}` : describe(text)
  throw invalidArgument(
    `${name} takes a string of at most ${limits.keyBytesMax} characters; it was given ${given}.`,
  )
}

function refuse(name: string, which: 'it' | 'its', problem: string | undefined): void {
  if (problem) throw invalidArgument(`${name} cannot be used: ${which} ${problem}.`)
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}
