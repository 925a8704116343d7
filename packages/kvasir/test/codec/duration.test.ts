import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DurationUnit, parseDuration, parseInstant } from '../../src/codec/duration.ts'
import { limits } from '../../src/codec/limits.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'

const durations: readonly (readonly [given: unknown, unit: DurationUnit, ms: number])[] = [
  [1, 'ms', 1],
  [1, 's', 1000],
  [0.001, 'ms', 1],
  [0.0001, 's', 1],
  [1.5, 's', 1500],
  [1.1, 's', 1100],
  [0.07, 's', 70],
  [2.0000001, 'ms', 3],
  ['1ms', 's', 1],
  ['1s', 'ms', 1000],
  ['1m', 'ms', 60_000],
  ['1h', 'ms', 3_600_000],
  ['1d', 'ms', 86_400_000],
  ['1w', 'ms', 604_800_000],
  ['1.5h', 'ms', 5_400_000],
  ['0.1s', 'ms', 100],
  ['007s', 'ms', 7000],
  [limits.expiresAtMax, 'ms', limits.expiresAtMax],
]

const wrong: readonly unknown[] = [
  0,
  -0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  limits.expiresAtMax + 1000,
  Number.MAX_VALUE,
  '',
  '1',
  's',
  '0ms',
  '0.0h',
  '-1s',
  '+1s',
  '1 s',
  ' 1s',
  '1s ',
  '1S',
  '1H',
  '1MS',
  '1y',
  '1,5h',
  '1e3ms',
  '1h30m',
  '٣s',
  '1s\n',
  null,
  undefined,
  true,
  1n,
  [],
  {},
  new Date(),
]

describe('a duration', () => {
  for (const [given, unit, ms] of durations) {
    it(`is ${ms} ms when ${JSON.stringify(given)} is given in ${unit}`, () => {
      expect(parseDuration(given, { unit })).toBe(ms)
    })
  }

  for (const given of wrong) {
    it(`is refused as ${typeof given} ${JSON.stringify(String(given))}`, () => {
      expect(codeOf(() => parseDuration(given))).toBe('KV_INVALID_TTL')
    })
  }

  it('is rounded up to whole milliseconds, and by nothing more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (milliseconds) => {
        expect(parseDuration(milliseconds / 1000, { unit: 's' })).toBe(milliseconds)
        expect(parseDuration(`${milliseconds / 1000}s`)).toBe(milliseconds)
      }),
    )
  })

  it('is named in the error as the call names it', () => {
    expect(() => parseDuration(0, { name: 'window', unit: 's' })).toThrow(/window.* of s /)
  })
})

describe('an instant', () => {
  it('is a Date or epoch milliseconds', () => {
    expect(parseInstant(new Date(5000))).toBe(5000)
    expect(parseInstant(5000)).toBe(5000)
    expect(parseInstant(5000.2)).toBe(5001)
  })

  for (const given of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '2030', null, {}]) {
    it(`is refused as ${String(given)}`, () => {
      expect(codeOf(() => parseInstant(given))).toBe('KV_INVALID_TTL')
    })
  }

  it('is refused as an invalid Date', () => {
    expect(codeOf(() => parseInstant(new Date(Number.NaN)))).toBe('KV_INVALID_TTL')
  })
})

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'no error'
  } catch (error) {
    return KvasirError.from(error).code
  }
}
