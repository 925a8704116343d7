import { limits } from '../codec/limits.ts'
import { utf8Length } from '../codec/utf8.ts'
import { defaultBucketConfig } from '../engine/bucket-config.ts'
import type { BucketChanges, BucketConfig } from '../engine/engine.ts'
import { findRepublishProblem, type Republish } from '../engine/republish.ts'
import { checkOrigins } from './check-origins.ts'
import { checkInteger } from './checks.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/**
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` naming the setting, what it got and what it takes.
 */
export function checkBucketConfig(config: BucketConfig): void {
  const { description, ttlMs, history, bytesMax, valueBytesMax, metadata } = config
  const { compression, storage } = config
  checkText(description, { name: 'description', bytesMax: limits.descriptionBytesMax })
  checkInteger(history, { name: 'history', min: 1, max: limits.historyMax })
  if (ttlMs !== undefined) checkInteger(ttlMs, { name: 'ttlMs', min: 1, max: limits.expiresAtMax })
  if (bytesMax !== undefined) checkInteger(bytesMax, { name: 'bytesMax', min: 1 })
  if (valueBytesMax !== undefined) checkInteger(valueBytesMax, { name: 'valueBytesMax', min: 1 })
  checkMetadata(metadata)
  checkOrigins(config)
  if (compression !== undefined && typeof compression !== 'boolean') {
    throw invalidArgument(`compression takes true or false; it was given ${describe(compression)}.`)
  }
  if (storage !== undefined && storage !== 'file' && storage !== 'memory') {
    throw invalidArgument(`storage takes "file" or "memory"; it was given ${describe(storage)}.`)
  }
  if (config.republish !== undefined) checkRepublish(config.republish)
}

/**
 * The changes with `null` for settings that were named and given nothing.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` naming the setting, what it got and what it takes.
 */
export function checkBucketChanges(changes: BucketChanges): BucketChanges {
  const named = Object.entries(changes)
  const given = named.filter(([name, value]) => !isTakenAway(name, value))
  checkBucketConfig({ ...defaultBucketConfig, ...Object.fromEntries(given) })
  return Object.fromEntries(named.map(([name, value]) => [name, value ?? null]))
}

function isTakenAway(name: string, value: unknown): boolean {
  return (value === null || value === undefined) && !(name in defaultBucketConfig)
}

function checkRepublish(given: unknown): void {
  if (typeof given !== 'object' || given === null) {
    throw invalidArgument(`republish takes an object; it was given ${describe(given)}.`)
  }
  const { source, dest, headersOnly } = given as Partial<Record<keyof Republish, unknown>>
  if (source !== undefined) checkSubject(source, 'republish.source')
  checkSubject(dest, 'republish.dest')
  if (headersOnly !== undefined && typeof headersOnly !== 'boolean') {
    throw invalidArgument(
      `republish.headersOnly takes true or false; it was given ${describe(headersOnly)}.`,
    )
  }
  const problem = findRepublishProblem(given as Republish)
  if (problem) throw invalidArgument(`republish.${problem}.`)
}

function checkSubject(text: unknown, name: string): void {
  checkText(text, { name, bytesMax: limits.keyBytesMax })
}

function checkMetadata(metadata: unknown): void {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw invalidArgument(`metadata takes an object; it was given ${describe(metadata)}.`)
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === 'string') continue
    throw invalidArgument(`metadata.${name} takes a string; it was given ${describe(value)}.`)
  }
  checkText(JSON.stringify(metadata), { name: 'metadata', bytesMax: limits.metadataBytesMax })
}

function checkText(text: unknown, { name, bytesMax }: { name: string; bytesMax: number }): void {
  if (typeof text === 'string' && utf8Length(text) <= bytesMax) return
  const given = typeof text === 'string' ? `${utf8Length(text)} bytes` : describe(text)
  throw invalidArgument(`${name} takes ${bytesMax} bytes of text at most; it was given ${given}.`)
}
