import { all, codeOf, codeOfCall, letExpire, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function storageSharedTests({ describe, it, expect }: Suite): void {
  describe('the sharedKvStore', () => {
    it('is the same to all projects', async ({ store }) => {
      const red = store.project('red').storage().sharedKvStore
      const blue = store.project('blue').storage().sharedKvStore
      await red.put('rates', { eur: 1.08 })

      expect(await blue.get('rates')).toStrictEqual({ eur: 1.08 })
      expect(await blue.patch('rates', { usd: 1 })).toStrictEqual({ eur: 1.08 })
      expect(await red.delete('rates')).toStrictEqual({ eur: 1.08, usd: 1 })
    })

    it('speaks the records dialect', async ({ project }) => {
      const { sharedKvStore } = project.storage()

      expect(await sharedKvStore.increment('coupons', 'left', 3)).toBe(3)
      await sharedKvStore.appendMulti('queue', { jobs: ['a', 'b'] })
      expect(await sharedKvStore.shift('queue', 'jobs')).toBe('a')
      expect(await sharedKvStore.addString('article', 'tags', 'new')).toBe(true)
      expect(await sharedKvStore.hasString('article', 'tags', 'new')).toBe(true)
    })

    it('counts for 64 callers of two projects at once', async ({ store }) => {
      const stores = ['red', 'blue'].map((name) => store.project(name).storage().sharedKvStore)

      await Promise.all(
        range(32).flatMap(() => stores.map((shared) => shared.increment('visits', 'count'))),
      )

      expect(await stores[0]?.get('visits')).toStrictEqual({ count: 64 })
    })

    it('has TTLs in seconds', async ({ project, clock }) => {
      const { sharedKvStore } = project.storage()
      await sharedKvStore.put('rates', { eur: 1.08 }, { ttl: 1 })

      await letExpire(clock)

      expect(await sharedKvStore.get('rates')).toStrictEqual({})
    })

    it('is apart from the records of every project', async ({ project, kv }) => {
      const { sharedKvStore, kvStore } = project.storage()
      await sharedKvStore.put('rates', { eur: 1.08 })

      expect(await kvStore.exists('rates')).toBe(false)
      await kv.clear()
      expect(await sharedKvStore.exists('rates')).toBe(true)
    })

    it('cannot be reached as a project, and is not listed as one', async ({ store, project }) => {
      await project.storage().sharedKvStore.put('rates', { eur: 1.08 })

      expect(await codeOfCall(() => store.project('.shared'))).toBe('KV_INVALID_ARGUMENT')
      expect(await all(store.projects())).toEqual([])
    })

    it('has no other bucket, and no settings or secrets', async ({ engine }) => {
      for (const bucket of ['sessions', 'default.settings', 'default.secrets', 'default.locks']) {
        const at = { project: '.shared', bucket }

        expect(await codeOf(engine.get(at, 'rates'))).toBe('KV_INVALID_ARGUMENT')
        expect(await codeOf(engine.purgeBucket(at))).toBe('KV_INVALID_ARGUMENT')
      }
      expect(await codeOf(engine.listBuckets('.shared', { limit: 1 }))).toBe('KV_INVALID_ARGUMENT')
    })
  })
}
