import type { KVStore } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../sqlite/directories.ts'
import { openRecords, serve } from './open-records.ts'
import { fourTimes, work } from './workers.ts'

const places: readonly (readonly [name: string, locate: () => Promise<string>])[] = [
  ['in memory', async () => 'memory:'],
  ['in a directory', async () => temporaryDirectory()],
  ['behind a server', () => serve(temporaryDirectory())],
]

const sharedPlaces = places.filter(([name]) => name !== 'in memory')

describe('64 concurrent patches with an updater', () => {
  for (const [name, locate] of places) {
    it(`through one store each run once, and add up: ${name}`, async () => {
      const records = await openRecords(await locate())

      const runs = await patchAtOnce([records])

      expect(await records.get('counter')).toEqual({ n: 64 })
      expect(runs).toEqual(Array.from({ length: 64 }, () => 1))
    })
  }

  for (const [name, locate] of sharedPlaces) {
    it(`through four stores lose nothing: ${name}`, async () => {
      const location = await locate()
      const stores = await Promise.all([1, 2, 3, 4].map(() => openRecords(location)))

      const runs = await patchAtOnce(stores)

      expect(await stores[0]?.get('counter')).toEqual({ n: 64 })
      expect(runs.every((times) => times >= 1)).toBe(true)
    })
  }

  it('lose nothing beside a process that writes the same record', async () => {
    const directory = temporaryDirectory()
    const records = await openRecords(directory)

    const [runs] = await Promise.all([
      patchAtOnce([records], 'account', 'balance'),
      work(directory, [{ task: 'increment', times: 100 }]),
    ])

    expect(runs).toHaveLength(64)
    expect(await records.get('account')).toEqual({ balance: 164 })
  })
})

describe('patches with an updater in four processes', () => {
  it('lose nothing, and see a record that nobody else has half changed', async () => {
    const directory = temporaryDirectory()
    const records = await openRecords(directory)

    const previous = await work(directory, fourTimes('patch', 50))

    expect(await records.get('account')).toEqual({ balance: 1000, deposits: 200 })
    const seen = previous.flat() as { balance?: number; deposits?: number }[]
    expect(seen.map(({ deposits = 0 }) => deposits).sort((a, b) => a - b)).toEqual([
      ...Array(200).keys(),
    ])
    expect(seen.filter(({ balance = 0, deposits = 0 }) => balance !== deposits * 5)).toEqual([])
  })
})

/** Adds 1, 64 times at once, by turns through the given stores; answers each updater's runs. */
async function patchAtOnce(
  stores: readonly KVStore[],
  key = 'counter',
  field = 'n',
): Promise<number[]> {
  const runs = Array.from({ length: 64 }, () => 0)
  await Promise.all(
    runs.map((_, index) =>
      stores[index % stores.length]?.patch<Record<string, number>>(key, async (record) => {
        runs[index] = (runs[index] ?? 0) + 1
        return { ...record, [field]: (record[field] ?? 0) + 1 }
      }),
    ),
  )
  return runs
}
