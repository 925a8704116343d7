import { limits } from '../codec/limits.ts'
import { all, lastValue, range, take, untilLast } from './observe.ts'
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

    it('is told of a gap when it is too far behind, then the last change of every key', async ({
      bucket,
    }) => {
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
      expect(seen[0]?.slice(0, 9)).toBe('gap 0 to ')
      expect(seen.slice(-10)).toEqual(lastOfEach)
      expect(seen).toEqual([...new Set(seen)])
      expect(silentlyMissed(seen, 4000)).toEqual([])
    })

    it('of one key is told of a gap as well', async ({ bucket }) => {
      const watch = bucket.watch({ key: 'alice' })
      await watch.ready
      await bucket.commit(
        range(3000).map((index) => ({
          op: 'put',
          key: index % 1000 === 0 ? 'alice' : `key-${index}`,
          value: index,
        })),
      )
      await bucket.put('alice', lastValue)

      const seen = await untilLast(watch)

      expect(seen[0]?.slice(0, 9)).toBe('gap 0 to ')
      expect(silentlyMissed(seen, 3000).filter((revision) => revision % 1000 === 1)).toEqual([])
    })

    it('that goes on from the gap is told of it again', async ({ bucket }) => {
      await bucket.put('alice', 1)
      for (const value of range(5)) await bucket.put('bob', value)
      await bucket.put('end', lastValue)
      const [, gap] = await take(bucket.watch({ since: 0 }), 2)

      const seen = await untilLast(bucket.watch({ since: gap?.kind === 'gap' ? gap.revision : 0 }))

      expect(gap).toEqual({ kind: 'gap', revision: 1, to: 7 })
      expect(seen).toEqual(['gap 1 to 7', 'put bob 6'])
    })

    it('holds no more of large values than a bounded size', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      const large = 'x'.repeat(limits.recentValuesMax / 4)
      for (const index of range(12)) await bucket.put(`key-${index % 2}`, `${index}${large}`)
      await bucket.put('end', lastValue)

      const seen = await untilLast(watch)

      expect(seen.some((event) => event.startsWith('gap '))).toBe(true)
      expect(silentlyMissed(seen, 12)).toEqual([])
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

/** Revisions up to one that were neither seen nor within a gap. */
function silentlyMissed(seen: readonly string[], upTo: number): number[] {
  const given = new Set(revisionsOf(seen.filter((event) => !event.startsWith('gap '))))
  const gaps = seen.map((event) => /^gap (\d+) to (\d+)$/.exec(event)).filter((gap) => gap !== null)
  return range(upTo)
    .map((index) => index + 1)
    .filter((revision) => !given.has(revision))
    .filter((revision) => {
      return !gaps.some(([, after, to]) => Number(after) < revision && revision <= Number(to))
    })
}

function revisionsOf(seen: readonly string[]): number[] {
  return seen.map((event) => Number(event.split(' ').at(-1)))
}
