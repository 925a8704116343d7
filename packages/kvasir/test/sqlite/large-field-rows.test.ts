import { describe, expect, it, vi } from 'vitest'
import { StringSet } from '../../src/codec/typed-sets.ts'
import { encodePart, encodeValue } from '../../src/codec/value.ts'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { at, open, temporaryDirectory } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

const withHistory = { project: 'shop', bucket: 'kept' }

function many(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

/** What is asked of the tables themselves, from outside. */
async function countRows(directory: string, table: string): Promise<number> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(databasePath(directory), { readOnly: true })
  const row = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()
  database.close()
  return (row as { rows: number }).rows
}

async function countAll(directory: string): Promise<number> {
  const counts = ['collections', 'elements', 'members'].map((table) => countRows(directory, table))
  return (await Promise.all(counts)).reduce((sum, rows) => sum + rows, 0)
}

const tasks = { kind: 'record', data: JSON.stringify({ list: many(200), n: 1 }) } as const
const appendOne = { op: 'append', key: 'a', fields: [['list', [encodePart('x')]]] } as const

describe('a list beyond 64 elements', () => {
  it('becomes rows of its own once its elements are worked on', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)

    await engine.commit(at, [{ op: 'put', key: 'a', value: tasks }])
    const rowsAfterPut = await countRows(directory, 'elements')
    await engine.commit(at, [appendOne])

    expect(rowsAfterPut).toBe(0)
    expect(await countRows(directory, 'elements')).toBe(201)
  })

  it('goes back into its record when few elements are left', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.commit(at, [{ op: 'put', key: 'a', value: tasks }, appendOne])

    await engine.commit(at, [{ op: 'shift', key: 'a', fields: [['list', 190]] }])

    expect(await countAll(directory)).toBe(0)
    expect((await engine.get(at, 'a'))?.value).toMatchObject({
      data: '{"list":[190,191,192,193,194,195,196,197,198,199,"x"],"n":1}',
    })
  })

  it('is never read whole by an operation on its elements', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await engine.commit(at, [{ op: 'put', key: 'a', value: tasks }])
    await engine.commit(at, [appendOne])
    ran.length = 0

    await engine.commit(at, [appendOne])
    await engine.commit(at, [{ op: 'unshift', key: 'a', fields: [['list', [encodePart(0)]]] }])
    await engine.commit(at, [{ op: 'shift', key: 'a', fields: [['list', 1]] }])
    await engine.commit(at, [{ op: 'increment', key: 'a', fields: [['n', 1]] }])
    await engine.read(at, [{ key: 'a', peek: [['list', 2]] }])
    await engine.read(at, [{ key: 'a', fields: ['n'] }])

    expect(ran.filter((sql) => sql.includes('group_concat'))).toEqual([])
    expect(ran.filter((sql) => sql.includes('INTO elements'))).toHaveLength(2)
  })

  it('is seen whole by those who watch the record', async () => {
    const engine = await open(temporaryDirectory())
    await engine.commit(at, [{ op: 'put', key: 'a', value: tasks }, appendOne])
    const events = engine.watch(at, { key: 'a' })[Symbol.asyncIterator]()
    const next = events.next()

    await engine.commit(at, [appendOne])

    const { value: event } = await next
    const entry = await engine.get(at, 'a')
    expect(event).toEqual({ kind: 'put', entry })
    expect(JSON.parse(String(entry?.value.data)).list).toHaveLength(202)
  })

  it('is kept whole where the bucket keeps history', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(withHistory, { ...defaultBucketConfig, history: 2 })

    await engine.commit(withHistory, [{ op: 'put', key: 'a', value: tasks }, appendOne])
    await engine.commit(withHistory, [appendOne])

    expect(await countAll(directory)).toBe(0)
    expect(await engine.history(withHistory, 'a')).toHaveLength(2)
  })

  it('moves when its elements are asked for, so that the next question is answered at once', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const value = encodeValue({ tags: new StringSet(many(1000).map(String)) })
    await engine.commit(at, [{ op: 'put', key: 'a', value }])
    const question = { key: 'a', has: [['tags', ['7', 'x']]], type: 'string' } as const

    const first = await engine.read(at, [question])
    const moved = await countRows(directory, 'members')
    const second = await engine.read(at, [question])

    expect(first).toEqual([{ members: [['tags', ['7']]] }])
    expect(second).toEqual(first)
    expect(moved).toBe(1000)
    expect(await engine.get(at, 'a')).toMatchObject({ revision: 1, value })
  })
})

describe('a large list', () => {
  it.each<[string, Operation]>([
    ['replaced', { op: 'put', key: 'a', value: encodeValue('new') }],
    ['deleted', { op: 'delete', key: 'a' }],
    ['purged', { op: 'purge', key: 'a' }],
    ['deleted as a field', { op: 'delete', key: 'a', fields: ['list'] }],
    ['patched over', { op: 'patch', key: 'a', set: [['list', encodePart(1)]] }],
    ['taken to pieces', { op: 'shift', key: 'a', fields: [['list', 5000]] }],
  ])('leaves nothing behind when it is %s, be it short or long', async (_how, operation) => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const long = many(3000).map((number) => encodePart(number))
    await engine.commit(at, [
      { op: 'append', key: 'a', fields: [['list', long]] },
      { op: 'append', key: 'b', fields: [['list', long.slice(0, 100)]] },
    ])
    await engine.commit(at, [appendOne, { ...appendOne, key: 'b' }])
    const before = await countAll(directory)

    await engine.commit(at, [operation, { ...operation, key: 'b' }])

    expect(before).toBe(3001 + 101 + 2)
    await vi.waitUntil(async () => (await countAll(directory)) === 0)
  })

  it('leaves nothing behind when its record expires, or its bucket is emptied', async () => {
    const directory = temporaryDirectory()
    const clock = new ManualClock()
    const engine = await open(directory, { clock })
    const commit = (key: string) =>
      engine.commit(at, [{ op: 'put', key, value: tasks, expiry: { ttlMs: 1000 } }])
    await commit('a')
    await engine.commit(at, [appendOne])
    const before = await countAll(directory)

    await clock.advance(1000)
    await vi.waitUntil(async () => (await countAll(directory)) === 0)
    await commit('a')
    await engine.commit(at, [appendOne])
    await engine.purgeBucket(at)
    await clock.advance(1000)

    expect(before).toBe(202)
    await vi.waitUntil(async () => (await countAll(directory)) === 0)
  })
})
