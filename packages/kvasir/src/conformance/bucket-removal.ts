import { all, codeOf } from './observe.ts'
import type { Suite } from './suite.ts'

const settings = { description: 'who is here', history: 3, metadata: { team: 'web' } }

export function bucketRemovalTests({ describe, it, expect }: Suite): void {
  describe('purging a bucket', () => {
    it('removes every key in one step of one revision', async ({ project }) => {
      const sessions = await project.createBucket('sessions')
      await sessions.put('alice', 1)
      await sessions.put('bob', 2)

      await sessions.purge()

      expect(await all(sessions.keys())).toEqual([])
      expect(await sessions.info()).toMatchObject({ keys: 0, bytes: 0, revision: 3 })
    })

    it('answers what it held', async ({ project }) => {
      const sessions = await project.createBucket('sessions')
      await sessions.put('alice', 'here')

      const info = await sessions.purge()

      expect(info).toMatchObject({ name: 'sessions', keys: 1, bytes: 9 })
    })

    it('leaves other buckets and projects alone', async ({ store, project }) => {
      const sessions = await project.createBucket('sessions')
      await project.kv().set('alice', 1)
      await store.project('other').kv().set('alice', 2)

      await sessions.purge()

      expect(await project.kv().get('alice')).toBe(1)
      expect(await store.project('other').kv().get('alice')).toBe(2)
    })

    it('lets revisions go on', async ({ bucket }) => {
      await bucket.put('alice', 1)
      await bucket.purge()

      expect(await bucket.put('alice', 1)).toMatchObject({ revision: 3 })
    })
  })

  describe('deleting a bucket', () => {
    it('removes it and answers what it was', async ({ project }) => {
      const sessions = await project.createBucket('sessions', settings)
      await sessions.put('alice', 'here')

      const info = await project.deleteBucket('sessions')

      expect(info).toMatchObject({ name: 'sessions', config: settings, keys: 1, bytes: 9 })
      expect(await codeOf(sessions.get('alice'))).toBe('KV_BUCKET_NOT_FOUND')
    })

    it('lets another of that name begin at revision 1, with nothing in it', async (scene) => {
      const { project, clock } = scene
      const sessions = await project.createBucket('sessions', { history: 5 })
      await sessions.put('alice', 1)
      await project.deleteBucket('sessions')
      await clock.advance(1000)

      const again = await project.createBucket('sessions')

      expect(await again.info()).toMatchObject({ revision: 0, keys: 0, createdAt: clock.wallMs() })
      expect(await again.history('alice')).toEqual([])
      expect(await again.put('bob', 1)).toMatchObject({ revision: 1 })
    })

    it('forgets the answers to its idempotent commits', async ({ project }) => {
      const options = { idempotencyKey: 'request-1' }
      const sessions = await project.createBucket('sessions')
      await sessions.commit([{ op: 'increment', key: 'visits' }], options)
      await project.deleteBucket('sessions')

      const again = await project.createBucket('sessions')
      await again.commit([{ op: 'increment', key: 'visits' }], options)

      expect((await again.get('visits'))?.value).toBe(1)
    })
  })
}
