import { statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BucketConfig, Engine } from '../../src/engine/engine.ts'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { open, temporaryDirectory } from './directories.ts'

const at = { project: 'shop', bucket: 'documents' }
const config: BucketConfig = { description: '', history: 1, metadata: {} }
const keys = Array.from({ length: 300 }, (_, index) => `document:${index}`)

/** A JSON document of some 2 KB, in which no two are alike. */
function documentOf(key: string): string {
  const rows = Array.from({ length: 20 }, (_, index) => ({
    id: `${key}/${index}`,
    name: `Person ${index}`,
    email: `person.${index}@example.com`,
    isActive: index % 3 === 0,
  }))
  return JSON.stringify({ rows })
}

async function putAll(engine: Engine): Promise<void> {
  const operations = keys.map((key) => {
    return { op: 'put', key, value: { kind: 'record', data: documentOf(key) } } as const
  })
  await engine.commit(at, operations)
}

/** The bytes of a closed store's file; closing leaves nothing in the log. */
async function bytesOnDisk(given: Partial<BucketConfig>): Promise<number> {
  const directory = temporaryDirectory()
  const engine = await open(directory)
  await engine.createBucket(at, { ...config, ...given })
  await putAll(engine)
  await engine.close()
  return statSync(databasePath(directory)).size
}

async function ask(directory: string, sql: string): Promise<Record<string, unknown>> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(databasePath(directory))
  const row = database.prepare(sql).get()
  database.close()
  return row as Record<string, unknown>
}

describe('a bucket with compression', () => {
  it('takes less than half the room on the disk', async () => {
    const plain = await bytesOnDisk({})

    expect(await bytesOnDisk({ compression: true })).toBeLessThan(plain / 2)
  })

  it('keeps its history compressed as well', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(at, { ...config, history: 4, compression: true })
    for (const _round of [1, 2, 3, 4]) await putAll(engine)

    const past = await ask(
      directory,
      'SELECT sum(bytes) AS counted, sum(octet_length(data)) AS stored FROM past',
    )

    expect(Number(past.counted)).toBeGreaterThan(900_000)
    expect(Number(past.stored)).toBeLessThan(Number(past.counted) / 2)
  })

  it('reads what was compressed after it has been closed and switched off', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(at, { ...config, compression: true })
    await putAll(before)
    await before.updateBucket(at, { compression: false })
    await before.close()

    const after = await open(directory)
    const page = await after.list(at, { order: 'key', limit: 1000 })

    expect(page.entries).toHaveLength(keys.length)
    for (const { key, value } of page.entries) expect(value?.data).toBe(documentOf(key))
  })

  it('writes what is written anew as it is, once it is switched off', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(at, { ...config, compression: true })
    await putAll(engine)

    await engine.updateBucket(at, { compression: false })
    await putAll(engine)

    const raw = `SELECT count(*) AS entries, sum(bytes_apart) AS apart FROM entries
      WHERE typeof(data) = 'text'`
    expect(await ask(directory, raw)).toEqual({ entries: keys.length, apart: 0 })
  })

  it('leaves a value as it is that would not become smaller', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(at, { ...config, compression: true })
    const data = crypto.getRandomValues(new Uint8Array(1000))

    await engine.commit(at, [{ op: 'put', key: 'noise', value: { kind: 'bytes', data } }])

    expect(await ask(directory, 'SELECT bytes_apart AS apart FROM entries')).toEqual({ apart: 0 })
    expect((await engine.get(at, 'noise'))?.value).toEqual({ kind: 'bytes', data })
  })

  it('counts exactly while large fields move out of compressed records', async () => {
    const engine = await open(temporaryDirectory())
    await engine.createBucket(at, { ...config, compression: true })
    const data = JSON.stringify({ list: keys, n: 1 })
    await engine.commit(at, [{ op: 'put', key: 'a', value: { kind: 'record', data } }])

    await engine.commit(at, [{ op: 'increment', key: 'a', fields: [['n', 1]] }])

    const entry = await engine.get(at, 'a')
    expect(entry?.value.data).toBe(JSON.stringify({ list: keys, n: 2 }))
    expect((await engine.getBucket(at)).bytes).toBe(1 + data.length)
    await engine.updateBucket(at, { ...config, compression: true, history: 2 })
    expect((await engine.get(at, 'a'))?.value).toEqual(entry?.value)
    expect((await engine.getBucket(at)).bytes).toBe(1 + data.length)
  })

  it('reports a compressed value that has been damaged', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(at, { ...config, compression: true })
    await putAll(engine)

    await ask(directory, `UPDATE entries SET data = x'ff00ff' RETURNING id`)

    await expect(engine.get(at, 'document:1')).rejects.toMatchObject({ code: 'KV_CORRUPT' })
  })
})
