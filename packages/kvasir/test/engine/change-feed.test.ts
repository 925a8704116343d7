import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/codec/limits.ts'
import { ChangeFeed, type NumberedEvent, revisionOf } from '../../src/engine/change-feed.ts'

/** A log from which a feed reads what it no longer remembers: the last change of every key. */
class Log {
  readonly events: NumberedEvent[] = []
  reads = 0

  readonly feed = new ChangeFeed({
    revision: () => this.events.length,
    changesAfter: (after, { limit }) => {
      this.reads++
      const last = new Map(this.events.map((event) => [keyOf(event), event]))
      return this.events
        .filter((event) => revisionOf(event) > after && last.get(keyOf(event)) === event)
        .slice(0, limit)
    },
  })

  put(key: string): void {
    const before = this.events.length
    this.feed.publish([this.append(key)], before)
  }

  /** As another process writes: the feed is not told. */
  append(key: string): NumberedEvent {
    const revision = this.events.length + 1
    const entry = {
      key,
      revision,
      value: { kind: 'text', data: '' } as const,
      createdAt: 1,
      updatedAt: 1,
    }
    const event: NumberedEvent = { kind: 'put', entry }
    this.events.push(event)
    return event
  }
}

describe('a change feed', () => {
  it('gives a reader who keeps up every change, from memory', async () => {
    const log = new Log()
    const watch = log.feed.watch({})[Symbol.asyncIterator]()

    const seen: unknown[] = []
    for (const key of ['a', 'a', 'b']) {
      const next = watch.next()
      log.put(key)
      seen.push(keyOf((await next).value))
    }

    expect(seen).toEqual(['a', 'a', 'b'])
    expect(log.reads).toBe(0)
  })

  it('keeps no memory while nobody watches', async () => {
    const log = new Log()
    for (const key of ['a', 'b']) log.put(key)
    const watch = log.feed.watch({ since: 0 })[Symbol.asyncIterator]()

    await watch.next()

    expect(log.reads).toBe(1)
  })

  it('counts its watchers down however they end', async () => {
    const log = new Log()
    const controller = new AbortController()
    const closed = log.feed.watch({})
    const left = log.feed.watch({})[Symbol.asyncIterator]()
    log.feed.watch({}, { signal: controller.signal })

    await closed.close()
    await closed.close()
    await left.return?.()
    controller.abort()

    expect(log.feed.isWatched).toBe(false)
  })

  it('goes to the log for changes of another process, when it is woken', async () => {
    const log = new Log()
    const watch = log.feed.watch({})[Symbol.asyncIterator]()
    const next = watch.next()

    log.append('a')
    log.feed.wake()

    expect(keyOf((await next).value)).toBe('a')
  })

  it('does not take its memory for complete when another process wrote in between', async () => {
    const log = new Log()
    const watch = log.feed.watch({})
    log.put('a')
    log.append('b')
    log.put('c')

    expect(await revisionsOf(watch, 3)).toEqual([1, 2, 3])
  })

  it('gives the last change of every key, ascending and none twice, however slow', async () => {
    const burst = fc.record({
      puts: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 50 }),
      repeat: fc.constantFrom(1, 1, 1, 30),
      isForeign: fc.boolean(),
      readsAfter: fc.nat(5),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { maxLength: 8 }), async (bursts) => {
        const log = new Log()
        const watch = log.feed.watch({})[Symbol.asyncIterator]()
        const seen: number[] = []
        const read = async (): Promise<void> => {
          const { value } = await watch.next()
          seen.push(revisionOf(value as NumberedEvent))
        }
        for (const { puts, repeat, isForeign, readsAfter } of bursts) {
          for (let round = 0; round < repeat; round++) {
            for (const key of puts) isForeign ? log.append(key) : log.put(key)
          }
          for (let count = 0; count < readsAfter; count++) {
            if ((seen.at(-1) ?? 0) < log.events.length) await read()
          }
        }
        log.put('end')
        while (seen.at(-1) !== log.events.length) await read()

        const last = new Map(log.events.map((event) => [keyOf(event), revisionOf(event)]))
        expect(seen).toEqual([...new Set(seen)].sort((left, right) => left - right))
        expect(seen).toEqual(expect.arrayContaining([...last.values()]))
      }),
      { numRuns: 100 },
    )
  })

  it('remembers a bounded number of changes', async () => {
    const log = new Log()
    const watch = log.feed.watch({})
    for (let index = 0; index < limits.recentChangesMax + 10; index++) log.put('a')

    expect(await revisionsOf(watch, 1)).toEqual([limits.recentChangesMax + 10])
    expect(log.reads).toBeGreaterThan(0)
  })
})

async function revisionsOf(watch: AsyncIterable<unknown>, count: number): Promise<number[]> {
  const revisions: number[] = []
  for await (const event of watch) {
    revisions.push(revisionOf(event as NumberedEvent))
    if (revisions.length === count) break
  }
  return revisions
}

function keyOf(event: unknown): string {
  return (event as { entry: { key: string } }).entry.key
}
