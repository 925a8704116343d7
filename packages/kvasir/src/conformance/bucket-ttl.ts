import { all } from './observe.ts'
import type { Suite } from './suite.ts'

export function bucketTtlTests({ describe, it, expect }: Suite): void {
  describe('a bucket with a TTL', () => {
    it('lets every value expire that long after it was written', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions', { ttlMs: 1000 })
      await sessions.put('alice', 'here')

      clock.setWall(clock.wallMs() + 999)
      const before = await sessions.get('alice')
      clock.setWall(clock.wallMs() + 1)

      expect(before?.value).toBe('here')
      expect(await sessions.get('alice')).toBe(undefined)
    })

    it('gives way to a shorter TTL of the key', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions', { ttlMs: 1000 })

      await sessions.put('alice', 'here', { ttl: 300 })

      expect((await sessions.get('alice'))?.expiresAt).toBe(clock.wallMs() + 300)
    })

    it('caps a longer TTL of the key', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions', { ttlMs: 1000 })

      await sessions.put('alice', 'here', { ttl: 5000 })

      expect((await sessions.get('alice'))?.expiresAt).toBe(clock.wallMs() + 1000)
    })

    it('begins anew with each write', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions', { ttlMs: 1000 })
      await sessions.put('visits', 1)
      await clock.advance(600)

      await sessions.commit([{ op: 'increment', key: 'visits' }])

      expect((await sessions.get('visits'))?.expiresAt).toBe(clock.wallMs() + 1000)
    })

    it('leaves the own TTL of a key alone when it is incremented', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions', { ttlMs: 1000 })
      const expiresAt = clock.wallMs() + 700
      await sessions.put('visits', 1, { ttl: 700 })
      await clock.advance(600)

      await sessions.commit([{ op: 'increment', key: 'visits' }])

      expect((await sessions.get('visits'))?.expiresAt).toBe(expiresAt)
    })

    it('cannot be escaped by making a key permanent', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions', { ttlMs: 1000 })
      await sessions.put('alice', 'here', { ttl: 300 })

      await sessions.commit([{ op: 'touch', key: 'alice', ttl: null }])

      expect((await sessions.get('alice'))?.expiresAt).toBe(clock.wallMs() + 1000)
    })
  })

  describe('giving a bucket a shorter TTL', () => {
    it('holds for the values already there', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions')
      await sessions.put('alice', 'here')
      await clock.advance(600)

      await sessions.configure({ ttlMs: 1000 })
      clock.setWall(clock.wallMs() + 399)
      const before = await sessions.get('alice')
      clock.setWall(clock.wallMs() + 1)

      expect(before?.value).toBe('here')
      expect(await sessions.get('alice')).toBe(undefined)
    })

    it('removes at once what is older than that', async ({ project, clock }) => {
      const sessions = await project.createBucket('sessions')
      await sessions.put('alice', 'here')
      await clock.advance(5000)
      await sessions.put('bob', 'here')

      await sessions.configure({ ttlMs: 1000 })

      expect(await all(sessions.keys())).toEqual(['bob'])
    })
  })
}
