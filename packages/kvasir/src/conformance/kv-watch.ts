import type { KvChange } from '../dialects/kv/kv-types.ts'
import { all, codeOf, lastValue, letExpire, take, untilLast } from './observe.ts'
import type { Suite } from './suite.ts'

export function kvWatchTests({ describe, it, expect }: Suite): void {
  describe('kv.watch', () => {
    it('tells puts, deletes, expiries and a clear, in order', async ({ kv, clock }) => {
      const watch = kv.watch()
      await watch.ready

      await kv.set('alice', { role: 'admin' })
      await kv.delete('alice')
      await kv.set('bob', 1, 1000)
      await letExpire(clock)
      await kv.clear()

      const changes: KvChange[] = [
        { type: 'put', key: 'alice', value: { role: 'admin' }, revision: 1 },
        { type: 'delete', key: 'alice', revision: 2 },
        { type: 'put', key: 'bob', value: 1, revision: 3 },
        { type: 'expire', key: 'bob', revision: 4 },
        { type: 'clear', revision: 5 },
      ]
      expect(await take(watch, 5)).toEqual(changes)
    })

    it('tells every kind of write as a put', async ({ kv }) => {
      const watch = kv.watch()
      await watch.ready

      await kv.increment('n')
      await kv.update<number>('n', (n) => (n ?? 0) + 1)
      await kv.expire('n', 5000)
      await kv.persist('n')
      await kv.setMany([{ key: 'a', value: 1 }])
      await kv.deleteMany(['a'])
      await kv.getAndDelete('n')
      await kv.getOrSet('n', () => 1)
      await kv.set('end', lastValue)

      expect(await untilLast(watch)).toEqual([
        'put n 1',
        'put n 2',
        'put n 3',
        'put n 4',
        'put a 5',
        'delete a 6',
        'delete n 7',
        'put n 8',
      ])
    })

    it('takes a key or a prefix', async ({ kv }) => {
      const ofKey = kv.watch({ key: 'user:1' })
      const ofPrefix = kv.watch({ prefix: 'user:' })
      await Promise.all([ofKey.ready, ofPrefix.ready])

      await kv.set('user:1', 1)
      await kv.set('user:2', 1)
      await kv.set('order:1', 1)
      await kv.set('user:1', lastValue)

      expect(await untilLast(ofKey)).toEqual(['put user:1 1'])
      expect(await untilLast(ofPrefix)).toEqual(['put user:1 1', 'put user:2 2'])
    })

    it('goes on from a revision', async ({ kv }) => {
      await kv.set('alice', 1)
      await kv.set('bob', 1)
      await kv.set('end', lastValue)

      expect(await untilLast(kv.watch({ since: 1 }))).toEqual(['put bob 2'])
    })

    it('tells of a gap before it goes on with less than every change', async ({ kv }) => {
      await kv.set('alice', 1)
      await kv.set('bob', 1)
      await kv.set('alice', 2)

      const changes: KvChange[] = [
        { type: 'gap', revision: 0, to: 3 },
        { type: 'put', key: 'bob', value: 1, revision: 2 },
        { type: 'put', key: 'alice', value: 2, revision: 3 },
      ]
      expect(await take(kv.watch({ since: 0 }), 3)).toEqual(changes)
      expect(await take(kv.watch({ since: 1 }), 2)).toEqual(changes.slice(1))
    })

    it('ends with its signal, with close and with the store', async ({ store, kv }) => {
      const controller = new AbortController()
      const watches = [kv.watch({ signal: controller.signal }), kv.watch(), kv.watch()] as const
      await Promise.all(watches.map(({ ready }) => ready))
      const seen = watches.map((watch) => all(watch))

      controller.abort()
      await watches[1].close()
      await store.close()

      expect(await Promise.all(seen)).toEqual([[], [], []])
    })

    it('does not see locks and rate limits', async ({ kv }) => {
      const watch = kv.watch()
      await watch.ready

      const lock = await kv.lock('door', { ttl: 1000 })
      await kv.rateLimit('door', { limit: 1, window: 1000 })
      await lock?.release()
      await kv.set('end', lastValue)

      expect(await untilLast(watch)).toEqual([])
    })

    it('refuses a key together with a prefix', async ({ kv }) => {
      expect(await codeOf(all(kv.watch({ key: 'a', prefix: 'a' })))).toBe('KV_INVALID_ARGUMENT')
    })
  })
}
