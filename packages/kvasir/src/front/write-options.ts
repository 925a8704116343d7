import { type Duration, type DurationUnit, parseDuration, parseInstant } from '../codec/duration.ts'
import type { Revision } from '../engine/entry.ts'
import type { Expiry } from '../engine/operation.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { describe, invalidArgument } from './invalid-argument.ts'

/** When what is written expires. At most one of them. */
export interface ExpiryOptions {
  /** From now on this long; a bare number is in the unit of the call. `null`: no expiry. */
  readonly ttl?: Duration | null
  /** At this instant: a `Date` or epoch milliseconds. */
  readonly expiresAt?: Date | number
  /** Leaves the expiry as it is. */
  readonly keepTtl?: boolean
  /** As `ttl`, but only when the write brings the key into being; otherwise as `keepTtl`. */
  readonly initialTtl?: Duration
}

/** On which condition to write. At most one of them. */
export interface ConditionOptions {
  /** Only if the key is absent. */
  readonly ifAbsent?: boolean
  /** Only if the key is at this revision; 0 means absent. */
  readonly ifRevision?: Revision
}

/**
 * What the options say of the expiry; `undefined` when they say nothing.
 *
 * @throws {KvasirError} `KV_INVALID_TTL`
 */
export function toExpiry(options: ExpiryOptions, unit: DurationUnit = 'ms'): Expiry | undefined {
  const { ttl, expiresAt, keepTtl, initialTtl } = options
  const given =
    Number(ttl !== undefined) +
    Number(expiresAt !== undefined) +
    Number(Boolean(keepTtl)) +
    Number(initialTtl !== undefined)
  if (given === 0) return undefined
  if (given > 1) {
    throw new KvasirError(
      'KV_INVALID_TTL',
      'Give only one of ttl, expiresAt, keepTtl and initialTtl.',
      { outcome: 'not-applied' },
    )
  }
  if (ttl === null) return 'none'
  if (ttl !== undefined) return { ttlMs: parseDuration(ttl, { unit }) }
  if (expiresAt !== undefined) return { expiresAt: parseInstant(expiresAt) }
  if (initialTtl !== undefined) {
    return { initialTtlMs: parseDuration(initialTtl, { name: 'initialTtl', unit }) }
  }
  return 'keep'
}

/** A TTL or an instant, if there is one, for a write that keeps the TTL otherwise. */
export function withTtl({ ttl, expiresAt }: ExpiryOptions): ExpiryOptions {
  if (ttl === undefined && expiresAt === undefined) return {}
  return {
    keepTtl: false,
    ...(ttl !== undefined && { ttl }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` */
export function checkConditions({ ifAbsent }: ConditionOptions): void {
  if (ifAbsent === undefined || typeof ifAbsent === 'boolean') return
  throw invalidArgument(`ifAbsent takes true or false; it was given ${describe(ifAbsent)}.`)
}
