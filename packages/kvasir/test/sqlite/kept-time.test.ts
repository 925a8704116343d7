import { cpSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { record, sights } from '../faults/time/sights.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'
import { type TracedDriver, traceDriver } from './traced-driver.ts'

const hourMs = 3_600_000
const key = 'brief'
const brief = { op: 'put', key, value: record, expiry: { ttlMs: 1000 } } as const

/** What a process that is killed at this instant leaves behind. */
function copyOf(directory: string): string {
  const copy = temporaryDirectory()
  cpSync(directory, copy, { recursive: true })
  return copy
}

/** Ways to look that are no look at the key itself. */
const counts: typeof sights = {
  'a count of the keys': async ({ engine }) => (await engine.getBucket(at)).keys > 0,
  'a list of buckets': async ({ engine }) => {
    const { buckets } = await engine.listBuckets(at.project, { limit: 10 })
    return buckets.some(({ name, keys }) => name === at.bucket && keys > 0)
  },
}
const allSights = Object.entries({ ...sights, ...counts })

describe('what a read has called absent because its time had come', () => {
  const passings: [string, (clock: ManualClock) => void][] = [
    ['the wall clock leapt', (clock) => clock.setWall(clock.wallMs() + hourMs)],
    ['its time went by', (clock) => clock.setWall(clock.wallMs() + 1000)],
  ]
  describe.each(passings)('when %s', (_, pass) => {
    it.each(allSights)(
      'stays absent though the process is killed and the clock set back, by %s',
      async (_name, isThere) => {
        const directory = temporaryDirectory()
        const clock = new ManualClock()
        const start = clock.wallMs()
        const engine = await open(directory, { clock })
        await engine.updateBucket(at, { history: 3 })
        await engine.commit(at, [brief])
        pass(clock)
        expect(await isThere({ engine, at, key, revision: 1 })).toBe(false)

        const copy = copyOf(directory)
        const after = await open(copy, { clock: new ManualClock(start) })

        for (const [, isThereAgain] of allSights) {
          expect(await isThereAgain({ engine: after, at, key, revision: 1 })).toBe(false)
        }
      },
    )
  })

  it('is nothing that other keys are told of at once before its time is kept', async () => {
    const clock = new ManualClock()
    const engine = await open(temporaryDirectory(), { clock })
    await engine.commit(at, [brief, put('lasting', 'text')])
    const entry = await engine.get(at, 'lasting')
    const before = engine.getAtOnce?.(at, 'lasting')
    clock.setWall(clock.wallMs() + hourMs)

    const absent = engine.getAtOnce?.(at, key)
    const untold = engine.getAtOnce?.(at, 'lasting')
    await engine.get(at, 'lasting')

    expect([before, absent, untold]).toEqual([entry, undefined, undefined])
    expect(engine.getAtOnce?.(at, 'lasting')).toEqual(entry)
  })

  it('stays absent when it was remembered, because it had often been read', async () => {
    const directory = temporaryDirectory()
    const clock = new ManualClock()
    const start = clock.wallMs()
    const engine = await open(directory, { clock })
    await engine.commit(at, [brief])
    for (let reads = 0; reads < 5; reads++) await engine.get(at, key)
    clock.setWall(start + hourMs)
    expect(await engine.get(at, key)).toBeUndefined()

    const after = await open(copyOf(directory), { clock: new ManualClock(start) })

    expect(await after.get(at, key)).toBeUndefined()
  })

  it('stays absent when the bucket in which everything was written has been deleted', async () => {
    const directory = temporaryDirectory()
    const clock = new ManualClock()
    const start = clock.wallMs()
    const engine = await open(directory, { clock })
    const other = { project: 'shop', bucket: 'other' }
    await engine.createBucket(other, { description: '', history: 1, metadata: {} })
    await engine.commit(at, [brief])
    clock.setWall(start + hourMs)
    await engine.commit(other, [put('late', 'x')])
    expect(await engine.get(at, key)).toBeUndefined()
    await engine.deleteBucket(other)

    const after = await open(copyOf(directory), { clock: new ManualClock(start) })

    expect(await after.get(at, key)).toBeUndefined()
  })

  it('is absent to other processes whose clock has not moved, once it has been recorded', async () => {
    const directory = temporaryDirectory()
    const clock = new ManualClock()
    const engine = await open(directory, { clock })
    await engine.commit(at, [brief])
    clock.setWall(clock.wallMs() + hourMs)

    expect(await engine.get(at, key)).toBeUndefined()

    expect(await engine.getBucket(at)).toMatchObject({ revision: 2 })
  })
})

describe('reads of what has expired', () => {
  async function afterLeap(): Promise<{ engine: Engine; traced: TracedDriver }> {
    const traced = await traceDriver()
    const clock = new ManualClock()
    const engine = await open(temporaryDirectory(), { clock, driver: traced.driver })
    await engine.commit(at, [brief, put('lasting', 'x')])
    clock.setWall(clock.wallMs() + hourMs)
    return { engine, traced }
  }

  function countCommits(traced: TracedDriver): { count: number } {
    const commits = { count: 0 }
    traced.before = (sql) => {
      if (sql === 'BEGIN IMMEDIATE') commits.count++
    }
    return commits
  }

  it('wait for one write together, and later ones for none', async () => {
    const { engine, traced } = await afterLeap()
    const commits = countCommits(traced)

    await Promise.all(Array.from({ length: 20 }, () => engine.get(at, key)))
    await engine.get(at, key)
    await engine.list(at, { order: 'key', limit: 10 })

    expect(commits.count).toBe(1)
  })

  it('write nothing when nothing has expired since the time was last kept', async () => {
    const { engine, traced } = await afterLeap()
    await engine.get(at, key)
    const commits = countCommits(traced)

    await engine.get(at, 'lasting')
    await engine.get(at, 'never')
    await engine.list(at, { order: 'key', limit: 10 })
    await engine.getBucket(at)

    expect(commits.count).toBe(0)
  })

  it('are answered all the same when the time cannot be written', async () => {
    const { engine, traced } = await afterLeap()
    traced.before = (sql) => {
      if (sql === 'BEGIN IMMEDIATE')
        throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
    }

    expect(await engine.get(at, key)).toBeUndefined()
    expect(await engine.get(at, key)).toBeUndefined()
    expect((await engine.get(at, 'lasting'))?.key).toBe('lasting')
  })
})

describe('a leap of the wall clock', () => {
  it('wakes the recording of expiries with the first thing that is read', async () => {
    const clock = new ManualClock()
    const engine = await open(temporaryDirectory(), { clock })
    await engine.commit(at, [brief, put('lasting', 'x')])
    const events = engine.watch(at, {})[Symbol.asyncIterator]()
    clock.setWall(clock.wallMs() + hourMs)

    await engine.get(at, 'lasting')
    await clock.advance(0)

    expect((await events.next()).value).toMatchObject({ kind: 'expire', key })
  })
})
