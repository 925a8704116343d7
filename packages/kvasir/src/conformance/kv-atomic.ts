import { codeOf, errorOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function kvAtomicTests({ describe, it, expect }: Suite): void {
  describe('kv.set with a condition', () => {
    it('resolves with the new revision', async ({ kv }) => {
      const created = await kv.set('alice', 1, { ifAbsent: true })
      const replaced = await kv.set('alice', 2, { ifRevision: created })

      expect([created, replaced]).toEqual([1, 2])
    })

    it('throws KV_CONFLICT with the present revision, and writes nothing', async ({ kv }) => {
      await kv.set('alice', 1)
      await kv.set('alice', 2)

      const absent = await errorOf(kv.set('alice', 3, { ifAbsent: true }))
      const stale = await errorOf(kv.set('alice', 3, { ifRevision: 1 }))

      expect(absent).toMatchObject({ code: 'KV_CONFLICT', details: { revision: 2, key: 'alice' } })
      expect(stale).toMatchObject({ code: 'KV_CONFLICT', details: { revision: 2 } })
      expect(await kv.get('alice')).toBe(2)
    })

    it('means absent by ifRevision 0', async ({ kv }) => {
      expect(await kv.set('alice', 1, { ifRevision: 0 })).toBe(1)
      expect(await codeOf(kv.set('alice', 1, { ifRevision: 0 }))).toBe('KV_CONFLICT')
    })

    it('is none as ifAbsent false or undefined', async ({ kv }) => {
      await kv.set('alice', 1)

      await kv.set('alice', 2, { ifAbsent: false })
      await kv.set('alice', 3, { ifAbsent: undefined as unknown as boolean })

      expect(await kv.get('alice')).toBe(3)
    })

    it('is refused when both conditions are given', async ({ kv }) => {
      const both = { ifAbsent: true, ifRevision: 0 }

      expect(await codeOf(kv.set('alice', 1, both))).toBe('KV_INVALID_ARGUMENT')
      expect(await kv.has('alice')).toBe(false)
    })

    it('takes a TTL beside it', async ({ kv }) => {
      await kv.set('alice', 1, { ttl: '1h', ifAbsent: true })

      expect(await kv.ttl('alice')).toBe(3_600_000)
    })
  })

  describe('kv.increment', () => {
    it('gives the new number, from 0 for a missing key', async ({ kv }) => {
      expect(await kv.increment('visits')).toBe(1)
      expect(await kv.increment('visits', 10)).toBe(11)
      expect(await kv.increment('visits', -1.5)).toBe(9.5)
      expect(await kv.get('visits')).toBe(9.5)
    })

    it('takes a canonical numeric string', async ({ kv }) => {
      await kv.set('visits', '10')

      expect(await kv.increment('visits')).toBe(11)
    })

    it('refuses what is no number', async ({ kv }) => {
      await kv.set('visits', 'many')

      expect(await codeOf(kv.increment('visits'))).toBe('KV_WRONG_TYPE')
      expect(await kv.get('visits')).toBe('many')
    })

    it('refuses a result that is not finite', async ({ kv }) => {
      await kv.set('visits', Number.MAX_VALUE)

      expect(await codeOf(kv.increment('visits', Number.MAX_VALUE))).toBe('KV_INVALID_VALUE')
    })

    for (const by of [Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      it(`refuses to add the ${typeof by} ${by}`, async ({ kv }) => {
        expect(await codeOf(kv.increment('visits', by as number))).toBe('KV_INVALID_ARGUMENT')
        expect(await kv.has('visits')).toBe(false)
      })
    }

    it('keeps the TTL unless one is given', async ({ kv, clock }) => {
      await kv.set('visits', 1, 1000)
      await clock.advance(100)

      await kv.increment('visits')
      const kept = await kv.ttl('visits')
      await kv.increment('visits', 1, { ttl: 5000 })

      expect(kept).toBe(900)
      expect(await kv.ttl('visits')).toBe(5000)
    })

    it('adds exactly 64 when 64 run at once', async ({ kv }) => {
      await Promise.all(range(64).map(() => kv.increment('visits')))

      expect(await kv.get('visits')).toBe(64)
    })
  })

  describe('kv.update', () => {
    it('stores what the function makes of the value, and gives it', async ({ kv }) => {
      await kv.set('cart', ['apple'])

      const cart = await kv.update<string[]>('cart', (items) => [...(items ?? []), 'pear'])

      expect(cart).toEqual(['apple', 'pear'])
      expect(await kv.get('cart')).toEqual(['apple', 'pear'])
    })

    it('is given null for a missing key', async ({ kv }) => {
      const seen: unknown[] = []

      await kv.update('cart', (items) => {
        seen.push(items)
        return ['apple']
      })

      expect(seen).toEqual([null])
      expect(await kv.get('cart')).toEqual(['apple'])
    })

    it('loses nothing when 64 run at once', async ({ kv }) => {
      await Promise.all(range(64).map(() => kv.update<number>('n', async (n) => (n ?? 0) + 1)))

      expect(await kv.get('n')).toBe(64)
    })

    it('writes nothing when the function throws, and passes that on', async ({ kv }) => {
      await kv.set('cart', ['apple'])
      const refusal = new Error('not today')

      const outcome = await kv
        .update('cart', () => {
          throw refusal
        })
        .catch((error: unknown) => error)

      expect(outcome).toBe(refusal)
      expect(await kv.getEntry('cart')).toMatchObject({ value: ['apple'], revision: 1 })
    })

    it('refuses what cannot be stored', async ({ kv }) => {
      await kv.set('cart', ['apple'])

      expect(await codeOf(kv.update<unknown>('cart', () => undefined))).toBe('KV_INVALID_VALUE')
      expect(await kv.get('cart')).toEqual(['apple'])
    })

    it('keeps the TTL unless one is given', async ({ kv, clock }) => {
      await kv.set('n', 1, 1000)
      await clock.advance(100)

      await kv.update<number>('n', (n) => (n ?? 0) + 1)
      const kept = await kv.ttl('n')
      await kv.update<number>('n', (n) => (n ?? 0) + 1, { ttl: '5s' })
      const given = await kv.ttl('n')
      await kv.update<number>('n', (n) => (n ?? 0) + 1, { ttl: null })

      expect([kept, given, await kv.ttl('n')]).toEqual([900, 5000, undefined])
    })

    it('gives a value of the caller’s own', async ({ kv }) => {
      const stored = { items: ['apple'], at: new Date(0) }

      const given = await kv.update<unknown>('cart', () => stored)

      expect(given).toEqual({ items: ['apple'], at: '1970-01-01T00:00:00.000Z' })
      expect(given === stored).toBe(false)
    })
  })
}
