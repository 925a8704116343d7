import { defaultBucketConfig } from '../engine/bucket-config.ts'
import { all, codeOf, take } from './observe.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

type Call = (scene: Scene) => Promise<unknown>

const calls: readonly (readonly [name: string, call: Call])[] = [
  ['get', ({ engine, at }) => engine.get(at, 'alice')],
  ['read', ({ engine, at }) => engine.read(at, [{ key: 'alice' }])],
  ['list', ({ engine, at }) => engine.list(at, { order: 'key', limit: 10 })],
  ['history', ({ engine, at }) => engine.history(at, 'alice')],
  ['watch', ({ engine, at }) => take(engine.watch(at, {}), 1)],
  ['commit', ({ engine, at }) => engine.commit(at, [{ op: 'purge', key: 'alice' }])],
  ['createBucket', ({ engine }) => engine.createBucket(orders, defaultBucketConfig)],
  ['getBucket', ({ engine, at }) => engine.getBucket(at)],
  ['updateBucket', ({ engine, at }) => engine.updateBucket(at, defaultBucketConfig)],
  ['deleteBucket', ({ engine }) => engine.deleteBucket(orders)],
  ['purgeBucket', ({ engine, at }) => engine.purgeBucket(at)],
  ['listBuckets', ({ engine }) => engine.listBuckets('shop', { limit: 10 })],
  ['health', ({ engine }) => engine.health()],
]

const orders = { project: 'shop', bucket: 'orders' }

export function lifecycleTests({ describe, it, itWherePersistent, expect }: Suite): void {
  describe('a closed store', () => {
    for (const [name, call] of calls) {
      it(`refuses ${name} with KV_CLOSED`, async (scene) => {
        await scene.engine.close()

        expect(await codeOf(call(scene))).toBe('KV_CLOSED')
      })
    }

    it('refuses the dialects with KV_CLOSED', async ({ store, kv }) => {
      await store.close()

      expect(await codeOf(kv.get('alice'))).toBe('KV_CLOSED')
    })
  })

  describe('the health of a store', () => {
    it('is that writes are taken, while nothing is wrong', async ({ engine, store }) => {
      expect(await engine.health()).toEqual({ writable: true })
      expect(await store.health()).toEqual({ writable: true })
    })
  })

  describe('closing a store', () => {
    it('may be done again', async ({ store }) => {
      await store.close()

      expect(await codeOf(store.close())).toBe('no error')
    })

    it('lets writes under way finish', async ({ store, bucket }) => {
      const write = bucket.put('alice', 'admin')

      await store.close()

      expect(await write).toMatchObject({ ok: true, revision: 1 })
    })

    it('ends the watches in peace', async ({ store, bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      const seen = all(watch)

      await store.close()

      expect(await seen).toEqual([])
    })

    it('happens at the end of an `await using` block', async ({ store, kv }) => {
      await store[Symbol.asyncDispose]()

      expect(await codeOf(kv.get('alice'))).toBe('KV_CLOSED')
    })
  })

  describe('a fresh store', () => {
    it('holds nothing', async ({ bucket }) => {
      expect(await all(bucket.keys())).toEqual([])
      expect(await bucket.info()).toMatchObject({ keys: 0, bytes: 0, revision: 0 })
    })

    it('says what its engine can do', async ({ store }) => {
      const { capabilities } = store

      expect(Object.keys(capabilities).sort()).toEqual([
        'durability',
        'persistence',
        'readLinearizable',
        'readSnapshot',
        'replicasMax',
      ])
      expect(['durable', 'relaxed', 'none', 'remote']).toContain(capabilities.durability)
      expect(capabilities.replicasMax).toBeGreaterThanOrEqual(1)
    })
  })

  describe('a reopened store', () => {
    itWherePersistent('holds what was stored', async ({ bucket, reopen }) => {
      await bucket.put('alice', { role: 'admin' }, { ttl: '1h' })
      const before = await bucket.get('alice')

      const { bucket: reopened } = await reopen()

      expect(await reopened.get('alice')).toEqual(before)
    })

    itWherePersistent('goes on counting revisions, after deletions too', async (scene) => {
      await scene.bucket.put('alice', 1)
      await scene.bucket.delete('alice')

      const { bucket } = await scene.reopen()

      expect(await bucket.put('bob', 1)).toMatchObject({ ok: true, revision: 3 })
    })

    itWherePersistent('keeps buckets with their settings and figures', async (scene) => {
      const sessions = await scene.project.createBucket('sessions', {
        description: 'who is here',
        ttlMs: 60_000,
        history: 3,
        bytesMax: 10_000,
        valueBytesMax: 1000,
        metadata: { team: 'web' },
      })
      await sessions.put('alice', 'here')
      await sessions.put('alice', 'still here')
      const before = await sessions.info()

      const { project } = await scene.reopen()

      expect(await (await project.bucket('sessions')).info()).toEqual(before)
    })

    itWherePersistent('keeps the history of keys', async (scene) => {
      const versions = await scene.project.createBucket('versions', { history: 5 })
      await versions.put('alice', 1)
      await versions.delete('alice')
      await versions.put('alice', 2)
      const before = await versions.history('alice')

      const { project } = await scene.reopen()

      expect(await (await project.bucket('versions')).history('alice')).toEqual(before)
    })

    itWherePersistent('lets a watch go on from a revision', async ({ bucket, reopen }) => {
      await bucket.put('alice', 1)
      await bucket.put('bob', 2)
      await bucket.delete('alice')

      const { bucket: reopened } = await reopen()
      const events = await take(reopened.watch({ since: 1 }), 2)

      expect(events.map(({ kind }) => kind)).toEqual(['put', 'delete'])
    })

    itWherePersistent('does not bring back what expired while it was closed', async (scene) => {
      await scene.bucket.put('alice', 1, { ttl: 1000 })
      const { clock } = scene

      clock.setWall(clock.wallMs() + 1000)
      const { bucket } = await scene.reopen()

      expect(await bucket.get('alice')).toBe(undefined)
    })

    itWherePersistent('does not turn time back when the wall clock was', async (scene) => {
      const { clock } = scene
      await scene.bucket.put('alice', 1, { ttl: 1000 })
      await clock.advance(5000)
      await scene.bucket.put('bob', 1)

      clock.setWall(clock.wallMs() - 60_000)
      const { bucket } = await scene.reopen()

      expect(await bucket.get('alice')).toBe(undefined)
    })

    itWherePersistent('remembers the answers to idempotent commits', async (scene) => {
      const options = { idempotencyKey: 'request-1' }
      await scene.bucket.commit([{ op: 'increment', key: 'visits' }], options)

      const { bucket } = await scene.reopen()
      const again = await bucket.commit([{ op: 'increment', key: 'visits' }], options)

      expect(again).toMatchObject({ ok: true, results: [{ number: 1, revision: 1 }] })
      expect((await bucket.get('visits'))?.value).toBe(1)
    })

    itWherePersistent('forgets buckets that were deleted', async (scene) => {
      await scene.project.createBucket('sessions')
      await scene.project.deleteBucket('sessions')

      const { project } = await scene.reopen()

      expect(await codeOf(project.bucket('sessions'))).toBe('KV_BUCKET_NOT_FOUND')
    })
  })
}
