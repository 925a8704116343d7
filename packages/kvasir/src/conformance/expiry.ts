import { record, sights } from './expiry-sights.ts'
import { all, codeOf, letExpire, letPassUntil } from './observe.ts'
import type { Suite } from './suite.ts'

export function expiryTests({ describe, it, itWherePersistent, expect }: Suite): void {
  describe('a key with a TTL, seen by', () => {
    for (const [name, isThere] of sights) {
      it(`${name}: is there to the last millisecond`, async (scene) => {
        const { bucket, clock } = scene
        await bucket.put('key', record, { ttl: 1000 })

        clock.setWall(clock.wallMs() + 999)

        expect(await isThere(scene)).toBe(true)
      })

      it(`${name}: is gone from the very millisecond`, async (scene) => {
        const { bucket, clock } = scene
        await bucket.put('key', record, { ttl: 1000 })

        clock.setWall(clock.wallMs() + 1000)

        expect(await isThere(scene)).toBe(false)
      })
    }
  })

  describe('an expiry that the engine records', () => {
    it('takes a revision', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })

      await letExpire(clock)

      expect(await bucket.put('bob', 1)).toMatchObject({ revision: 3 })
    })

    it('takes one also when a write finds the key expired', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const result = await bucket.put('alice', 'owner')

      expect(result).toMatchObject({ revision: 3 })
      expect((await bucket.get('alice'))?.revision).toBe(3)
    })

    it('takes none a second time', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      await letExpire(clock)
      await letExpire(clock)

      expect(await bucket.info()).toMatchObject({ revision: 2 })
    })

    it('gives back the bytes', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })

      await letExpire(clock)

      expect(await bucket.info()).toMatchObject({ keys: 0, bytes: 0 })
    })

    it('does not take the place of a delete', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      await bucket.delete('alice')

      await letExpire(clock)

      expect(await bucket.info()).toMatchObject({ revision: 2 })
    })

    it('does not take away what was made permanent', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      await bucket.put('alice', 'owner')

      await letExpire(clock)

      expect((await bucket.get('alice'))?.value).toBe('owner')
    })

    it('covers many keys at once', async ({ bucket, clock }) => {
      await bucket.commit(
        Array.from({ length: 2500 }, (_, index) => {
          return { op: 'put', key: `key-${index}`, value: 1, ttl: 1000 } as const
        }),
      )

      await clock.advance(1000)
      await letPassUntil(clock, async () => (await bucket.info()).revision === 5000)

      expect(await bucket.info()).toMatchObject({ keys: 0, bytes: 0, revision: 5000 })
    })
  })

  describe('a key that expires in a batch', () => {
    it('is seen by the whole commit at one instant', async ({ bucket, clock }) => {
      await bucket.put('alice', 1, { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const result = await bucket.commit([
        { op: 'increment', key: 'alice' },
        { op: 'increment', key: 'alice' },
      ])

      expect(result).toMatchObject({ results: [{ number: 1 }, { number: 2 }] })
    })
  })

  describe('the clock', () => {
    it('does not bring back an expired key when it is set back', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)
      await bucket.get('alice')

      clock.setWall(clock.wallMs() - 3_600_000)

      expect(await bucket.get('alice')).toBe(undefined)
      expect(await all(bucket.keys())).toEqual([])
    })

    it('does not make a TTL longer when it is set back', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })

      clock.setWall(clock.wallMs() - 3_600_000)
      await clock.advance(999)
      const before = await bucket.get('alice')
      await clock.advance(1)

      expect(before?.value).toBe('admin')
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('counts a TTL given after it was set back from the time that went on', async (scene) => {
      const { bucket, clock } = scene
      await bucket.put('alice', 'admin')
      clock.setWall(clock.wallMs() - 3_600_000)

      await bucket.put('bob', 'guest', { ttl: 1000 })
      await clock.advance(999)
      const before = await bucket.get('bob')
      await clock.advance(1)

      expect(before?.value).toBe('guest')
      expect(await bucket.get('bob')).toBe(undefined)
    })

    it('never lets updatedAt run backwards', async ({ bucket, clock }) => {
      await bucket.put('alice', 1)
      const before = await bucket.get('alice')
      clock.setWall(clock.wallMs() - 3_600_000)

      await bucket.put('alice', 2)

      const after = await bucket.get('alice')
      expect(after?.updatedAt).toBeGreaterThanOrEqual(before?.updatedAt ?? Number.NaN)
    })

    it('carries TTLs of years', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: '520w' })

      await clock.advance(519 * 7 * 86_400_000)
      const before = await bucket.get('alice')
      await clock.advance(7 * 86_400_000)

      expect(before?.value).toBe('admin')
      expect(await bucket.get('alice')).toBe(undefined)
    })
  })

  describe('the shortest TTL', () => {
    it('is one millisecond', async ({ bucket, clock }) => {
      await bucket.put('alice', 'admin', { ttl: 1 })

      const before = await bucket.get('alice')
      clock.setWall(clock.wallMs() + 1)

      expect(before?.value).toBe('admin')
      expect(await bucket.get('alice')).toBe(undefined)
    })
  })

  describe('an instant to expire at', () => {
    it('is refused when it has come', async ({ bucket, clock }) => {
      const now = await codeOf(bucket.put('alice', 1, { expiresAt: clock.wallMs() }))
      const yesterday = new Date(clock.wallMs() - 86_400_000)
      const past = await codeOf(bucket.put('alice', 1, { expiresAt: yesterday }))

      expect(now).toBe('KV_INVALID_TTL')
      expect(past).toBe('KV_INVALID_TTL')
      expect(await bucket.get('alice')).toBe(undefined)
    })
  })

  describe('expiry in a reopened store', () => {
    itWherePersistent('is exact to the millisecond', async ({ bucket, clock, reopen }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 400)

      const { bucket: reopened } = await reopen()
      clock.setWall(clock.wallMs() + 599)
      const before = await reopened.get('alice')
      clock.setWall(clock.wallMs() + 1)

      expect(before?.value).toBe('admin')
      expect(await reopened.get('alice')).toBe(undefined)
    })

    itWherePersistent('is recorded as before', async ({ bucket, clock, reopen }) => {
      await bucket.put('alice', 'admin', { ttl: 1000 })

      const { bucket: reopened } = await reopen()
      await letExpire(clock)

      expect(await reopened.info()).toMatchObject({ revision: 2, keys: 0, bytes: 0 })
    })
  })
}
