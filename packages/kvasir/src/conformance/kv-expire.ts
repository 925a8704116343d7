import type { Suite } from './suite.ts'

export function kvExpireTests({ describe, it, expect }: Suite): void {
  describe('kv.expire', () => {
    it('sets the TTL of a key and makes a new revision', async ({ kv }) => {
      await kv.set('alice', 'admin')

      expect(await kv.expire('alice', '1h')).toBe(true)

      expect(await kv.ttl('alice')).toBe(3_600_000)
      expect(await kv.getEntry('alice')).toMatchObject({ value: 'admin', revision: 2 })
    })

    it('is false when the key does not exist or has expired', async ({ kv, clock }) => {
      await kv.set('bob', 1, 1000)
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.expire('alice', 1000)).toBe(false)
      expect(await kv.expire('bob', 1000)).toBe(false)
      expect(await kv.has('bob')).toBe(false)
    })
  })

  describe('kv.persist', () => {
    it('removes a TTL and makes a new revision', async ({ kv, clock }) => {
      await kv.set('alice', 'admin', 1000)

      expect(await kv.persist('alice')).toBe(true)

      await clock.advance(5000)
      expect(await kv.getEntry('alice')).toMatchObject({ value: 'admin', revision: 2 })
      expect(await kv.ttl('alice')).toBe(undefined)
    })

    it('is false when there was no TTL, and writes nothing', async ({ kv }) => {
      await kv.set('alice', 'admin')

      expect(await kv.persist('alice')).toBe(false)
      expect(await kv.getEntry('alice')).toMatchObject({ revision: 1 })
    })

    it('is false when the key does not exist', async ({ kv }) => {
      expect(await kv.persist('alice')).toBe(false)
    })
  })

  describe('kv.ttl', () => {
    it('is what remains in milliseconds, whatever the unit', async ({ project, clock }) => {
      const kv = project.kv({ ttlUnit: 's' })
      await kv.set('alice', 1, 10)
      await clock.advance(1234)

      expect(await kv.ttl('alice')).toBe(8766)
    })

    it('is undefined without a TTL and null without a key', async ({ kv, clock }) => {
      await kv.set('alice', 1)
      await kv.set('bob', 1, 1000)
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.ttl('alice')).toBe(undefined)
      expect(await kv.ttl('bob')).toBe(null)
      expect(await kv.ttl('carol')).toBe(null)
    })
  })
}
