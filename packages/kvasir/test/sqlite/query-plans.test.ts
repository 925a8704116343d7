import { describe, expect, it } from 'vitest'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

describe('reading', () => {
  it('never goes through a whole bucket: every statement searches by more than the bucket', async () => {
    const directory = temporaryDirectory()
    const { driver, ran } = await traceDriver()
    const engine = await open(directory, { driver })
    await engine.commit(at, [put('a', 'x'), put('b', 'y', 60_000)])
    ran.length = 0

    await engine.get(at, 'a')
    await engine.getBucket(at)
    await engine.history(at, 'a')
    await engine.list(at, { order: 'key', prefix: 'a', limit: 1 })
    await engine.list(at, { order: 'key', after: 'a', reverse: true, limit: 1 })
    await engine.list(at, { order: 'revision', prefix: 'a', limit: 1, keysOnly: true })
    await engine.list(at, { order: 'revision', after: 1, limit: 1 })
    await engine.watch(at, { since: 0 })[Symbol.asyncIterator]().next()
    await engine.watch(at, { initial: true })[Symbol.asyncIterator]().next()

    const { DatabaseSync } = await loadSqliteDriver()
    const database = new DatabaseSync(databasePath(directory), { readOnly: true })
    const reads = [...new Set(ran)].filter((sql) => /FROM (entries|past)\b/.test(sql))
    const steps = reads.flatMap((sql) => database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
    const details = steps.map((step) => (step as { detail: string }).detail)
    database.close()
    expect(reads.length).toBeGreaterThanOrEqual(8)
    const scanning = details.filter((detail) => {
      return /^SCAN (entries|past)/.test(detail) || /\(bucket_id=\?\)$/.test(detail)
    })
    expect(scanning).toEqual([])
  })
})
