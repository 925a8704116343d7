import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../sqlite/directories.ts'
import { openRecords } from './open-records.ts'
import { fourTimes, work } from './workers.ts'

const numbers = (length: number): number[] => [...Array(length).keys()]
const ascending = (given: unknown[]): number[] => (given as number[]).sort((a, b) => a - b)

describe('the records of one directory in four processes', () => {
  it('add up exactly, each increment seeing a sum of its own', async () => {
    const directory = temporaryDirectory()
    const records = await openRecords(directory)

    const sums = await work(directory, fourTimes('increment', 200))

    expect(await records.get('account')).toEqual({ balance: 800 })
    expect(ascending(sums.flat())).toEqual(numbers(800).map((n) => n + 1))
  })

  it('give each element of a list to exactly one consumer, in order', async () => {
    const directory = temporaryDirectory()
    const records = await openRecords(directory)
    await records.put('queue', { jobs: numbers(600) })

    const single = await work(directory, fourTimes('shift', 50))
    const several = await work(directory, fourTimes('shift several', 20))

    const taken = [...single.flat(), ...several.flat(2)]
    expect(single).toEqual(single.map((jobs) => ascending([...jobs])))
    expect(ascending(taken)).toEqual(numbers(600))
    expect(await records.get('queue')).toEqual({ jobs: [] })
  })

  it('take no more from a list than there is, and nothing from an empty one', async () => {
    const directory = temporaryDirectory()
    const records = await openRecords(directory)
    await records.put('queue', { jobs: numbers(30) })

    const taken = await work(directory, fourTimes('shift', 20))

    const jobs = taken.flat().filter((job) => job !== undefined && job !== null)
    expect(ascending(jobs)).toEqual(numbers(30))
    expect(taken.flat()).toHaveLength(80)
  })

  it('show every Multi call whole, to readers as well', async () => {
    const directory = temporaryDirectory()
    const records = await openRecords(directory)
    await records.put('account', { balance: 400, spent: 0 })

    const transfers = work(directory, fourTimes('transfer', 100))
    let isOver = false
    const over = transfers.finally(() => {
      isOver = true
    })
    const torn: object[] = []
    while (!isOver) {
      const seen = await records.get<{ balance: number; spent: number }>('account')
      torn.push(...[seen].filter(({ balance, spent }) => balance + spent !== 400))
      await new Promise(setImmediate)
    }
    const sums = (await over).flat() as { balance: number; spent: number }[]

    expect(torn).toEqual([])
    expect(sums.filter(({ balance, spent }) => balance + spent !== 400)).toEqual([])
    expect(await records.get('account')).toEqual({ balance: 0, spent: 400 })
  })

  it('let nothing of a Multi call through that fails for one field', async () => {
    const directory = temporaryDirectory()
    const records = await openRecords(directory)
    await records.put('queue', { name: 'mail' })
    const failing = 'append to a list, and to what is none'

    const answers = await work(directory, [
      { task: failing, times: 50 },
      { task: 'append', times: 50 },
      { task: failing, times: 50 },
      { task: 'append', times: 50 },
    ])

    const { name, jobs } = await records.get<{ name: string; jobs: unknown[] }>('queue')
    expect([answers[0], answers[2]].flat()).toEqual(Array.from({ length: 100 }, () => true))
    expect([name, jobs.length]).toEqual(['mail', 100])
    expect(jobs.filter((job) => job === 'never')).toEqual([])
  })

  it('add each member of a set once', async () => {
    const directory = temporaryDirectory()

    const added = await work(directory, fourTimes('add words', 5))

    expect(added.flat(2).sort()).toEqual(['a', 'b', 'c', 'd'])
  })
})
