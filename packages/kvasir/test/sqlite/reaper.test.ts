import { describe, expect, it, vi } from 'vitest'
import { limits } from '../../src/codec/limits.ts'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import type { Clock } from '../../src/engine/clock.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

async function advanceUntil(clock: ManualClock, isReached: () => Promise<boolean>): Promise<void> {
  while (!(await isReached())) await clock.advance(20)
}

async function commitAll(engine: Engine, operations: readonly Operation[]): Promise<void> {
  for (let from = 0; from < operations.length; from += 5000) {
    await engine.commit(at, operations.slice(from, from + 5000))
  }
}

/** How many entries each transaction removes while 3,000 of them expire. */
async function removalsPerStep(costs: { recordingMs: number; commitMs: number }) {
  const manual = new ManualClock()
  let passedMs = 0
  const clock: Clock = {
    wallMs: () => manual.wallMs(),
    monotonicMs: () => manual.monotonicMs() + passedMs,
    schedule: (delayMs, callback) => manual.schedule(delayMs, callback),
  }
  const traced = await traceDriver()
  const engine = await open(temporaryDirectory(), { clock, driver: traced.driver })
  await commitAll(
    engine,
    Array.from({ length: 3000 }, (_, index) => put(`brief:${index}`, 'x', 1000)),
  )
  const removals: number[] = [0]
  traced.before = (sql) => {
    if (sql === 'COMMIT') removals.push(0)
    if (sql === 'COMMIT') passedMs += costs.commitMs
    if (!sql.startsWith('DELETE FROM entries WHERE id')) return
    passedMs += costs.recordingMs
    removals.push((removals.pop() ?? 0) + 1)
  }
  await manual.advance(1000)
  await advanceUntil(manual, async () => (await engine.getBucket(at)).revision === 6000)
  return removals.filter((removed) => removed > 0)
}

describe('entries that have expired', () => {
  it('are counted out at once, and recorded as changes without anybody asking', async () => {
    const clock = new ManualClock()
    const engine = await open(temporaryDirectory(), { clock })
    const brief = Array.from({ length: 250 }, (_, index) => put(`brief:${index}`, 'x', 1000))
    await engine.commit(at, [...brief, put('lasting', 'y')])
    const events = engine.watch(at, {})[Symbol.asyncIterator]()

    await clock.advance(1000)
    expect(await engine.getBucket(at)).toMatchObject({ keys: 1, bytes: 8 })
    await advanceUntil(clock, async () => (await engine.getBucket(at)).revision === 501)

    for (let revision = 252; revision <= 501; revision++) {
      expect((await events.next()).value).toMatchObject({ kind: 'expire', revision })
    }
    expect(await engine.getBucket(at)).toMatchObject({ keys: 1, bytes: 8, revision: 501 })
  })

  it('are removed in small steps, with pauses when there are many', async () => {
    const removals = await removalsPerStep({ recordingMs: 0, commitMs: 0 })

    expect(removals.reduce((sum, removed) => sum + removed)).toBe(3000)
    expect(Math.max(...removals)).toBeLessThanOrEqual(100)
  })

  it('are removed in smaller steps where that takes long, and all of them all the same', async () => {
    const removals = await removalsPerStep({ recordingMs: 0.01, commitMs: 0 })
    const slowest = await removalsPerStep({ recordingMs: 10, commitMs: 0 })

    expect(removals.reduce((sum, removed) => sum + removed)).toBe(3000)
    expect(Math.max(...removals)).toBeLessThanOrEqual(40)
    expect(slowest.reduce((sum, removed) => sum + removed)).toBe(3000)
    expect(Math.max(...slowest)).toBeLessThanOrEqual(15)
  })

  it('are removed in larger steps where commits take long, however small the steps', async () => {
    const removals = await removalsPerStep({ recordingMs: 0.01, commitMs: 30 })

    expect(removals[0]).toBeLessThanOrEqual(40)
    expect(Math.max(...removals)).toBe(100)
  })

  it('are told of by their keys, whatever these hold', async () => {
    const clock = new ManualClock()
    const engine = await open(temporaryDirectory(), { clock })
    const keys = [
      '\u0000',
      'a\u0000b',
      '\ufeff',
      'a\ufeff',
      '\ufffd',
      '"',
      "'",
      'é',
      'e\u0301',
      '😀',
    ]
    await engine.commit(
      at,
      keys.map((key) => put(key, 'x', 1000)),
    )
    const events = engine.watch(at, {})[Symbol.asyncIterator]()

    await clock.advance(1000)

    for (const key of keys) {
      expect((await events.next()).value).toMatchObject({ kind: 'expire', key })
      expect(await engine.history(at, key)).toMatchObject([{ kind: 'expire', key }])
    }
  })

  it('are recorded after a restart, too', async () => {
    const directory = temporaryDirectory()
    const clock = new ManualClock()
    const before = await open(directory, { clock })
    await before.commit(at, [put('brief', 'x', 1000)])
    await before.close()
    clock.setWall(clock.wallMs() + 5000)

    const after = await open(directory, { clock })
    await clock.advance(0)

    await vi.waitFor(async () => expect(await after.getBucket(at)).toMatchObject({ revision: 2 }))
  })
})

describe('markers of removed keys', () => {
  it('are forgotten beyond their limit, and watches from before are told so', async () => {
    const clock = new ManualClock()
    const engine = await open(temporaryDirectory(), { clock, durability: 'relaxed' })
    const names = Array.from({ length: 2 * limits.removalMarkersMax + 1 }, (_, i) => `key:${i}`)
    await commitAll(
      engine,
      names.map((name) => put(name, 'x')),
    )
    await commitAll(
      engine,
      names.map((key) => ({ op: 'delete', key })),
    )

    await advanceUntil(clock, async () => (await engine.history(at, 'key:10000')).length === 0)

    expect(await engine.history(at, 'key:10001')).toHaveLength(1)
    const late = engine.watch(at, { since: 1 })[Symbol.asyncIterator]().next()
    await expect(late).rejects.toMatchObject({ code: 'KV_REVISION_GONE' })
    const inTime = engine.watch(at, { since: names.length + 10_001 })[Symbol.asyncIterator]()
    expect((await inTime.next()).value).toMatchObject({ kind: 'delete', key: 'key:10001' })
  })
})

describe('answers to idempotent commits', () => {
  it('are forgotten after their time', async () => {
    const clock = new ManualClock()
    const engine = await open(temporaryDirectory(), { clock })
    const increment = [{ op: 'increment', key: 'a', by: 1 }] as const
    const once = { idempotencyKey: 'once' }
    await engine.commit(at, increment, once)

    await clock.advance(limits.idempotencyTtlMs - 1)
    await engine.commit(at, increment, once)
    expect((await engine.get(at, 'a'))?.value.data).toBe('1')
    await clock.advance(1)
    await engine.commit(at, increment, once)

    expect((await engine.get(at, 'a'))?.value.data).toBe('2')
  })
})
