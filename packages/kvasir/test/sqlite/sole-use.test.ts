import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { SoleUse, soleUseMs } from '../../src/engines/sqlite/sole-use.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

/** A store of which we are certain, at 0 ms; `write` is another process's commit. */
async function soleUseAtZero() {
  const directory = temporaryDirectory()
  await open(directory)
  const { DatabaseSync } = await loadSqliteDriver()
  const ours = new DatabaseSync(databasePath(directory))
  const theirs = new DatabaseSync(databasePath(directory))
  let asked = 0
  const dataVersion = ours.prepare('PRAGMA data_version')
  const soleUse = new SoleUse({ dataVersion }, { ask: () => asked++, nowMs: 0 })
  soleUse.begin(0)
  return {
    soleUse,
    timesAsked: () => asked,
    write: () => theirs.exec('UPDATE clock SET highest_ms = highest_ms + 1'),
    close: () => {
      ours.close()
      theirs.close()
    },
  }
}

describe('the sole use of a store', () => {
  it('is certain for a moment after a look, and for another after the next', async () => {
    const { soleUse, close } = await soleUseAtZero()

    expect(soleUse.isCertain(soleUseMs - 0.1)).toBe(true)
    expect(soleUse.isCertain(soleUseMs)).toBe(false)
    expect(soleUse.look(soleUseMs)).toBe(true)
    expect(soleUse.isCertain(2 * soleUseMs - 0.1)).toBe(true)
    expect(soleUse.isCertain(2 * soleUseMs)).toBe(false)
    close()
  })

  it('ends with the first commit of another, until others are known to have gone', async () => {
    const { soleUse, write, close } = await soleUseAtZero()
    write()

    expect(soleUse.look(soleUseMs)).toBe(false)
    expect(soleUse.look(soleUseMs + 1)).toBe(false)
    expect(soleUse.isCertain(soleUseMs + 1)).toBe(false)
    soleUse.begin(soleUseMs + 2)
    expect(soleUse.isCertain(soleUseMs + 2)).toBe(true)
    close()
  })

  it('is asked for again once a second', async () => {
    const { soleUse, timesAsked, write, close } = await soleUseAtZero()
    write()

    for (let nowMs = 20; nowMs <= 3020; nowMs += 100) soleUse.look(nowMs)

    expect(timesAsked()).toBe(3)
    close()
  })
})

describe('a process that has a store to itself', () => {
  it('looks up many keys in one transaction, which a write of its own ends', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await engine.commit(at, [put('a', 'one')])
    ran.length = 0

    for (let times = 0; times < 500; times++) await engine.get(at, `none:${times}`)
    const transactions = ran.filter((sql) => sql === 'BEGIN').length
    const lookUps = ran.filter((sql) => /FROM entries/.test(sql)).length
    await engine.commit(at, [put('a', 'two')])

    expect(lookUps).toBe(500)
    expect(transactions).toBeLessThan(250)
    expect(textOf(await engine.get(at, 'a'))).toBe('two')
  })

  it('sees each write of a process that comes later, from the first one on', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.commit(at, [{ op: 'increment', key: 'counter', by: 0 }])
    let isOver = false
    const seen: number[] = []
    const told: number[] = []
    const child = startChild(['increment-telling', directory, '50'])
    child.on('message', (number: number) => {
      told.push(number)
      void engine.get(at, 'counter').then((entry) => seen.push(Number(entry?.value.data)))
    })
    child.on('exit', () => {
      isOver = true
    })

    // It keeps looking, so that it is certain whenever it may be.
    while (!isOver) {
      for (let times = 0; times < 20; times++) await engine.get(at, 'counter')
      await new Promise((resolve) => setImmediate(resolve))
    }

    expect(told).toHaveLength(50)
    expect(seen).toHaveLength(50)
    expect(told.filter((number, index) => (seen[index] as number) < number)).toEqual([])
  })

  it('has it to itself again when the other has gone', async () => {
    const directory = temporaryDirectory()
    const { driver, ran } = await traceDriver()
    const engine = await open(directory, { driver })
    await engine.commit(at, [put('a', 'one')])
    const child = startChild(['stay', directory])
    await once(child, 'message')
    ran.length = 0
    await engine.get(at, 'a')
    const whileOther = ran.filter((sql) => /FROM bucket/.test(sql)).length
    child.kill('SIGKILL')
    await once(child, 'close')

    let isAlone = false
    while (!isAlone) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      ran.length = 0
      await engine.get(at, 'a')
      isAlone = !ran.some((sql) => /FROM bucket/.test(sql))
    }

    expect(whileOther).toBe(1)
  })
})

describe('a process that opens a store which others have open', () => {
  it('says so in the store, and is ready once all others have had to look', async () => {
    const directory = temporaryDirectory()
    const child = startChild(['stay', directory])
    await once(child, 'message')
    const traced = await traceDriver()
    let arrivedAtMs = Number.POSITIVE_INFINITY
    traced.before = (sql) => {
      if (sql === 'COMMIT') arrivedAtMs = Math.min(arrivedAtMs, performance.now())
    }

    await open(directory, { driver: traced.driver, durability: 'relaxed' })
    const readyAtMs = performance.now()

    expect(traced.ran.some((sql) => /^UPDATE clock SET highest_ms = max/.test(sql))).toBe(true)
    expect(readyAtMs - arrivedAtMs).toBeGreaterThanOrEqual(soleUseMs)
    child.kill('SIGKILL')
    await once(child, 'close')
  })
})
