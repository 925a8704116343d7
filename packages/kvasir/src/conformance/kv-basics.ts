import { all, codeOf } from './observe.ts'
import type { Suite } from './suite.ts'

export function kvBasicTests({ describe, it, expect }: Suite): void {
  describe('kv.get', () => {
    it('resolves with the value', async ({ kv }) => {
      await kv.set('alice', { role: 'admin' })

      expect(await kv.get('alice')).toEqual({ role: 'admin' })
    })

    it('resolves with null when the key does not exist', async ({ kv }) => {
      expect(await kv.get('alice')).toBe(null)
    })

    it('resolves with null when the key has expired', async ({ kv, clock }) => {
      await kv.set('alice', 'admin', 1000)
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.get('alice')).toBe(null)
    })

    it('resolves with null for a stored null', async ({ kv }) => {
      await kv.set('alice', null)

      expect(await kv.get('alice')).toBe(null)
    })
  })

  describe('kv.set', () => {
    it('resolves with nothing', async ({ kv }) => {
      expect(await kv.set('alice', 'admin')).toBe(undefined)
      expect(await kv.set('alice', 'admin', 1000)).toBe(undefined)
      expect(await kv.set('alice', 'admin', { ttl: 1000 })).toBe(undefined)
    })

    it('replaces the value', async ({ kv }) => {
      await kv.set('alice', 'admin')
      await kv.set('alice', ['owner'])

      expect(await kv.get('alice')).toEqual(['owner'])
    })

    it('makes a key permanent that had a TTL', async ({ kv, clock }) => {
      await kv.set('alice', 'admin', 1000)
      await kv.set('alice', 'owner')
      await clock.advance(5000)

      expect(await kv.get('alice')).toBe('owner')
      expect(await kv.ttl('alice')).toBe(undefined)
    })

    it('shares nothing with what was written or read', async ({ kv }) => {
      const user = { roles: ['admin'] }
      await kv.set('alice', user)
      user.roles.push('owner')
      const read = await kv.get<typeof user>('alice')
      read?.roles.push('guest')

      expect(await kv.get('alice')).toEqual({ roles: ['admin'] })
    })
  })

  describe('kv.has', () => {
    it('is true when the key exists, with null in it too', async ({ kv }) => {
      await kv.set('alice', null)

      expect(await kv.has('alice')).toBe(true)
    })

    it('is false when it does not', async ({ kv }) => {
      expect(await kv.has('alice')).toBe(false)
    })

    it('is true to the last millisecond and false from the next', async ({ kv, clock }) => {
      await kv.set('alice', 'admin', 1000)

      clock.setWall(clock.wallMs() + 999)
      const before = await kv.has('alice')
      clock.setWall(clock.wallMs() + 1)

      expect(before).toBe(true)
      expect(await kv.has('alice')).toBe(false)
    })
  })

  describe('kv.delete', () => {
    it('is true when the key existed', async ({ kv }) => {
      await kv.set('alice', null)

      expect(await kv.delete('alice')).toBe(true)
      expect(await kv.has('alice')).toBe(false)
    })

    it('is false when it did not', async ({ kv }) => {
      expect(await kv.delete('alice')).toBe(false)
    })

    it('is false when it had expired', async ({ kv, clock }) => {
      await kv.set('alice', 'admin', 1000)
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.delete('alice')).toBe(false)
    })
  })

  describe('kv.clear', () => {
    it('removes every key of the project', async ({ kv }) => {
      for (const key of ['alice', 'bob', '__proto__']) await kv.set(key, 1)

      expect(await kv.clear()).toBe(undefined)

      expect(await all(kv.keys())).toEqual([])
      expect(await kv.get('alice')).toBe(null)
    })

    it('leaves other projects alone', async ({ store, kv }) => {
      const other = store.project('other').kv()
      await other.set('alice', 1)
      await kv.set('alice', 2)

      await kv.clear()

      expect(await other.get('alice')).toBe(1)
    })

    it('leaves the project’s other buckets alone', async ({ project, kv }) => {
      await project.createBucket('sessions')
      const sessions = project.kv({ bucket: 'sessions' })
      await sessions.set('alice', 1)

      await kv.clear()

      expect(await sessions.get('alice')).toBe(1)
    })

    it('works on what is empty', async ({ kv }) => {
      expect(await codeOf(kv.clear())).toBe('no error')
    })
  })

  describe('the kv of a project', () => {
    it('speaks to the bucket default, where the others find what it stores', async (scene) => {
      await scene.kv.set('alice', 'admin')

      expect((await scene.bucket.get('alice'))?.value).toBe('admin')
    })

    it('speaks to another bucket when told so', async ({ project }) => {
      const sessions = await project.createBucket('sessions')

      await project.kv({ bucket: 'sessions' }).set('alice', 'here')

      expect((await sessions.get('alice'))?.value).toBe('here')
      expect(await project.kv().get('alice')).toBe(null)
    })

    it('refuses a bucket that does not exist', async ({ project }) => {
      const nowhere = project.kv({ bucket: 'nowhere' })

      expect(await codeOf(nowhere.get('alice'))).toBe('KV_BUCKET_NOT_FOUND')
      expect(await codeOf(nowhere.set('alice', 1))).toBe('KV_BUCKET_NOT_FOUND')
    })
  })
}
