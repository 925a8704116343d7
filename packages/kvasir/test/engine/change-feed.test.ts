import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/codec/limits.ts'
import { ChangeFeed } from '../../src/engine/change-feed.ts'
import type { Gap, Watch, WatchEvent, WatchQuery } from '../../src/engine/engine.ts'
import { firstChunk, type NumberedEvent, revisionOf } from '../../src/engine/numbered-event.ts'

/** A log from which a feed reads what it no longer remembers: the last change of every key. */
class Log {
  readonly events: NumberedEvent[] = []
  reads = 0
  /** How often it was asked for its revision. */
  looks = 0

  readonly feed = new ChangeFeed({
    revision: () => {
      this.looks++
      return this.events.length
    },
    changesAfter: (after) => {
      this.reads++
      const last = new Map(this.events.map((event) => [keyOf(event), event]))
      return firstChunk(
        this.events.filter(
          (event) => revisionOf(event) > after && last.get(keyOf(event)) === event,
        ),
      )
    },
  })

  put(key: string, value = ''): void {
    const before = this.events.length
    this.feed.publish([this.append(key, value)], before)
  }

  /** As another process writes: the feed is not told. */
  append(key: string, value = ''): NumberedEvent {
    const revision = this.events.length + 1
    const entry = {
      key,
      revision,
      value: { kind: 'text', data: value } as const,
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

  it('asks storage for nothing, however many watch what this process writes', async () => {
    const log = new Log()
    const watches = Array.from({ length: 100 }, () => log.feed.watch({})[Symbol.asyncIterator]())
    const before = log.looks

    const next = watches.map((watch) => watch.next())
    log.put('a')
    const seen = await Promise.all(next)

    expect(seen.map(({ value }) => keyOf(value))).toEqual(watches.map(() => 'a'))
    expect([log.looks - before, log.reads]).toEqual([0, 0])
  })

  it('asks storage once how far it is, however many watch what another process wrote', async () => {
    const log = new Log()
    const watches = Array.from({ length: 100 }, () => log.feed.watch({})[Symbol.asyncIterator]())
    const next = watches.map((watch) => watch.next())
    const before = log.looks

    log.append('a')
    log.feed.wake()
    const seen = await Promise.all(next)

    expect(seen.map(({ value }) => keyOf(value))).toEqual(watches.map(() => 'a'))
    expect(log.looks - before).toBe(1)
  })

  it('knows of what was written while nobody watched', async () => {
    const log = new Log()
    await log.feed.watch({}).close()
    for (const key of ['a', 'b', 'c']) log.append(key)
    const watch = log.feed.watch({ since: 1 })[Symbol.asyncIterator]()

    const seen = [(await watch.next()).value, (await watch.next()).value]

    expect(seen.map(keyOf)).toEqual(['b', 'c'])
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

  it('tells of exactly what it does not give, before what has taken its place', async () => {
    const burst = fc.record({
      puts: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 50 }),
      repeat: fc.constantFrom(1, 1, 1, 30),
      isForeign: fc.boolean(),
      readsAfter: fc.nat(5),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { maxLength: 8 }), async (bursts) => {
        const log = new Log()
        const reader = new Reader(log, {})
        for (const { puts, repeat, isForeign, readsAfter } of bursts) {
          for (let round = 0; round < repeat; round++) {
            for (const key of puts) isForeign ? log.append(key) : log.put(key)
          }
          for (let count = 0; count < readsAfter; count++) await reader.read()
        }
        log.put('end')
        await reader.readAll()

        const last = new Map(log.events.map((event) => [keyOf(event), revisionOf(event)]))
        const { revisions } = reader
        expect(revisions).toEqual([...new Set(revisions)].sort((left, right) => left - right))
        expect(revisions).toEqual(expect.arrayContaining([...last.values()]))
        expect(reader.silentlyMissed()).toEqual([])
        expect(reader.emptyGaps()).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('tells a reader of some keys of everything it is not given of theirs', async () => {
    const burst = fc.record({
      puts: fc.array(fc.constantFrom('a', 'b', 'c1', 'c2', 'd'), { maxLength: 300 }),
      isForeign: fc.boolean(),
      readsAfter: fc.nat(5),
    })
    const query = fc.constantFrom({ key: 'a' }, { prefix: 'c' }, { key: 'nothing' })
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { maxLength: 8 }), query, async (bursts, asked) => {
        const log = new Log()
        const reader = new Reader(log, asked)
        for (const { puts, isForeign, readsAfter } of bursts) {
          for (const key of puts) isForeign ? log.append(key) : log.put(key)
          for (let count = 0; count < readsAfter; count++) await reader.read()
        }
        await reader.readAll()

        expect(reader.silentlyMissed()).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('tells a reader of some keys of no gap when only others changed', async () => {
    const log = new Log()
    const watch = log.feed.watch({ key: 'a' })[Symbol.asyncIterator]()
    log.append('b')
    log.append('b')
    log.append('c')
    const next = watch.next()
    log.feed.wake()
    await new Promise(setImmediate)

    log.put('a')

    expect((await next).value).toMatchObject({ kind: 'put', entry: { revision: 4 } })
  })

  it('tells one gap for all that it reads at once, from which resuming misses nothing', async () => {
    const log = new Log()
    for (const key of ['a', 'b', 'a', 'b', 'c', 'a']) log.put(key)

    const events = await first(log.feed.watch({ since: 0 }), 4)
    const again = await first(log.feed.watch({ since: (events[0] as Gap).revision }), 4)

    expect(events[0]).toEqual({ kind: 'gap', revision: 0, to: 6 })
    expect(events.slice(1).map((event) => revisionOf(event as NumberedEvent))).toEqual([4, 5, 6])
    expect(again).toEqual(events)
  })

  it('remembers a bounded number of changes', async () => {
    const log = new Log()
    const watch = log.feed.watch({})
    const count = limits.recentChangesMax + 10
    for (let index = 0; index < count; index++) log.put('a')

    const [gap, event] = await first(watch, 2)

    expect(gap).toEqual({ kind: 'gap', revision: 0, to: count })
    expect(event).toMatchObject({ entry: { revision: count } })
    expect(log.reads).toBeGreaterThan(0)
  })

  it('remembers values of a bounded size', async () => {
    const log = new Log()
    const watch = log.feed.watch({})[Symbol.asyncIterator]()
    const quarter = 'x'.repeat(limits.recentValuesMax / 4)
    for (const _ of Array(4)) log.put('a', quarter)
    const kept = (await watch.next()).value
    for (const _ of Array(20)) log.put('a', quarter)

    const [gap, event] = await first(log.feed.watch({ since: 20 }), 2)

    expect(revisionOf(kept as NumberedEvent)).toBe(1)
    expect(gap).toMatchObject({ entry: { revision: 21 } })
    expect(event).toMatchObject({ entry: { revision: 22 } })
    expect(await first(log.feed.watch({ since: 19 }), 1)).toEqual([
      { kind: 'gap', revision: 19, to: 24 },
    ])
    await watch.return?.()
  })

  it('takes a value that is larger than all it remembers from storage', async () => {
    const log = new Log()
    const watch = log.feed.watch({})
    log.put('a', 'x'.repeat(limits.recentValuesMax + 1))
    log.put('b')

    const events = await first(watch, 2)

    expect(events.map((event) => revisionOf(event as NumberedEvent))).toEqual([1, 2])
    expect(log.reads).toBeGreaterThan(0)
  })

  it('has a reader who stops hold a bounded size of values', () => {
    const value = 'x'.repeat(limits.watchedValuesMax / 2)
    const log = new Log()
    const found = Array.from({ length: 100 }, (_, index) => log.append(`key${index}`, value))

    expect(firstChunk(found)).toEqual({ events: found.slice(0, 3), hasMore: true })
    expect(firstChunk(found.slice(0, 1))).toEqual({ events: found.slice(0, 1), hasMore: false })
  })
})

/** Reads a watch to its end or in between, and knows what it was told. */
class Reader {
  readonly events: (NumberedEvent | Gap)[] = []
  readonly #log: Log
  readonly #query: WatchQuery
  readonly #watch: AsyncIterator<WatchEvent>
  #waiting: Promise<void> | undefined

  constructor(log: Log, query: WatchQuery) {
    this.#log = log
    this.#query = query
    this.#watch = log.feed.watch(query)[Symbol.asyncIterator]()
  }

  get revisions(): number[] {
    return this.#given().map(revisionOf)
  }

  /** The next event, if there is one by now. */
  async read(): Promise<void> {
    this.#waiting ??= this.#watch.next().then(({ value }) => {
      this.events.push(value)
      this.#waiting = undefined
    })
    this.#log.feed.wake()
    await Promise.race([this.#waiting, new Promise(setImmediate)])
  }

  async readAll(): Promise<void> {
    for (let before = -1; before < this.events.length; ) {
      before = this.events.length
      await this.read()
    }
  }

  /** Changes that it was neither given nor told of before it came to a later one. */
  silentlyMissed(): number[] {
    const given = new Set(this.revisions)
    const wanted = this.#log.events.filter((event) => this.#isWanted(event))
    return wanted
      .map(revisionOf)
      .filter((revision) => !given.has(revision) && !this.#told(revision))
  }

  /** Gaps in which nothing is missing. */
  emptyGaps(): Gap[] {
    const given = new Set(this.revisions)
    return this.events.filter((event): event is Gap => {
      if (event.kind !== 'gap') return false
      const { revision, to } = event
      return range(revision + 1, to).every((each) => given.has(each))
    })
  }

  #told(revision: number): boolean {
    const laterOne = this.events.findIndex(
      (event) => event.kind !== 'gap' && revisionOf(event) > revision,
    )
    return this.events
      .slice(0, laterOne)
      .some((event) => event.kind === 'gap' && event.revision < revision && revision <= event.to)
  }

  #isWanted(event: NumberedEvent): boolean {
    const { key, prefix = '' } = this.#query
    return key === undefined ? keyOf(event).startsWith(prefix) : keyOf(event) === key
  }

  #given(): NumberedEvent[] {
    return this.events.filter((event): event is NumberedEvent => event.kind !== 'gap')
  }
}

async function first(watch: Watch, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = []
  for await (const event of watch) {
    events.push(event)
    if (events.length === count) break
  }
  return events
}

async function revisionsOf(watch: Watch, count: number): Promise<number[]> {
  return (await first(watch, count)).map((event) => revisionOf(event as NumberedEvent))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}

function keyOf(event: unknown): string {
  return (event as { entry: { key: string } }).entry.key
}
