import { all, lastValue, range, untilLast } from './observe.ts'
import type { Suite } from './suite.ts'

export function slowReaderTests({ describe, it, expect }: Suite): void {
  describe('a slow reader', () => {
    it('is given every change while the engine remembers them', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      for (const value of range(300)) await bucket.put('alice', value)
      await bucket.put('end', lastValue)

      const seen = await untilLast(watch)

      expect(seen).toEqual(range(300).map((index) => `put alice ${index + 1}`))
    })

    it('gets the last change of every key when it is too far behind', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      const puts = range(4000).map((index) => {
        return { op: 'put', key: `key-${index % 10}`, value: index } as const
      })
      await bucket.commit(puts.slice(0, 2000))
      await bucket.commit(puts.slice(2000))
      await bucket.put('end', lastValue)

      const seen = await untilLast(watch)

      const lastOfEach = range(10).map((index) => `put key-${index} ${3991 + index}`)
      expect(seen.slice(-10)).toEqual(lastOfEach)
      expect(seen).toEqual([...new Set(seen)])
      expect(revisionsOf(seen)).toEqual([...revisionsOf(seen)].sort((left, right) => left - right))
    })

    it('misses no key of many, and gets none of them twice', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      for (const round of range(3)) {
        await bucket.commit(
          range(1000).map((index) => ({ op: 'put', key: `key-${round}-${index}`, value: 1 })),
        )
      }
      await bucket.put('end', lastValue)

      const seen = await untilLast(watch)

      expect(revisionsOf(seen)).toEqual(range(3000).map((index) => index + 1))
    })

    it('does not hold up writers or other readers', async ({ bucket }) => {
      const idle = bucket.watch()
      const keen = bucket.watch()
      await Promise.all([idle.ready, keen.ready])
      const seen = untilLast(keen)
      for (const value of range(50)) await bucket.put('alice', value)
      await bucket.put('end', lastValue)

      expect(await seen).toHaveLength(50)
      await idle.close()
      expect(await all(idle)).toEqual([])
    })
  })
}

function revisionsOf(seen: readonly string[]): number[] {
  return seen.map((event) => Number(event.split(' ').at(-1)))
}
