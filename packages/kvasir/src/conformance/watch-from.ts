import { limits } from '../codec/limits.ts'
import {
  codeOf,
  lastValue,
  letExpire,
  letPassUntil,
  range,
  shortForm,
  take,
  untilLast,
} from './observe.ts'
import type { Suite } from './suite.ts'

export function watchFromTests({ describe, it, expect }: Suite): void {
  describe('watching since a revision', () => {
    it('begins with what came after it, which is not repeated', async ({ bucket }) => {
      for (const key of ['a', 'b', 'c']) await bucket.put(key, 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(bucket.watch({ since: 1 }))).toEqual(['put b 2', 'put c 3'])
    })

    it('begins with everything since 0', async ({ bucket }) => {
      for (const key of ['a', 'b']) await bucket.put(key, 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(bucket.watch({ since: 0 }))).toEqual(['put a 1', 'put b 2'])
    })

    it('tells the last change of every key, removals too', async ({ bucket }) => {
      await bucket.put('alice', 1)
      await bucket.put('bob', 1)
      await bucket.put('carol', 1)
      await bucket.delete('alice')
      await bucket.put('bob', 2)
      await bucket.put('end', lastValue)

      expect(await untilLast(bucket.watch({ since: 1 }))).toEqual([
        'gap 1 to 6',
        'put carol 3',
        'delete alice 4',
        'put bob 5',
      ])
    })

    it('tells of no gap where it tells every change', async ({ bucket }) => {
      await bucket.put('alice', 1)
      await bucket.put('alice', 2)
      await bucket.put('bob', 1)
      await bucket.delete('bob')
      await bucket.put('end', lastValue)

      expect(await untilLast(bucket.watch({ since: 3 }))).toEqual(['delete bob 4'])
    })

    it('tells a key that was removed and put again only as it is', async ({ bucket }) => {
      await bucket.put('alice', 1)
      await bucket.delete('alice')
      await bucket.put('alice', 2)
      await bucket.delete('alice')
      await bucket.put('alice', 3)
      await bucket.put('end', lastValue)

      expect(await untilLast(bucket.watch({ since: 0 }))).toEqual(['gap 0 to 6', 'put alice 5'])
    })

    it('goes over into what is new without a gap', async ({ bucket }) => {
      await bucket.put('a', 1)
      await bucket.put('b', 1)
      const watch = bucket.watch({ since: 1 })
      await watch.ready

      await bucket.put('c', 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['put b 2', 'put c 3'])
    })

    it('tells of nothing before a revision that is still to come', async ({ bucket }) => {
      await bucket.put('a', 1)
      const watch = bucket.watch({ since: 3 })
      await watch.ready

      for (const key of ['b', 'c', 'd']) await bucket.put(key, 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['put d 4'])
    })

    it('takes the present revision for "from now on"', async ({ bucket }) => {
      await bucket.put('a', 1)
      const watch = bucket.watch({ since: 1 })
      await watch.ready

      await bucket.put('b', 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['put b 2'])
    })

    it('tells of a purge of the bucket', async ({ bucket }) => {
      await bucket.put('alice', 1)
      await bucket.purge()
      await bucket.put('bob', 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(bucket.watch({ since: 1 }))).toEqual(['clear 2', 'put bob 3'])
      expect(await untilLast(bucket.watch({ since: 0 }))).toEqual([
        'gap 0 to 4',
        'clear 2',
        'put bob 3',
      ])
    })

    it('tells of expiries that were recorded', async ({ bucket, clock }) => {
      await bucket.put('alice', 1, { ttl: 1000 })
      await letExpire(clock)
      await bucket.put('end', lastValue)

      expect(await untilLast(bucket.watch({ since: 1 }))).toEqual(['expire alice 2'])
    })

    it('takes key and prefix', async ({ bucket }) => {
      for (const key of ['user:1', 'order:1', 'user:2']) await bucket.put(key, 1)
      await bucket.put('user:1', lastValue)

      const ofPrefix = await untilLast(bucket.watch({ since: 0, prefix: 'user:' }))
      const ofKey = await take(bucket.watch({ since: 0, key: 'order:1' }), 2)

      expect(ofPrefix).toEqual(['gap 0 to 4', 'put user:2 3'])
      expect(ofKey.map(shortForm)).toEqual(['gap 0 to 4', 'put order:1 2'])
    })

    it('tells of more than is kept in memory, without loss', async ({ bucket }) => {
      await bucket.commit(
        range(3000).map((index) => ({ op: 'put', key: `key-${index}`, value: 1 })),
      )
      await bucket.put('end', lastValue)

      const seen = await untilLast(bucket.watch({ since: 500 }))

      expect(seen).toEqual(
        range(3000)
          .slice(500)
          .map((index) => `put key-${index} ${index + 1}`),
      )
    })

    it('fails when removals since then are no longer kept', async ({ bucket, clock }) => {
      const keys = range(limits.batchLengthMax).map((index) => `key-${index}`)
      for (const _round of range(3)) {
        await bucket.commit(keys.map((key) => ({ op: 'put', key, value: 1 })))
        await bucket.commit(keys.map((key) => ({ op: 'delete', key })))
      }

      const resume = (): Promise<string> => codeOf(take(bucket.watch({ since: 1 }), 1))
      await letPassUntil(clock, async () => (await resume()) === 'KV_REVISION_GONE')

      expect(await resume()).toBe('KV_REVISION_GONE')
    })
  })

  describe('watching with the initial values', () => {
    it('begins with the entries there are, then says synced', async ({ bucket }) => {
      await bucket.put('bob', 1)
      await bucket.put('alice', 1)
      await bucket.put('bob', 2)
      await bucket.put('carol', 1)
      await bucket.delete('carol')
      const watch = bucket.watch({ initial: true })
      await watch.ready

      await bucket.put('dave', 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['put alice 2', 'put bob 3', 'synced 5', 'put dave 6'])
    })

    it('says synced at once where there is nothing', async ({ bucket }) => {
      const watch = bucket.watch({ initial: true })
      await watch.ready
      await bucket.put('end', lastValue)

      expect(await untilLast(watch)).toEqual(['synced 0'])
    })

    it('takes a prefix', async ({ bucket }) => {
      for (const key of ['user:1', 'order:1', 'user:2']) await bucket.put(key, 1)
      const watch = bucket.watch({ initial: true, prefix: 'user:' })
      await watch.ready
      await bucket.put('user:end', lastValue)

      expect(await untilLast(watch)).toEqual(['put user:1 1', 'put user:2 3', 'synced 3'])
    })

    it('takes a key', async ({ bucket }) => {
      for (const key of ['alice', 'bob']) await bucket.put(key, 1)

      const events = await take(bucket.watch({ initial: true, key: 'alice' }), 2)

      expect(events.map(shortForm)).toEqual(['put alice 1', 'synced 2'])
    })

    it('gives many entries, each once', async ({ bucket }) => {
      await bucket.commit(
        range(1500).map((index) => ({ op: 'put', key: `key-${index}`, value: 1 })),
      )
      const watch = bucket.watch({ initial: true })
      await watch.ready
      await bucket.put('end', lastValue)

      const seen = await untilLast(watch)

      expect(seen).toEqual([
        ...range(1500).map((index) => `put key-${index} ${index + 1}`),
        'synced 1500',
      ])
    })
  })
}
