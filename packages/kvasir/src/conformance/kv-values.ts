import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { all, codeOf, errorOf } from './observe.ts'
import type { Suite } from './suite.ts'

class Point {
  readonly x = 1
}

class Money {
  toJSON() {
    return { amount: 5, currency: 'NOK' }
  }
}

const circle: Record<string, unknown> = { name: 'circle' }
circle.self = circle

const sparse = [1, 2, 3]
delete sparse[1]

/** What JSON would silently damage. */
const refused: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a bigint', 10n],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['a circular structure', circle],
  ['a sparse array', sparse],
  ['a Map', new Map([['a', 1]])],
  ['a plain Set', new Set([1])],
  ['a RegExp', /x/],
  ['a boxed number', Object(1)],
  ['a boxed string', Object('x')],
  ['a boxed boolean', Object(true)],
  ['an instance of a class', new Point()],
  ['an Error', new Error('x')],
  ['a Promise', Promise.resolve(1)],
  ['a WeakMap', new WeakMap()],
  ['an invalid Date', new Date(Number.NaN)],
  ['an ArrayBuffer', new ArrayBuffer(2)],
  ['a Float64Array', new Float64Array(2)],
]

const converted: readonly (readonly [name: string, value: unknown, read: unknown])[] = [
  ['a Date as its ISO text', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a Date within an object', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ['anything with toJSON as what that returns', new Money(), { amount: 5, currency: 'NOK' }],
  ['toJSON deep within', [[{ price: new Money() }]], [[{ price: { amount: 5, currency: 'NOK' } }]]],
  ['-0 as 0', -0, 0],
  ['-0 within a list as 0', [-0], [0]],
  ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ['an object without its undefined properties', { a: 1, b: undefined }, { a: 1 }],
]

export function kvValueTests({ describe, it, expect }: Suite): void {
  describe('a value that JSON would silently damage', () => {
    for (const [name, value] of refused) {
      it(`is refused, and nothing is written: ${name}`, async ({ kv }) => {
        await kv.set('key', 'before')

        const error = await errorOf(kv.set('key', value))

        expect(error.code).toBe('KV_INVALID_VALUE')
        expect(await kv.getEntry('key')).toMatchObject({ value: 'before', revision: 1 })
      })

      it(`is refused within an array: ${name}`, async ({ kv }) => {
        expect(await codeOf(kv.set('key', ['fine', [value]]))).toBe('KV_INVALID_VALUE')
        expect(await kv.has('key')).toBe(false)
      })
    }

    for (const [name, value] of refused.slice(1)) {
      it(`is refused within an object, naming the place: ${name}`, async ({ kv }) => {
        const error = await errorOf(kv.set('key', { list: [{ deep: value }] }))

        expect(error.code).toBe('KV_INVALID_VALUE')
        expect(error.message).toContain('/list/0/deep')
        expect(await kv.has('key')).toBe(false)
      })
    }

    it('is refused as bytes anywhere but at the top', async ({ kv }) => {
      expect(await codeOf(kv.set('key', { bytes: new Uint8Array(1) }))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(kv.set('key', [new Uint8Array(1)]))).toBe('KV_INVALID_VALUE')
    })

    it('is refused as text with half a character', async ({ kv }) => {
      expect(await codeOf(kv.set('key', '\ud83d'))).toBe('KV_INVALID_VALUE')
      expect(await kv.has('key')).toBe(false)
    })

    it('is never shown in the error', async ({ kv }) => {
      const error = await errorOf(kv.set('key', { secret: 'hunter2', wrong: () => 'hunter2' }))

      expect(error.message.includes('hunter2')).toBe(false)
    })

    it('takes a whole setMany down', async ({ kv }) => {
      const entries = [
        { key: 'alice', value: 1 },
        { key: 'bob', value: Number.NaN },
      ]

      expect(await codeOf(kv.setMany(entries))).toBe('KV_INVALID_VALUE')
      expect(await all(kv.keys())).toEqual([])
    })
  })

  describe('a value that JSON converts', () => {
    for (const [name, value, read] of converted) {
      it(`is stored: ${name}`, async ({ kv }) => {
        await kv.set('key', value)

        expect(await kv.get('key')).toStrictEqual(read)
      })
    }
  })

  describe('kv values', () => {
    it('come back with Object.prototype', async ({ kv }) => {
      await kv.set('key', { nested: Object.create(null) as unknown })

      const read = await kv.get<{ nested: unknown }>('key')

      expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
      expect(Object.getPrototypeOf(read?.nested)).toBe(Object.prototype)
    })

    it('may be typed sets, anywhere', async ({ kv }) => {
      const value = { tags: new StringSet(['b', 'a']), deep: [{ likes: new NumberSet([2, 1]) }] }
      await kv.set('key', value)
      await kv.set('set', new StringSet(['x']))

      expect(await kv.get('key')).toStrictEqual(value)
      expect(await kv.get('set')).toStrictEqual(new StringSet(['x']))
    })

    it('may be bytes, which come back as Uint8Array', async ({ kv }) => {
      await kv.set('key', new Uint8Array([0, 127, 128, 255]))

      expect(await kv.get('key')).toStrictEqual(new Uint8Array([0, 127, 128, 255]))
    })

    it('may be a view into a larger buffer, of which only that part is stored', async ({ kv }) => {
      const large = new Uint8Array([1, 2, 3, 4, 5, 6])
      await kv.set('key', large.subarray(2, 4))

      const read = await kv.get<Uint8Array>('key')

      expect(read).toStrictEqual(new Uint8Array([3, 4]))
      expect(read?.byteLength).toBe(2)
    })
  })

  describe('kv keys', () => {
    const noKeys = ['', undefined, null, 5, {}, '\ud800', 'k'.repeat(1025), 'é'.repeat(513)]
    for (const given of noKeys) {
      it(`are refused everywhere: ${String(given).slice(0, 12) || 'empty'}`, async ({ kv }) => {
        const key = given as string
        const codes = await Promise.all([
          codeOf(kv.get(key)),
          codeOf(kv.set(key, 1)),
          codeOf(kv.has(key)),
          codeOf(kv.delete(key)),
          codeOf(kv.getMany([key])),
          codeOf(kv.setMany([{ key, value: 1 }])),
          codeOf(kv.deleteMany([key])),
          codeOf(kv.increment(key)),
          codeOf(kv.update(key, () => 1)),
          codeOf(kv.getEntry(key)),
          codeOf(kv.getAndDelete(key)),
          codeOf(kv.getOrSet(key, () => 1)),
          codeOf(kv.expire(key, 1)),
          codeOf(kv.persist(key)),
          codeOf(kv.ttl(key)),
          codeOf(kv.lock(key, { ttl: 1 })),
          codeOf(kv.rateLimit(key, { limit: 1, window: 1 })),
        ])

        expect(new Set(codes)).toEqual(new Set(['KV_INVALID_KEY']))
        expect(await all(kv.keys())).toEqual([])
      })
    }
  })
}
