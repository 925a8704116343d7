import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredValue } from '../../src/codec/stored-value.ts'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import type { Engine, ListPage } from '../../src/engine/engine.ts'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { openStore } from '../../src/index.ts'
import { at, open, temporaryDirectory } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

const everything = { order: 'key', limit: 100 } as const
const isJoined = (sql: string): boolean => sql.includes('group_concat')

function namesOf(values: readonly StoredValue[]): readonly StoredEntry[] {
  return values.map((value, index) => ({ key: `key:${String(index).padStart(3, '0')}`, value }))
}

async function fill(engine: Engine, entries: readonly StoredEntry[]): Promise<void> {
  await engine.commit(
    at,
    entries.map((entry) => ({ ...entry, op: 'put' })),
  )
}

/** The page as it comes first, and as it comes to one who has learned that values are small. */
async function listedTwice(values: readonly StoredValue[]) {
  return entriesListedTwice(namesOf(values))
}

async function entriesListedTwice(entries: readonly StoredEntry[]) {
  const directory = temporaryDirectory()
  const { driver, ran } = await traceDriver()
  const clock = new ManualClock()
  const engine = await open(directory, { driver, clock })
  await fill(engine, entries)
  const first = await engine.list(at, everything)
  ran.length = 0
  const second = await engine.list(at, everything)
  return { engine, clock, first, second, ran: [...ran] }
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

interface StoredEntry {
  readonly key: string
  readonly value: StoredValue
  readonly expiry?: { readonly ttlMs: number }
}

const json = (value: unknown): StoredValue => ({ kind: 'json', data: JSON.stringify(value) })

function taggedRecord(tags: readonly string[]): StoredValue {
  return { kind: 'record', data: JSON.stringify({ tags }), sets: { '/tags': 'string' } }
}

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
const smallStored: fc.Arbitrary<StoredValue> = fc.oneof(
  smallJson.filter((value) => typeof value !== 'string').map(json),
  fc
    .uniqueArray(fc.string({ unit: 'grapheme', maxLength: 5 }), { maxLength: 4 })
    .map((tags) => taggedRecord(tags)),
)

/** Entries of various keys, some of which expire: what a page has to tell apart. */
function entriesOf(values: fc.Arbitrary<StoredValue>): fc.Arbitrary<StoredEntry[]> {
  const entry = fc.record(
    {
      key: fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }),
      value: values,
      expiry: fc.record({ ttlMs: fc.integer({ min: 60_000, max: 10 ** 12 }) }),
    },
    { requiredKeys: ['key', 'value'] },
  )
  return fc.uniqueArray(entry, { minLength: 1, maxLength: 12, selector: ({ key }) => key })
}

const inOrder = (entries: readonly StoredEntry[]): StoredEntry[] =>
  [...entries].sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)))

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
      fc.asyncProperty(entriesOf(anyStored), async (entries) => {
        const { engine, first, second } = await entriesListedTwice(entries)

        expect(dataOf(first)).toEqual(inOrder(entries).map(({ value }) => value.data))
        expect(second).toEqual(first)
        await engine.close()
      }),
      { numRuns: 40 },
    )
  })

  it('keeps each value with its key, its sets and its times', async () => {
    await fc.assert(
      fc.asyncProperty(entriesOf(smallStored), async (entries) => {
        const { engine, clock, ran } = await entriesListedTwice(entries)
        await clock.advance(5)
        await fill(
          engine,
          entries.filter((_entry, index) => index % 3 === 0),
        )

        const page = await engine.list(at, everything)

        const expected = await Promise.all(inOrder(entries).map(({ key }) => engine.get(at, key)))
        expect(ran.some(isJoined)).toBe(true)
        expect(page.entries).toEqual(expected)
        await engine.close()
      }),
      { numRuns: 40 },
    )
  })

  it('is not tried where characters are few and their bytes are not', async () => {
    const { first, second, ran } = await listedTwice([json(['漢'.repeat(300)])])

    expect(ran.some(isJoined)).toBe(false)
    expect(second).toEqual(first)
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
    ['with a separator of pages', `'1' || char(30) || '2'`],
    ['empty', `''`],
    ['no UTF-8', `CAST(x'22ff22c3' AS TEXT)`],
    ['cut off by a NUL', `CAST(x'7b220061' AS TEXT)`],
  ])('tells of a damaged value (%s), and gives the others', async (_how, damaged) => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await fill(before, namesOf([json(['first']), json(['second']), json(['third'])]))
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
