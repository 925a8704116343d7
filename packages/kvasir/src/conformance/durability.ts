import { codeOf } from './observe.ts'
import type { Suite } from './suite.ts'

/** What a call may ask for itself, whatever the store is set to. */
export function durabilityTests({ describe, it, expect }: Suite): void {
  describe('a durability of one call', () => {
    for (const durability of ['durable', 'relaxed'] as const) {
      it(`is taken by every write: ${durability}`, async ({ bucket, kv }) => {
        const put = { op: 'put', key: 'alice', value: 1 } as const

        expect(await bucket.commit([put], { durability })).toMatchObject({ ok: true })
        expect(await bucket.put('bob', 2, { durability })).toMatchObject({ ok: true })
        await kv.set('carol', 3, { durability })
        expect(await kv.increment('carol', 1, { durability })).toBe(4)
        await kv.setMany([{ key: 'dave', value: 5 }], { durability })

        expect(await kv.getMany(['alice', 'bob', 'carol', 'dave'])).toEqual([1, 2, 4, 5])
        expect(await kv.delete('alice', { durability })).toBe(true)
        expect(await kv.deleteMany(['bob', 'dave'], { durability })).toBe(2)
      })
    }

    it('goes with conditions, expiry and idempotency keys', async ({ bucket }) => {
      const options = { durability: 'relaxed', idempotencyKey: 'once', ifAbsent: true } as const
      const first = await bucket.put('alice', 1, { ...options, ttl: '1h' })

      const again = await bucket.put('alice', 1, {
        ...options,
        ttl: '1h',
        durability: 'durable',
      })

      expect(again).toEqual(first)
      const lost = await bucket.put('alice', 2, { durability: 'durable', ifRevision: 99 })
      expect(lost).toMatchObject({ ok: false })
    })

    it('is refused when it is none, and nothing is written', async ({ bucket }) => {
      const durability = 'sure' as unknown as 'durable'

      expect(await codeOf(bucket.put('alice', 1, { durability }))).toBe('KV_INVALID_ARGUMENT')
      expect(await bucket.get('alice')).toBe(undefined)
    })
  })
}
