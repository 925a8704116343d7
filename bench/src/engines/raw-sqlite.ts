import { join } from 'node:path'
import { type Connection, type EngineDefinition, inChunks } from './engine.ts'
import { type Database, openDatabase, type Synchronous } from './sqlite-database.ts'

// SQLite as one would use it without a library: one table, prepared statements, JSON as text.

const full = 'WAL, synchronous=FULL'
const normal = 'WAL, synchronous=NORMAL: synced at checkpoints'
const shared = {
  isKvasir: false,
  hasPages: true,
  notes: ['synchronous calls: 64 callers take turns'],
} as const
const batched = {
  isKvasir: false,
  measures: 'groups',
  notes: ['by hand: what arrives in one turn of the event loop is one transaction'],
} as const

export const sqliteFull: EngineDefinition = {
  ...shared,
  name: 'sqlite-full',
  title: 'raw SQLite',
  durability: 'durable',
  durabilityText: `${full}, a transaction per write`,
  measures: 'all',
  open: async (directory) => one(await openTable(directory, 'FULL')),
}

export const sqliteFullBatched: EngineDefinition = {
  ...batched,
  name: 'sqlite-full-batched',
  title: 'SQLite, batched',
  durability: 'durable',
  durabilityText: `${full}, a transaction per turn`,
  open: async (directory) => grouped(await openTable(directory, 'FULL')),
}

export const sqliteNormal: EngineDefinition = {
  ...shared,
  name: 'sqlite-normal',
  title: 'raw SQLite',
  durability: 'relaxed',
  durabilityText: `${normal}, a transaction per write`,
  measures: 'writes',
  open: async (directory) => one(await openTable(directory, 'NORMAL')),
}

export const sqliteNormalBatched: EngineDefinition = {
  ...batched,
  name: 'sqlite-normal-batched',
  title: 'SQLite, batched',
  durability: 'relaxed',
  durabilityText: `${normal}, a transaction per turn`,
  open: async (directory) => grouped(await openTable(directory, 'NORMAL')),
}

async function openTable(directory: string, synchronous: Synchronous): Promise<Database> {
  const database = await openDatabase(join(directory, 'raw.sqlite'), synchronous)
  database.exec('CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT)')
  return database
}

/** Each write is a transaction of its own. */
function one(database: Database): Connection {
  const select = database.prepare('SELECT value FROM entries WHERE key = ?')
  const exists = database.prepare('SELECT 1 FROM entries WHERE key = ?')
  const keys = database.prepare('SELECT key FROM entries ORDER BY key')
  const page = database.prepare(
    'SELECT key, value FROM entries WHERE key > ? ORDER BY key LIMIT 1000',
  )
  const remove = database.prepare('DELETE FROM entries WHERE key = ?')
  const increment = database.prepare(
    `INSERT INTO entries VALUES (?, '1') ON CONFLICT (key)
     DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value`,
  )
  const upsert = database.prepare(
    'INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  let last = ''
  const read = (key: string): string | undefined =>
    (select.get(key) as { value: string } | undefined)?.value

  return {
    get(key) {
      const text = read(key)
      return text === undefined ? undefined : JSON.parse(text)
    },
    set: (key, value) => upsert.run(key, JSON.stringify(value)),
    has: (key) => exists.get(key) !== undefined,
    delete: (key) => remove.run(key),
    list() {
      let count = 0
      for (const _row of keys.iterate()) count++
      return count
    },
    listPage() {
      // After the last page it begins again.
      const found = page.all(last)
      const rows = (found.length > 0 ? found : page.all('')) as { key: string; value: string }[]
      const entries = rows.map(({ key, value }) => ({ key, value: JSON.parse(value) }))
      last = entries.at(-1)?.key ?? ''
      return entries.length
    },
    increment: (key) => increment.get(key),
    counter: (key) => Number(read(key) ?? 0),
    load: (entries) =>
      inChunks(entries, 1000, (chunk) => {
        database.exec('BEGIN')
        for (const [key, value] of chunk) upsert.run(key, JSON.stringify(value))
        database.exec('COMMIT')
      }),
    close: () => database.close(),
  }
}

/** What a careful user would write by hand: the writes of one turn share a transaction. */
function grouped(database: Database): Connection {
  const single = one(database)
  let waiting: { write: () => unknown; resolve: () => void; reject: (error: unknown) => void }[] =
    []

  const flush = (): void => {
    const group = waiting
    waiting = []
    try {
      database.exec('BEGIN IMMEDIATE')
      for (const { write } of group) write()
      database.exec('COMMIT')
    } catch (error) {
      for (const { reject } of group) reject(error)
      return
    }
    for (const { resolve } of group) resolve()
  }
  const enqueue = (write: () => unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ write, resolve, reject })
    })

  return {
    ...single,
    set: (key, value) => enqueue(() => single.set(key, value)),
    delete: (key) => enqueue(() => single.delete(key)),
    increment: (key) => enqueue(() => single.increment(key)),
  }
}
