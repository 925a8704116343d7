import type { Database } from '../engines/sqlite-database.ts'

/** A `set` with so much of what Kvasir does. */
export interface Step {
  readonly name: string
  /** One call for each entry; more than one are in flight together. */
  set(entries: readonly WrittenEntry[]): unknown
}

export interface WrittenEntry {
  readonly key: string
  readonly value: object
}

interface Opened {
  /** An empty database. */
  readonly raw: Database
  /** A copy of a store's. */
  readonly tables: Database
  /** What the store has, and the other is filled with. */
  readonly entries: readonly (readonly [key: string, value: object])[]
}

interface Found {
  readonly id: number
  readonly bucket_id: number
}

/** From the one statement of a table of one's own to all statements of Kvasir's commit. */
export function openInSql({ raw, tables, entries }: Opened): Step[] {
  const upsert = fillRaw(raw, entries)
  const find = tables.prepare(
    `SELECT id, bucket_id, revision, created_at, expires_at, length(key) + octet_length(data)
     FROM entries WHERE bucket_id = ? AND key = CAST(? AS BLOB)`,
  )
  const update = tables.prepare(
    `UPDATE entries SET revision = ?, created_at = ?, updated_at = ?, kind = ?, structure = ?,
       bytes_apart = ?, data = ? WHERE id = ?`,
  )
  const addRevision = tables.prepare(
    'INSERT INTO revisions (bucket_id, revision, entry_id, keys) VALUES (?, ?, ?, ?)',
  )
  const newest = tables.prepare('SELECT bucket_id, max(revision) AS revision FROM revisions').get()
  const { bucket_id: bucket, revision: last } = newest as { bucket_id: number; revision: number }
  let revision = last
  const replace = ({ key, value }: WrittenEntry): number => {
    const { id } = find.get(bucket, key) as Found
    update.run(++revision, 1, 2, 0, null, 0, JSON.stringify(value), id)
    return id
  }
  return [
    {
      name: 'one statement of raw SQLite',
      set: (some) => {
        for (const { key, value } of some) upsert.run(key, JSON.stringify(value))
      },
    },
    {
      name: 'a transaction, the look-up and the update',
      set: (some) => inTransaction(tables, () => some.map(replace)),
    },
    {
      name: 'and the order of changes: all of the SQL',
      set: (some) =>
        inTransaction(tables, () => {
          for (const entry of some) addRevision.run(bucket, revision + 1, replace(entry), null)
        }),
    },
  ]
}

function fillRaw(raw: Database, entries: Opened['entries']) {
  raw.exec('CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT)')
  const upsert = raw.prepare(
    'INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  inTransaction(raw, () => {
    for (const [key, value] of entries) upsert.run(key, JSON.stringify(value))
  })
  return upsert
}

/** What calls at the same time share. */
function inTransaction(database: Database, write: () => unknown): void {
  database.exec('BEGIN IMMEDIATE')
  write()
  database.exec('COMMIT')
}
