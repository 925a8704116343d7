import type { Duration } from '../codec/duration.ts'
import { codeOf } from './observe.ts'
import type { Suite } from './suite.ts'

const durations: readonly (readonly [ttl: Duration, ms: number])[] = [
  [1, 1],
  [1500, 1500],
  [0.2, 1],
  [1500.5, 1501],
  ['500ms', 500],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['0.4ms', 1],
  ['1.1s', 1100],
]

const wrong: readonly unknown[] = [
  0,
  -1,
  -0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  '0s',
  '-5s',
  '5',
  '1 h',
  '1 H',
  '1H',
  '5 minutes',
  '1h30m',
  ' 1h',
  '1h ',
  '1e3s',
  '.5h',
  '5.h',
  'Infinitys',
  true,
  [1000],
  new Date(),
  10n,
]

export function kvTtlTests({ describe, it, expect }: Suite): void {
  describe('a TTL of kv.set', () => {
    for (const [ttl, ms] of durations) {
      it(`lasts ${ms} ms when given as ${JSON.stringify(ttl)}`, async ({ kv, clock }) => {
        await kv.set('short', 1, ttl)
        await kv.set('option', 1, { ttl })

        expect(await kv.ttl('short')).toBe(ms)
        expect(await kv.ttl('option')).toBe(ms)
        clock.setWall(clock.wallMs() + ms)
        expect(await kv.has('short')).toBe(false)
        expect(await kv.has('option')).toBe(false)
      })
    }

    for (const ttl of wrong) {
      it(`is refused as ${show(ttl)}, and nothing is written`, async ({ kv }) => {
        const given = ttl as Duration
        const codes = await Promise.all([
          codeOf(kv.set('key', 1, given)),
          codeOf(kv.set('key', 1, { ttl: given })),
          codeOf(kv.setMany([{ key: 'key', value: 1, ttl: given }])),
          codeOf(kv.increment('key', 1, { ttl: given })),
          codeOf(kv.update('key', () => 1, { ttl: given })),
          codeOf(kv.getOrSet('key', () => 1, { ttl: given })),
          codeOf(kv.expire('key', given)),
          codeOf(kv.lock('key', { ttl: given })),
          codeOf(kv.rateLimit('key', { limit: 1, window: given })),
        ])

        expect(new Set(codes)).toEqual(new Set(['KV_INVALID_TTL']))
        expect(await kv.has('key')).toBe(false)
        expect(await kv.lock('key', { ttl: 1 })).toMatchObject({ fence: 1 })
      })
    }

    it('is none as undefined or null', async ({ kv }) => {
      await kv.set('undefined', 1, undefined)
      await kv.set('null', 1, null)
      await kv.set('options', 1, {})
      await kv.set('null option', 1, { ttl: null })

      const ttls = await Promise.all(
        ['undefined', 'null', 'options', 'null option'].map((key) => kv.ttl(key)),
      )

      expect(ttls).toEqual([undefined, undefined, undefined, undefined])
    })

    it('is refused when it reaches beyond the calendar', async ({ kv }) => {
      expect(await codeOf(kv.set('key', 1, Number.MAX_VALUE))).toBe('KV_INVALID_TTL')
      expect(await codeOf(kv.set('key', 1, 8_640_000_000_000_000))).toBe('KV_INVALID_TTL')
      expect(await kv.has('key')).toBe(false)
    })
  })

  describe('expiresAt of kv.set', () => {
    it('is epoch milliseconds or a Date', async ({ kv, clock }) => {
      const expiresAt = clock.wallMs() + 5000
      await kv.set('number', 1, { expiresAt })
      await kv.set('date', 1, { expiresAt: new Date(expiresAt) })

      expect(await kv.getEntry('number')).toMatchObject({ expiresAt })
      expect(await kv.getEntry('date')).toMatchObject({ expiresAt })
    })

    const noInstants = [0, -1, Number.NaN, new Date(Number.NaN), '2030-01-01', true]
    for (const given of noInstants) {
      it(`is refused as ${show(given)}`, async ({ kv }) => {
        const expiresAt = given as number

        expect(await codeOf(kv.set('key', 1, { expiresAt }))).toBe('KV_INVALID_TTL')
        expect(await kv.has('key')).toBe(false)
      })
    }
  })

  describe('keepTtl of kv.set', () => {
    it('keeps the TTL that there is', async ({ kv, clock }) => {
      await kv.set('alice', 1, 1000)
      await clock.advance(400)

      await kv.set('alice', 2, { keepTtl: true })

      expect(await kv.ttl('alice')).toBe(600)
    })

    it('makes no TTL where there is none', async ({ kv }) => {
      await kv.set('alice', 1)

      await kv.set('alice', 2, { keepTtl: true })
      await kv.set('bob', 1, { keepTtl: true })

      expect(await kv.ttl('alice')).toBe(undefined)
      expect(await kv.ttl('bob')).toBe(undefined)
    })
  })

  describe('more than one of ttl, expiresAt and keepTtl', () => {
    it('is refused', async ({ kv, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      const codes = await Promise.all([
        codeOf(kv.set('key', 1, { ttl: 1000, expiresAt })),
        codeOf(kv.set('key', 1, { ttl: 1000, keepTtl: true })),
        codeOf(kv.set('key', 1, { expiresAt, keepTtl: true })),
      ])

      expect(new Set(codes)).toEqual(new Set(['KV_INVALID_TTL']))
      expect(await kv.has('key')).toBe(false)
    })
  })

  describe('a handle whose ttlUnit is seconds', () => {
    it('takes every bare number for seconds', async ({ project, clock }) => {
      const kv = project.kv({ ttlUnit: 's' })
      await kv.set('set', 1, 3600)
      await kv.set('option', 1, { ttl: 1.5 })
      await kv.set('expire', 1)
      await kv.expire('expire', 60)
      await kv.increment('increment', 1, { ttl: 10 })
      await kv.setMany([{ key: 'many', value: 1, ttl: 5 }])
      const { resetAt } = await kv.rateLimit('calls', { limit: 1, window: 30 })

      const keys = ['set', 'option', 'expire', 'increment', 'many']
      const ttls = await Promise.all(keys.map((key) => kv.ttl(key)))

      expect(ttls).toEqual([3_600_000, 1500, 60_000, 10_000, 5000])
      expect(resetAt).toBe(clock.wallMs() + 30_000)
    })

    it('holds its locks for seconds', async ({ project, clock }) => {
      const kv = project.kv({ ttlUnit: 's' })
      await kv.lock('door', { ttl: 10 })

      clock.setWall(clock.wallMs() + 9999)
      const before = await kv.lock('door', { ttl: 10 })
      clock.setWall(clock.wallMs() + 1)

      expect(before).toBe(null)
      expect(await kv.lock('door', { ttl: 10 })).not.toBe(null)
    })

    it('takes text and instants as they are', async ({ project, clock }) => {
      const kv = project.kv({ ttlUnit: 's' })
      await kv.set('text', 1, '500ms')
      await kv.set('instant', 1, { expiresAt: clock.wallMs() + 700 })

      expect(await kv.ttl('text')).toBe(500)
      expect(await kv.ttl('instant')).toBe(700)
    })
  })
}

function show(given: unknown): string {
  if (given instanceof Date) return Number.isNaN(given.getTime()) ? 'an invalid Date' : 'a Date'
  return typeof given === 'string' ? JSON.stringify(given) : `${typeof given} ${String(given)}`
}
