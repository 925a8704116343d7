import { expiresAtMax } from './value-limits.ts'

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

/** A duration in whole milliseconds, rounded up, unless `parseDuration` would refuse it. */
export function readDuration(duration: unknown, unit: DurationUnit): number | undefined {
  const exactMs = exactMilliseconds(duration, unit)
  return exactMs === undefined ? undefined : wholeMilliseconds(exactMs)
}

/** What a duration is in milliseconds, as far as it is one; `parseDuration` says what is wrong. */
export function exactMilliseconds(duration: unknown, unit: DurationUnit): number | undefined {
  if (typeof duration === 'number') {
    return Number.isFinite(duration) ? duration * unitsMs[unit] : undefined
  }
  if (typeof duration !== 'string') return undefined
  const match = pattern.exec(duration)
  return match ? Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs] : undefined
}

/** Rounded up to whole ones; `undefined` unless they are above zero and within the calendar. */
export function wholeMilliseconds(exactMs: number): number | undefined {
  // Binary fractions make 1.1 s 1100.0000000000002 ms; 15 digits are what a double can promise.
  const ms = Math.ceil(Number(exactMs.toPrecision(15)))
  return exactMs > 0 && ms <= expiresAtMax ? ms : undefined
}
