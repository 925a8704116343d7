import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import { LogFile } from '../../src/engines/sqlite/log-file.ts'
import { loadSqliteDriver, type SqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { sqliteError, traceDriver } from './traced-driver.ts'

const checkpointPages = 50
const pageBytes = 4096 + 24
const ioError = { read: 10 | (1 << 8), fsync: 10 | (4 << 8) } as const
const diskFull = 13

function logBytes(directory: string): number {
  return statSync(join(directory, 'kvasir.db-wal')).size
}

/** A transaction of somebody else that reads, until it is ended. */
async function startReading(directory: string, driver?: SqliteDriver): Promise<() => void> {
  const { DatabaseSync } = driver ?? (await loadSqliteDriver())
  const database = new DatabaseSync(join(directory, 'kvasir.db'), { readOnly: true })
  database.exec('BEGIN; SELECT count(*) FROM entries')
  return () => {
    database.exec('ROLLBACK')
    database.close()
  }
}

async function openTraced(directory = temporaryDirectory()) {
  const traced = await traceDriver()
  const engine = await open(directory, { driver: traced.driver, checkpointPages })
  const write = async (commits: number): Promise<void> => {
    for (let index = 0; index < commits; index++) {
      await engine.commit(at, [put(`k:${index % 10}`, 'x'.repeat(2000))])
      await nextTurn()
    }
  }
  const checkpoints = (): string[] => traced.ran.filter((sql) => sql.includes('wal_checkpoint'))
  return { traced, engine, directory, write, checkpoints }
}

describe('a checkpoint', () => {
  it('comes when the log has become long, after the answer to the commit that made it so', async () => {
    const { engine, checkpoints, directory } = await openTraced()
    const large = put('large', 'x'.repeat(checkpointPages * 4096))

    await engine.commit(at, [large])
    const before = checkpoints().length
    await nextTurn()
    await nextTurn()

    expect(before).toBe(0)
    expect(checkpoints()).toEqual([
      'PRAGMA wal_checkpoint(PASSIVE)',
      'PRAGMA wal_checkpoint(RESTART)',
    ])
    expect(statSync(join(directory, 'kvasir.db')).size).toBeGreaterThan(checkpointPages * 4096)
  })

  it('has the log begin anew, however much is written', async () => {
    const { write, directory } = await openTraced()

    await write(500)

    // What one commit adds goes beyond the mark.
    expect(logBytes(directory)).toBeLessThan((checkpointPages + 20) * pageBytes)
  })

  it('is not made again for old pages that are left in the file', async () => {
    const { write, checkpoints } = await openTraced()
    await write(40)
    const before = checkpoints().length
    expect(before).toBeGreaterThan(0)

    await write(3)

    expect(checkpoints().length).toBeLessThanOrEqual(before + 2)
  })

  it('is tried again every so often while somebody reads an old state, and done afterwards', async () => {
    const { write, directory, checkpoints } = await openTraced()
    const stopReading = await startReading(directory)
    await write(100)
    const during = logBytes(directory)
    const attempts = checkpoints().length

    stopReading()
    await write(100)

    expect(during).toBeGreaterThan(100 * pageBytes)
    expect(attempts).toBeGreaterThan(4)
    expect(logBytes(directory)).toBeLessThan(during + 30 * pageBytes)
  })

  it('lets several processes write for long without a log that grows and grows', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory, { checkpointPages })
    const children = [1, 2].map(() => startChild(['increment', directory, '600']))
    const ended = children.map((child) => once(child, 'exit'))
    let isOver = false
    void Promise.all(ended).finally(() => (isOver = true))

    let longest = 0
    while (!isOver) {
      await engine.commit(at, [put('ours', 'x'.repeat(2000))])
      await engine.get(at, 'counter')
      longest = Math.max(longest, logBytes(directory))
    }

    expect(await Promise.all(ended)).toEqual([
      [0, null],
      [0, null],
    ])
    expect((await engine.get(at, 'counter'))?.value.data).toBe('1200')
    // All of them write some 6,000 pages or more.
    expect(longest).toBeLessThan(30 * checkpointPages * pageBytes)
  })
})

describe('a checkpoint of what the reaper has written', () => {
  it('comes after fewer pages, so that it stops the process for less time', async () => {
    const clock = new ManualClock()
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), {
      clock,
      driver: traced.driver,
      checkpointPages: 1600,
    })
    const checkpoints = () => traced.ran.filter((sql) => sql.includes('wal_checkpoint')).length
    const brief = Array.from({ length: 3000 }, (_, index) => put(`brief:${index}`, 'x', 1000))
    await engine.commit(at, brief)
    await engine.commit(at, [put('large', 'x'.repeat(200 * 4096))])
    await nextTurn()
    await nextTurn()
    expect(checkpoints()).toBe(0)

    await clock.advance(1000)
    while ((await engine.getBucket(at)).revision < 6001) await clock.advance(20)

    expect(checkpoints()).toBeGreaterThanOrEqual(4)
  })

  it('comes as late as any while others write as much', async () => {
    const clock = new ManualClock()
    const traced = await traceDriver()
    const { driver } = traced
    const engine = await open(temporaryDirectory(), { clock, driver, checkpointPages: 1600 })
    const brief = Array.from({ length: 1500 }, (_, index) => put(`brief:${index}`, 'x', 1000))
    await engine.commit(at, brief)
    await clock.advance(1000)

    for (let written = 0; written < 40; written++) {
      await engine.commit(at, [put(`lasting:${written}`, 'x')])
      await clock.advance(1)
    }

    expect((await engine.getBucket(at)).revision).toBe(3040)
    expect(traced.ran.filter((sql) => sql.includes('wal_checkpoint'))).toEqual([])
  })

  it('is tried no more often than others while somebody reads an old state', async () => {
    const clock = new ManualClock()
    const traced = await traceDriver()
    const directory = temporaryDirectory()
    const { driver } = traced
    const engine = await open(directory, { clock, driver, checkpointPages: 160 })
    const stopReading = await startReading(directory)
    const brief = Array.from({ length: 3000 }, (_, index) => put(`brief:${index}`, 'x', 1000))
    await engine.commit(at, brief)
    await clock.advance(1000)
    while ((await engine.getBucket(at)).revision < 6000) await clock.advance(20)
    stopReading()

    // Steps of the reaper: 30 at least, of which each leaves more than a portion of 10 pages.
    const series = traced.ran.filter((sql) => sql.includes('wal_checkpoint(PASSIVE)')).length / 10
    expect(series).toBeLessThan(15)
  })
})

describe('a checkpoint that fails', () => {
  it('stops all writing when the disk failed, and lets reads go on', async () => {
    const { traced, engine, write } = await openTraced()
    traced.before = (sql) => {
      if (sql.includes('wal_checkpoint')) throw sqliteError(ioError.fsync)
    }

    await expect(write(100)).rejects.toMatchObject({
      code: 'KV_STORAGE_FAILED',
      outcome: 'not-applied',
    })

    traced.before = undefined
    const failed = { writable: false, code: 'KV_STORAGE_FAILED', resumes: false }
    expect(await engine.health()).toMatchObject(failed)
    await expect(engine.commit(at, [put('b', 'x')])).rejects.toMatchObject({
      code: 'KV_STORAGE_FAILED',
    })
    expect(textOf(await engine.get(at, 'k:1'))).toBe('x'.repeat(2000))
  })

  it('is never followed by another, not even on closing', async () => {
    const { traced, engine, write, checkpoints } = await openTraced()
    traced.before = (sql) => {
      if (sql.includes('wal_checkpoint')) throw sqliteError(ioError.fsync)
    }
    await expect(write(100)).rejects.toMatchObject({ code: 'KV_STORAGE_FAILED' })
    traced.before = undefined
    const before = checkpoints().length

    await engine.close()

    expect(checkpoints().length).toBe(before)
  })

  it('leaves writing alone when there was no room for it: the log goes on', async () => {
    const { traced, engine, write } = await openTraced()
    traced.before = (sql) => {
      if (sql.includes('wal_checkpoint')) throw sqliteError(diskFull)
    }

    await write(100)

    expect(await engine.health()).toEqual({ writable: true })
  })
})

describe('a log that a killed process left', () => {
  it('is written once more at opening: of a sync that failed, nobody could tell', async () => {
    const directory = temporaryDirectory()
    const child = startChild(['put-in-bucket', directory, 'default'])
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const file = join(directory, 'kvasir.db-wal')
    const before = statSync(file)
    expect(before.size).toBeGreaterThan(0)

    const engine = await open(directory)

    expect(statSync(file).mtimeMs).toBeGreaterThan(before.mtimeMs)
    expect(await engine.get(at, 'theirs')).toMatchObject({ value: { data: 'theirs' } })
  })

  it('stays what it was, byte for byte, when it is written again', async () => {
    const { write, directory, engine } = await openTraced()
    await write(10)
    const log = new LogFile(directory)

    log.rewrite()
    log.close()

    expect(textOf(await engine.get(at, 'k:1'))).toBe('x'.repeat(2000))
    const again = await open(directory)
    expect(await again.getBucket(at)).toMatchObject({ revision: 10 })
  })
})
