import { KvasirError } from '../errors/kvasir-error.ts'
import { type DurationUnit, exactMilliseconds, wholeMilliseconds } from './duration-ms.ts'
import { limits } from './limits.ts'

export type { Duration, DurationUnit } from './duration-ms.ts'

/**
 * Reads a duration as whole milliseconds, rounded up.
 *
 * @throws {KvasirError} `KV_INVALID_TTL` unless it is finite, above zero and within the calendar.
 */
export function parseDuration(
  duration: unknown,
  options: { name?: string; unit?: DurationUnit } = {},
): number {
  const { name = 'TTL', unit = 'ms' } = options
  const exactMs = exactMilliseconds(duration, unit)
  if (exactMs === undefined) throw invalid(name, unit, `It was given ${show(duration)}.`)
  if (!(exactMs > 0)) throw invalid(name, unit, `${show(duration)} is not above zero.`)
  const ttlMs = wholeMilliseconds(exactMs)
  if (ttlMs === undefined) throw invalid(name, unit, `${show(duration)} is too long.`)
  return ttlMs
}

/**
 * Reads a point in time as epoch milliseconds.
 *
 * @throws {KvasirError} `KV_INVALID_TTL` unless it is a valid `Date` or a finite number above zero.
 */
export function parseInstant(instant: unknown, name = 'expiresAt'): number {
  const epochMs = instant instanceof Date ? instant.getTime() : instant
  const isValid = typeof epochMs === 'number' && epochMs > 0 && epochMs <= limits.expiresAtMax
  if (!isValid) {
    throw new KvasirError(
      'KV_INVALID_TTL',
      `${name} takes a Date or epoch milliseconds; it was given ${show(instant)}.`,
    )
  }
  return Math.ceil(epochMs)
}

function invalid(name: string, unit: DurationUnit, problem: string): KvasirError {
  const takes = `${name} takes a number of ${unit} above zero, or text such as "500ms", "90s", "5m", "1.5h" or "7d".`
  return new KvasirError('KV_INVALID_TTL', `${takes} ${problem}`)
}

function show(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given.slice(0, 40))
  if (typeof given === 'number' || given === null || given === undefined) return String(given)
  if (given instanceof Date) return 'an invalid Date'
  return `a ${typeof given}`
}
