import { all, codeOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function kvLockTests({ describe, it, itWherePersistent, expect }: Suite): void {
  describe('kv.lock', () => {
    it('gives a token and a fence to the one who gets it', async ({ kv }) => {
      const lock = await kv.lock('door', { ttl: 1000 })

      expect(lock).toMatchObject({ fence: 1 })
      expect(lock?.token.length).toBeGreaterThan(20)
    })

    it('gives null while somebody holds it', async ({ kv, project }) => {
      await kv.lock('door', { ttl: 1000 })

      expect(await kv.lock('door', { ttl: 1000 })).toBe(null)
      expect(await project.kv().lock('door', { ttl: 1000 })).toBe(null)
    })

    it('has one winner among many', async ({ kv }) => {
      const locks = await Promise.all(range(32).map(() => kv.lock('door', { ttl: 1000 })))

      expect(locks.filter((lock) => lock !== null)).toHaveLength(1)
    })

    it('is free again from the millisecond its TTL is over', async ({ kv, clock }) => {
      await kv.lock('door', { ttl: 1000 })

      clock.setWall(clock.wallMs() + 999)
      const before = await kv.lock('door', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1)

      expect(before).toBe(null)
      expect(await kv.lock('door', { ttl: 1000 })).not.toBe(null)
    })

    it('holds keys apart, and projects', async ({ store, kv }) => {
      await kv.lock('door', { ttl: 1000 })

      expect(await kv.lock('window', { ttl: 1000 })).not.toBe(null)
      expect(await store.project('other').kv().lock('door', { ttl: 1000 })).not.toBe(null)
    })

    const noTtls: readonly unknown[] = [undefined, {}, { ttl: null }]
    for (const options of noTtls) {
      it(`is refused without an end: ${JSON.stringify(options) ?? 'undefined'}`, async ({ kv }) => {
        const call = kv.lock('door', options as { ttl: number })

        expect(await codeOf(call)).toBe('KV_INVALID_TTL')
        expect(await kv.lock('door', { ttl: 1 })).not.toBe(null)
      })
    }
  })

  describe('releasing a lock', () => {
    it('frees it, and is true', async ({ kv }) => {
      const lock = await kv.lock('door', { ttl: 1000 })

      expect(await lock?.release()).toBe(true)
      expect(await kv.lock('door', { ttl: 1000 })).not.toBe(null)
    })

    it('is false the second time', async ({ kv }) => {
      const lock = await kv.lock('door', { ttl: 1000 })
      await lock?.release()

      expect(await lock?.release()).toBe(false)
    })

    it('is false when it has expired', async ({ kv, clock }) => {
      const lock = await kv.lock('door', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      expect(await lock?.release()).toBe(false)
    })

    it('never frees somebody else’s', async ({ kv, clock }) => {
      const mine = await kv.lock('door', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)
      const theirs = await kv.lock('door', { ttl: 1000 })

      expect(await mine?.release()).toBe(false)
      expect(await kv.lock('door', { ttl: 1000 })).toBe(null)
      expect(await theirs?.release()).toBe(true)
    })

    it('is false after a clear', async ({ kv }) => {
      const lock = await kv.lock('door', { ttl: 1000 })
      await kv.clear()

      expect(await lock?.release()).toBe(false)
    })
  })

  describe('the fence of a lock', () => {
    it('grows over release, expiry and clear', async ({ kv, clock }) => {
      const first = await kv.lock('door', { ttl: 1000 })
      await first?.release()
      const second = await kv.lock('door', { ttl: 1000 })
      await clock.advance(60_000)
      const third = await kv.lock('door', { ttl: 1000 })
      await kv.clear()
      const fourth = await kv.lock('door', { ttl: 1000 })

      const fences = [first, second, third, fourth].map((lock) => lock?.fence ?? 0)
      expect(fences).toEqual([...new Set(fences)].sort((left, right) => left - right))
    })

    it('grows over the deletion of the bucket', async ({ project }) => {
      await project.createBucket('rooms')
      const before = await project.kv({ bucket: 'rooms' }).lock('door', { ttl: 1000 })
      await project.deleteBucket('rooms')
      await project.createBucket('rooms')

      const after = await project.kv({ bucket: 'rooms' }).lock('door', { ttl: 1000 })

      expect(after?.fence).toBeGreaterThan(before?.fence ?? Number.NaN)
    })

    itWherePersistent('grows over a restart, and the lock is still held', async (scene) => {
      const first = await scene.kv.lock('door', { ttl: 1000 })

      const { kv, clock } = await scene.reopen()
      const held = await kv.lock('door', { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)
      const second = await kv.lock('door', { ttl: 1000 })

      expect(held).toBe(null)
      expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.NaN)
    })
  })

  describe('kv.rateLimit', () => {
    it('allows so many calls in a window and no more', async ({ kv, clock }) => {
      const calls = { limit: 3, window: 1000 }
      const resetAt = clock.wallMs() + 1000

      const results = [
        await kv.rateLimit('alice', calls),
        await kv.rateLimit('alice', calls),
        await kv.rateLimit('alice', calls),
        await kv.rateLimit('alice', calls),
      ]

      expect(results).toEqual([
        { allowed: true, remaining: 2, resetAt },
        { allowed: true, remaining: 1, resetAt },
        { allowed: true, remaining: 0, resetAt },
        { allowed: false, remaining: 0, resetAt },
      ])
    })

    it('has a window that begins with its first call and stays fixed', async ({ kv, clock }) => {
      const calls = { limit: 1, window: '1s' }
      const resetAt = clock.wallMs() + 1000
      await kv.rateLimit('alice', calls)

      await clock.advance(999)
      const late = await kv.rateLimit('alice', calls)
      await clock.advance(1)
      const next = await kv.rateLimit('alice', calls)

      expect(late).toEqual({ allowed: false, remaining: 0, resetAt })
      expect(next).toEqual({ allowed: true, remaining: 0, resetAt: resetAt + 1000 })
    })

    it('allows exactly the limit among calls at the same time', async ({ kv }) => {
      const results = await Promise.all(
        range(50).map(() => kv.rateLimit('alice', { limit: 20, window: 1000 })),
      )

      expect(results.filter(({ allowed }) => allowed)).toHaveLength(20)
    })

    it('counts keys apart, and projects', async ({ store, kv }) => {
      const calls = { limit: 1, window: 1000 }
      await kv.rateLimit('alice', calls)

      expect(await kv.rateLimit('bob', calls)).toMatchObject({ allowed: true })
      expect(await store.project('other').kv().rateLimit('alice', calls)).toMatchObject({
        allowed: true,
      })
    })

    it('is another thing than a lock or a key of that name', async ({ kv }) => {
      await kv.set('door', 'text')
      await kv.lock('door', { ttl: 1000 })

      expect(await kv.rateLimit('door', { limit: 1, window: 1000 })).toMatchObject({
        allowed: true,
      })
      expect(await kv.get('door')).toBe('text')
    })

    for (const limit of [0, -1, 1.5, Number.NaN, undefined]) {
      it(`refuses the limit ${limit}`, async ({ kv }) => {
        const call = kv.rateLimit('alice', { limit: limit as number, window: 1000 })

        expect(await codeOf(call)).toBe('KV_INVALID_ARGUMENT')
      })
    }

    for (const window of [undefined, null]) {
      it(`refuses the window ${window}`, async ({ kv }) => {
        const call = kv.rateLimit('alice', { limit: 1, window: window as unknown as number })

        expect(await codeOf(call)).toBe('KV_INVALID_TTL')
      })
    }
  })

  describe('locks and rate limits', () => {
    it('are not among keys, entries or counts', async ({ kv, bucket }) => {
      await kv.lock('door', { ttl: 1000 })
      await kv.rateLimit('alice', { limit: 1, window: 1000 })

      expect(await all(kv.keys())).toEqual([])
      expect(await all(kv.entries())).toEqual([])
      expect(await bucket.info()).toMatchObject({ keys: 0, bytes: 0, revision: 0 })
    })

    it('are emptied by clear', async ({ kv }) => {
      await kv.lock('door', { ttl: 1000 })
      await kv.rateLimit('alice', { limit: 1, window: 1000 })

      await kv.clear()

      expect(await kv.lock('door', { ttl: 1000 })).not.toBe(null)
      expect(await kv.rateLimit('alice', { limit: 1, window: 1000 })).toMatchObject({
        allowed: true,
      })
    })
  })
}
