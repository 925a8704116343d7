import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { codeOf, errorOf, range } from './observe.ts'
import { withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

/** What a field may hold that cannot be counted on. */
const noNumbers: readonly (readonly [found: string, value: unknown])[] = [
  ['a string', 'many'],
  ['a string', ''],
  ['a string', ' 10'],
  ['a string', '1e3'],
  ['a string', '010'],
  ['a boolean', true],
  ['null', null],
  ['a list', [1]],
  ['an object', { n: 1 }],
  ['a NumberSet', new NumberSet([1])],
  ['a StringSet', new StringSet(['1'])],
]

export function storageNumberTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  describe('kvStore.increment', () => {
    it('adds 1 and resolves with the sum, from 0 for a missing record', async ({ records }) => {
      expect(await records.increment('coupons', 'summer15')).toBe(1)
      expect(await records.increment('coupons', 'summer15')).toBe(2)
      expect(await records.get('coupons')).toStrictEqual({ summer15: 2 })
    })

    it('starts a missing field of a record at 0', async ({ records }) => {
      await records.put('coupons', { name: 'summer' })

      expect(await records.increment('coupons', 'left', 10)).toBe(10)
      expect(await records.get('coupons')).toStrictEqual({ name: 'summer', left: 10 })
    })

    it('takes negative and fractional amounts, and 0', async ({ records }) => {
      await records.put('coupons', { left: 10 })

      expect(await records.increment('coupons', 'left', -5)).toBe(5)
      expect(await records.increment('coupons', 'left', 0.25)).toBe(5.25)
      expect(await records.increment('coupons', 'left', 0)).toBe(5.25)
    })

    it('takes a canonical numeric string, and makes a number of it', async ({ records }) => {
      await records.put('coupons', { left: '10', owed: '-2.5' })

      expect(await records.increment('coupons', 'left')).toBe(11)
      expect(await records.increment('coupons', 'owed')).toBe(-1.5)
      expect(await records.get('coupons')).toStrictEqual({ left: 11, owed: -1.5 })
    })

    for (const [found, value] of noNumbers) {
      it(`refuses a field that is ${found}: ${JSON.stringify(value)}`, async ({ records }) => {
        await records.put('coupons', { left: value } as object)

        const error = await errorOf(records.increment('coupons', 'left'))

        expect(error.code).toBe('KV_WRONG_TYPE')
        expect(error.details).toEqual({ key: 'coupons', field: 'left', found, needs: 'a number' })
        for (const part of ['"coupons"', '"left"', found]) expect(error.message).toContain(part)
        expect(await records.get('coupons')).toEqual({ left: value })
      })
    }

    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      it(`refuses to add the ${typeof amount} ${amount}`, async ({ records }) => {
        const code = await codeOf(records.increment('coupons', 'left', amount as number))

        expect(code).toBe('KV_INVALID_ARGUMENT')
        expect(await records.exists('coupons')).toBe(false)
      })
    }

    it('refuses a sum that is not finite', async ({ records }) => {
      await records.put('coupons', { left: Number.MAX_VALUE })

      const code = await codeOf(records.increment('coupons', 'left', Number.MAX_VALUE))

      expect(code).toBe('KV_INVALID_VALUE')
    })

    it('keeps the TTL unless one is given', async ({ records, kv, clock }) => {
      await records.put('coupons', { left: 1 }, { ttl: 10 })
      await clock.advance(1000)

      await records.increment('coupons', 'left')
      const kept = await kv.ttl('coupons')
      await records.increment('coupons', 'left', 1, { ttl: 60 })
      const given = await kv.ttl('coupons')
      await records.increment('coupons', 'left', 1, { ttl: null })

      expect([kept, given, await kv.ttl('coupons')]).toEqual([9000, 60_000, undefined])
    })

    it('gives a TTL to the record that it creates', async ({ records, kv }) => {
      await records.increment('coupons', 'left', undefined, { ttl: 1.5 })

      expect(await kv.ttl('coupons')).toBe(1500)
    })

    it('adds exactly 64 when 64 run at once, each seeing its own sum', async ({ records }) => {
      const sums = await Promise.all(range(64).map(() => records.increment('coupons', 'left')))

      expect(sums.sort((a, b) => a - b)).toEqual(range(64).map((n) => n + 1))
      expect(await records.get('coupons')).toEqual({ left: 64 })
    })
  })

  describe('kvStore.incrementMulti', () => {
    it('adds to several fields and resolves with the sums', async ({ records }) => {
      await records.put('coupons', { summer15: 1 })

      const sums = await records.incrementMulti('coupons', { summer15: 10, freeship: -3 })

      expect(sums).toStrictEqual({ summer15: 11, freeship: -3 })
      expect(await records.get('coupons')).toStrictEqual({ summer15: 11, freeship: -3 })
    })

    it('adds nothing when one of the fields is no number', async ({ records }) => {
      await records.put('coupons', { summer15: 1, name: 'summer' })

      const error = await errorOf(records.incrementMulti('coupons', { summer15: 1, name: 1 }))

      expect(error).toMatchObject({ code: 'KV_WRONG_TYPE', details: { field: 'name' } })
      expect(await records.get('coupons')).toEqual({ summer15: 1, name: 'summer' })
    })

    it('adds nothing when one of the amounts is none', async ({ records }) => {
      const amounts = { summer15: 1, freeship: Number.NaN }

      expect(await codeOf(records.incrementMulti('coupons', amounts))).toBe('KV_INVALID_ARGUMENT')
      expect(await records.exists('coupons')).toBe(false)
    })

    it('changes and creates nothing when no field is named', async ({ records }) => {
      expect(await records.incrementMulti('coupons', {})).toStrictEqual({})
      expect(await records.exists('coupons')).toBe(false)
    })

    it('takes a TTL beside the amounts', async ({ records, kv }) => {
      await records.incrementMulti('coupons', { summer15: 1 }, { ttl: '1h' })
      await records.incrementMulti('coupons', { summer15: 1 })

      expect(await kv.ttl('coupons')).toBe(3_600_000)
    })

    it('is one step over all its fields when many run at once', async ({ records }) => {
      const sums = await Promise.all(
        range(32).map(() => records.incrementMulti('coupons', { given: 1, left: -1 })),
      )

      expect(sums.filter(({ given = 0, left = 0 }) => given + left !== 0)).toEqual([])
      expect(await records.get('coupons')).toEqual({ given: 32, left: -32 })
    })
  })
}
