import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'

async function rowsOf(directory: string): Promise<{ rows: number; stale: number }> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(databasePath(directory), { readOnly: true })
  const found = database
    .prepare(
      'SELECT (SELECT count(*) FROM revisions) AS rows, sum(stale) AS stale FROM bucket_rows',
    )
    .get()
  database.close()
  return found as { rows: number; stale: number }
}

async function overwrite(engine: Engine, keys: number): Promise<void> {
  for (let from = 0; from < keys; from += 500) {
    const some = Array.from({ length: 500 }, (_, index) => put(`key:${from + index}`, 'x'))
    await engine.commit(at, some)
  }
}

/** Pages that a write puts into the log: each frame is a header of 24 bytes and a page of 4096. */
async function framesOf(directory: string, write: () => Promise<unknown>): Promise<number> {
  const path = `${databasePath(directory)}-wal`
  const before = readFileSync(path).byteLength
  await write()
  return (readFileSync(path).byteLength - before) / (4096 + 24)
}

describe('the order of changes', () => {
  it('costs an overwrite one page besides that of the value', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await overwrite(engine, 5000)
    await engine.commit(at, [put('key:777', 'y')]) // May divide a page of the table.

    const frames = await framesOf(directory, () => engine.commit(at, [put('key:778', 'y')]))

    expect(frames).toBe(2)
  })

  it('keeps no row for a key that is written again and again', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)

    for (let time = 0; time < 50; time++) await engine.commit(at, [put('hot', `${time}`)])

    expect((await rowsOf(directory)).rows).toBeLessThanOrEqual(2)
  })

  it('loses the rows that stand for nothing once there are many', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await overwrite(engine, 6000)

    for (let time = 0; time < 12; time++) await overwrite(engine, 6000) // 72,000 rows.

    await vi.waitUntil(async () => (await rowsOf(directory)).stale < 20_000, { timeout: 20_000 })
    expect(await checkStore(directory)).toMatchObject({ isHealthy: true, findings: [] })
  })

  it('loses those, too, that were forgotten with the processes that left them', async () => {
    const directory = temporaryDirectory()
    for (let time = 0; time < 7; time++) {
      const engine = await open(directory, { durability: 'relaxed' })
      await overwrite(engine, 12_000) // Each time 12,000 rows, of which only this engine knows.
      await engine.close()
    }
    expect((await rowsOf(directory)).stale).toBeGreaterThan(65_536)

    const engine = await open(directory)
    await engine.commit(at, [put('another', 'x')])

    await vi.waitUntil(async () => (await rowsOf(directory)).stale < 100, { timeout: 20_000 })
    expect((await rowsOf(directory)).rows).toBeLessThan(12_200)
    expect(await checkStore(directory)).toMatchObject({ isHealthy: true, findings: [] })
  })

  it('is kept exactly whatever is done to keys and buckets', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('put' as const), key: fc.integer({ min: 0, max: 150 }) }),
      fc.record({ do: fc.constant('delete' as const), key: fc.integer({ min: 0, max: 150 }) }),
      fc.record({ do: fc.constant('purge' as const), key: fc.constant(0) }),
    )
    const commits = fc.array(fc.array(step, { minLength: 1, maxLength: 30 }), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(commits, async (groups) => {
        const directory = temporaryDirectory()
        const engine = await open(directory, { durability: 'relaxed' })
        await overwrite(engine, 150)
        for (const group of groups) {
          await Promise.all(
            group.map(({ do: verb, key }) => {
              if (verb === 'purge') return engine.purgeBucket(at)
              const name = `key:${key}`
              return engine.commit(at, [verb === 'put' ? put(name, 'z') : { op: verb, key: name }])
            }),
          )
        }
        const { entries } = await engine.list(at, { order: 'revision', limit: 1000 })
        const byKey = await engine.list(at, { order: 'key', limit: 1000 })
        const report = await checkStore(directory)
        await engine.close()

        expect(report.findings).toEqual([])
        const revisions = entries.map(({ revision }) => revision)
        expect(revisions).toEqual([...revisions].sort((left, right) => left - right))
        expect(entries).toHaveLength(byKey.entries.length)
      }),
      { numRuns: 20 },
    )
  })
})
