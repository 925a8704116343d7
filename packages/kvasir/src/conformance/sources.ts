import { contentsOf, pastOf } from './copies-scene.ts'
import { codeOf, errorOf, lastValue, letExpire, untilLast } from './observe.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

/** `all` takes from `orders` and `users`. */
async function merged({ project }: Scene, settings = {}) {
  const orders = await project.createBucket('orders')
  const users = await project.createBucket('users')
  const sources = [{ bucket: 'orders' }, { bucket: 'users' }]
  const all = await project.createBucket('all', { sources, ...settings })
  return { orders, users, all }
}

export function sourcesTests({ describe, it, itWherePersistent, expect }: Suite): void {
  describe('creating a bucket with sources', () => {
    it('begins with what they hold, one after the other', async ({ project, clock }) => {
      const orders = await project.createBucket('orders', { history: 3 })
      const users = await project.createBucket('users')
      await orders.put('a', 'old')
      await orders.put('a', 'order')
      await orders.put('gone', 1)
      await orders.delete('gone')
      await users.put('b', 'user')
      await orders.put('c', 'both')
      await users.put('c', 'later')
      await clock.advance(1000)

      const sources = [{ bucket: 'orders' }, { bucket: 'users' }]
      const all = await project.createBucket('all', { sources, history: 3 })

      expect(await contentsOf(all)).toEqual(['a=order @1', 'b=user @3', 'c=later @4'])
      expect(await pastOf(all, 'c')).toEqual(['put both @2', 'put later @4'])
      expect(await all.get('a')).toMatchObject({
        createdAt: clock.wallMs(),
        updatedAt: clock.wallMs(),
      })
      expect(await all.info()).toMatchObject({ keys: 3, revision: 4, config: { sources } })
    })

    it('honours filters, starts and transforms of each', async ({ project }) => {
      const orders = await project.createBucket('orders')
      const users = await project.createBucket('users')
      await orders.put('eu.1', 'a')
      await orders.put('eu.2', 'b')
      await users.put('x', 'c')
      const prefixed = [{ source: '>', dest: 'users.>' }]

      const all = await project.createBucket('all', {
        sources: [
          { bucket: 'orders', filterSubject: 'eu.>', startRevision: 2 },
          { bucket: 'users', transforms: prefixed },
        ],
      })
      await orders.put('us.1', 'd')
      await users.put('y', 'e')
      await users.delete('x')

      expect(await contentsOf(all)).toEqual(['eu.2=b @1', 'users.y=e @3'])
    })

    it('takes from one bucket in several ways', async ({ project }) => {
      const orders = await project.createBucket('orders')
      const sources = [
        { bucket: 'orders', filterSubject: 'eu.*' },
        { bucket: 'orders', transforms: [{ source: '*.*', dest: 'all.$1.$2' }] },
      ]
      const all = await project.createBucket('all', { sources })

      await orders.put('eu.1', 'a')
      await orders.put('us.1', 'b')
      await orders.delete('eu.1')

      expect(await contentsOf(all)).toEqual(['all.us.1=b @3'])
      expect(await all.info()).toMatchObject({ keys: 1, revision: 5 })
    })

    it('is refused in a circle over mirrors and sources, which it names', async ({ project }) => {
      await project.createBucket('a')
      await project.createBucket('b', { sources: [{ bucket: 'a' }] })
      await project.createBucket('c', { mirror: { bucket: 'b' } })
      await project.deleteBucket('a')

      const error = await errorOf(project.createBucket('a', { sources: [{ bucket: 'c' }] }))

      expect(error.code).toBe('KV_INVALID_ARGUMENT')
      expect(error.message).toContain('"a" copies "c" copies "b" copies "a"')
      expect(await codeOf(project.bucket('a'))).toBe('KV_BUCKET_NOT_FOUND')
    })

    it('is refused when one of them does not exist', async ({ project }) => {
      await project.createBucket('orders')

      const sources = [{ bucket: 'orders' }, { bucket: 'nowhere' }]
      const error = await errorOf(project.createBucket('all', { sources }))

      expect(error.code).toBe('KV_BUCKET_NOT_FOUND')
      expect(error.message).toContain('"nowhere"')
    })

    it('takes no sources for the same as an empty list', async ({ project }) => {
      await project.createBucket('plain')

      expect(await codeOf(project.createBucket('plain', { sources: [] }))).toBe('no error')
    })
  })

  describe('a bucket with sources', () => {
    it('receives their puts and removals as changes of its own', async (scene) => {
      const { orders, users, all } = await merged(scene)
      const watch = all.watch()
      await watch.ready

      await orders.put('a', 1)
      await users.put('b', 2)
      await users.put('b', 3)
      await orders.delete('a')
      await users.apply({ op: 'purge', key: 'b' })
      await users.put('end', lastValue)

      expect(await untilLast(watch)).toEqual([
        'put a 1',
        'put b 2',
        'put b 3',
        'delete a 4',
        'purge b 5',
      ])
      expect(await all.info()).toMatchObject({ keys: 1, revision: 6 })
    })

    it('can be written as well; what comes later wins', async (scene) => {
      const { orders, users, all } = await merged(scene, { history: 4 })

      await all.put('a', 'own')
      await orders.put('a', 'order')
      await users.put('a', 'user')
      await all.put('a', 'own again')
      await all.put('b', 'kept')
      await orders.delete('a')
      await orders.delete('b')

      expect(await pastOf(all, 'a')).toEqual([
        'put order @2',
        'put user @3',
        'put own again @4',
        'delete @6',
      ])
      expect(await contentsOf(all)).toEqual(['b=kept @5'])
      expect(await contentsOf(orders)).toEqual([])
    })

    it('lets a copy expire with its original, or by its own ttl if that is shorter', async (scene) => {
      const { orders, all } = await merged(scene, { ttlMs: 5000 })
      const start = scene.clock.wallMs()

      await orders.put('short', 1, { ttl: 1000 })
      await orders.put('long', 2, { ttl: 60_000 })
      await orders.put('ever', 3)

      expect((await all.get('short'))?.expiresAt).toBe(start + 1000)
      expect((await all.get('long'))?.expiresAt).toBe(start + 5000)
      expect((await all.get('ever'))?.expiresAt).toBe(start + 5000)
      await letExpire(scene.clock)
      expect(await all.info()).toMatchObject({ keys: 0, bytes: 0, revision: 6 })
    })

    it('keeps what it has when a source is emptied', async (scene) => {
      const { orders, all } = await merged(scene)
      await orders.put('a', 1)

      await orders.purge()

      expect(await contentsOf(all)).toEqual(['a=1 @1'])
    })

    it('keeps what it has when a source is deleted, and receives from one of that name', async (scene) => {
      const { orders, all } = await merged(scene)
      await orders.put('a', 1)

      await scene.project.deleteBucket('orders')
      const again = await scene.project.createBucket('orders')
      await again.put('b', 2)

      expect(await contentsOf(all)).toEqual(['a=1 @1', 'b=2 @2'])
    })

    it('may be mirrored, which keeps its numbers', async (scene) => {
      const { orders, users, all } = await merged(scene)
      const copy = await scene.project.createBucket('copy', { mirror: { bucket: 'all' } })

      await orders.put('a', 1)
      await users.put('b', 2, { ttl: 1000 })
      await all.put('c', 3)
      await letExpire(scene.clock)

      expect(await contentsOf(copy)).toEqual(['a=1 @1', 'c=3 @3'])
      expect(await copy.info()).toMatchObject({ revision: 4, keys: 2 })
    })

    it('stays when it is purged, and receives again', async (scene) => {
      const { orders, all } = await merged(scene)
      await orders.put('a', 1)

      await all.purge()
      await orders.put('b', 2)

      expect(await contentsOf(all)).toEqual(['b=2 @3'])
      expect(await contentsOf(orders)).toEqual(['a=1 @1', 'b=2 @2'])
    })

    it('may be deleted, and its sources go on', async (scene) => {
      const { orders } = await merged(scene)

      await scene.project.deleteBucket('all')

      expect(await orders.put('a', 1)).toMatchObject({ revision: 1 })
      expect(await codeOf(scene.project.bucket('all'))).toBe('KV_BUCKET_NOT_FOUND')
    })

    itWherePersistent('goes on after its store was closed and opened', async (scene) => {
      const { orders, all } = await merged(scene)
      await orders.put('a', 1)
      await all.put('b', 2)

      const { project } = await scene.reopen()
      await (await project.bucket('users')).put('c', 3)

      expect(await contentsOf(await project.bucket('all'))).toEqual(['a=1 @1', 'b=2 @2', 'c=3 @3'])
    })
  })
}
