import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredValue } from '../../src/codec/stored-value.ts'
import type { Engine, ListPage } from '../../src/engine/engine.ts'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { openStore } from '../../src/index.ts'
import { at, open, temporaryDirectory } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

const everything = { order: 'key', limit: 100 } as const
const isJoined = (sql: string): boolean => sql.includes('group_concat')

async function fill(engine: Engine, values: readonly StoredValue[]): Promise<void> {
  const operations = values.map((value, index) => {
    return { op: 'put', key: `key:${String(index).padStart(3, '0')}`, value } as const
  })
  await engine.commit(at, operations)
}

/** The page as it comes first, and as it comes to one who has learned that values are small. */
async function listedTwice(values: readonly StoredValue[]) {
  const directory = temporaryDirectory()
  const { driver, ran } = await traceDriver()
  const engine = await open(directory, { driver })
  await fill(engine, values)
  const first = await engine.list(at, everything)
  ran.length = 0
  const second = await engine.list(at, everything)
  return { engine, first, second, ran: [...ran] }
}

function dataOf({ entries }: ListPage): unknown[] {
  return entries.map((entry) => ('value' in entry ? (entry.value as StoredValue).data : undefined))
}

async function edit(directory: string, sql: string): Promise<void> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(databasePath(directory))
  database.exec(sql)
  database.close()
}

const json = (value: unknown): StoredValue => ({ kind: 'json', data: JSON.stringify(value) })

const smallJson = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((note) => ({ note })),
)
const anyStored: fc.Arbitrary<StoredValue> = fc.oneof(
  { weight: 8, arbitrary: smallJson.filter((value) => typeof value !== 'string').map(json) },
  { weight: 1, arbitrary: fc.uint8Array().map((data) => ({ kind: 'bytes', data }) as const) },
  { weight: 1, arbitrary: fc.string().map((data) => ({ kind: 'text', data }) as const) },
  { weight: 1, arbitrary: fc.constant(json(['long', 'x'.repeat(600)])) },
)

describe('a page of small values', () => {
  it('comes as one row of texts once a page has shown that values are small', async () => {
    const values = [json({ a: 1 }), json([]), json('ö'.repeat(3).split(''))]

    const { first, second, ran } = await listedTwice(values)

    expect(ran.filter(isJoined)).toHaveLength(1)
    expect(dataOf(first)).toEqual(values.map(({ data }) => data))
    expect(second).toEqual(first)
  })

  it('does so in every order, from every place and with expiries', async () => {
    const { engine, ran } = await listedTwice([json(1), json(2), json(3), json(4)])
    await engine.commit(at, [{ op: 'touch', key: 'key:001', expiry: { ttlMs: 60_000 } }])

    const after = await engine.list(at, { order: 'key', limit: 2, after: 'key:000' })
    const back = await engine.list(at, { order: 'revision', limit: 2, reverse: true })

    expect(ran.some(isJoined)).toBe(true)
    expect(dataOf(after)).toEqual(['2', '3'])
    expect(after.entries[0]?.expiresAt).toBeGreaterThan(0)
    expect(after.hasMore).toBe(true)
    expect(dataOf(back)).toEqual(['2', '4'])
  })

  it('is the same page, whatever values it has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStored, { minLength: 1, maxLength: 12 }), async (values) => {
        const { engine, first, second } = await listedTwice(values)

        expect(dataOf(first)).toEqual(values.map(({ data }) => data))
        expect(second).toEqual(first)
        await engine.close()
      }),
      { numRuns: 40 },
    )
  })

  it('holds as much as a limit of its size lets it', async () => {
    const { engine, ran } = await listedTwice([json('aaaa'), json('bbbb'), json('cccc')])

    const page = await engine.list(at, { ...everything, sizeMax: 12 })

    expect(ran.some(isJoined)).toBe(true)
    expect(dataOf(page)).toEqual(['"aaaa"', '"bbbb"'])
    expect(page.hasMore).toBe(true)
  })

  it.each([
    ['cut off', `'{"a":1,"b":"x'`],
    ['with a comma of its own', `'1,2'`],
    ['empty', `''`],
    ['no UTF-8', `CAST(x'22ff22c3' AS TEXT)`],
    ['cut off by a NUL', `CAST(x'7b220061' AS TEXT)`],
  ])('tells of a damaged value (%s), and gives the others', async (_how, damaged) => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await fill(before, [json(['first']), json(['second']), json(['third'])])
    await before.close()
    await edit(
      directory,
      `UPDATE entries SET data = ${damaged} WHERE key = CAST('key:001' AS BLOB)`,
    )
    await using store = await openStore(directory)
    const kv = store.project(at.project).kv()

    const first = await kv.entries({ prefix: 'key:000' }).page()
    const rest = await kv.entries({ reverse: true, prefix: 'key:002' }).page()

    await expect(kv.entries().page()).rejects.toMatchObject({ code: 'KV_CORRUPT' })
    await expect(kv.get('key:001')).rejects.toMatchObject({ code: 'KV_CORRUPT' })
    expect([...first.items, ...rest.items].map(({ value }) => value)).toEqual([
      ['first'],
      ['third'],
    ])
  })
})
