import { KvasirError } from '../errors/kvasir-error.ts'
import { limits } from './limits.ts'

/** The unit of a bare number where a duration is taken. */
export type DurationUnit = 'ms' | 's'

/** A number in the unit of the call, or text such as `'500ms'`, `'90s'`, `'1.5h'`, `'7d'`. */
export type Duration = number | string

const unitsMs = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const

const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/

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
  const exactMs = toMilliseconds(duration, unit)
  if (exactMs === undefined) throw invalid(name, unit, `It was given ${show(duration)}.`)
  if (!(exactMs > 0)) throw invalid(name, unit, `${show(duration)} is not above zero.`)
  // Binary fractions make 1.1 s 1100.0000000000002 ms; 15 digits are what a double can promise.
  const ttlMs = Math.ceil(Number(exactMs.toPrecision(15)))
  if (ttlMs > limits.expiresAtMax) throw invalid(name, unit, `${show(duration)} is too long.`)
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

function toMilliseconds(duration: unknown, unit: DurationUnit): number | undefined {
  if (typeof duration === 'number') {
    return Number.isFinite(duration) ? duration * unitsMs[unit] : undefined
  }
  if (typeof duration !== 'string') return undefined
  const match = pattern.exec(duration)
  return match ? Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs] : undefined
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
