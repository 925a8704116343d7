import { setImmediate as nextTurn } from 'node:timers/promises'
import { applicationId, migrations } from '../migrations.ts'
import type { SqliteDatabase } from '../sqlite-driver.ts'
import { throwIfAborted } from './check-store.ts'
import type { MaintenanceOptions } from './store-report.ts'

/** Rows that are copied before others get a turn. */
const stepLength = 500

/** Every table, and what its rows are ordered by. */
const tables: readonly (readonly [table: string, order: string])[] = [
  ['buckets', 'id'],
  ['copies', 'project, origin, name'],
  ['entries', 'id'],
  ['past', 'id'],
  ['collections', 'id'],
  ['elements', 'collection_id, position'],
  ['members', 'collection_id, data'],
  ['answers', 'rowid'],
  ['clock', 'id'],
  ['sqlite_sequence', 'rowid'],
]

/**
 * Fills a new database with one instant of the store that is attached to its connection as `store`.
 *
 * SQLite's own means would do it in one call that stops the event loop (`VACUUM INTO`), or begin
 * anew whenever another process writes (its backup API).
 */
export async function copyTables(
  database: SqliteDatabase,
  { onProgress, signal }: MaintenanceOptions,
): Promise<void> {
  database.exec('BEGIN')
  for (const step of migrations) step(database)
  database.exec(`PRAGMA application_id = ${applicationId}`)
  database.exec(`PRAGMA user_version = ${migrations.length}`)
  // The first look at the store holds what it sees until the end.
  const counts = tables.map(([table]) => countOf(database, table))
  const total = counts.reduce((sum, count) => sum + count, 0)
  let done = 0
  for (const [table, order] of tables) {
    database.exec(`DELETE FROM main.${table}`)
    for await (const copied of copyTable(database, table, order)) {
      throwIfAborted(signal)
      done += copied
      onProgress?.({ done, total })
    }
  }
  database.exec('COMMIT')
}

/** Copies a table; after each step answers how many rows that were. */
async function* copyTable(
  database: SqliteDatabase,
  table: string,
  order: string,
): AsyncGenerator<number> {
  const columns = order.split(', ')
  const marks = columns.map(() => '?').join()
  const rows = (where: string) =>
    `FROM store.${table} ${where} ORDER BY ${order} LIMIT ${stepLength}`
  const copy = (where: string) =>
    database.prepare(`INSERT INTO main.${table} SELECT * ${rows(where)}`)
  const named = columns.map((column, index) => `${column} AS c${index}`).join()
  const backwards = columns.map((column) => `${column} DESC`).join()
  const lastOf = (where: string) =>
    database.prepare(
      `SELECT ${named} FROM (SELECT ${order} ${rows(where)}) ORDER BY ${backwards} LIMIT 1`,
    )
  const beyond = `WHERE (${order}) > (${marks})`
  let last: SqlKey | undefined
  for (;;) {
    const where = last ? beyond : ''
    const values = last ?? []
    const next = lastOf(where).get(...values) as Record<string, string | number> | undefined
    if (!next) return
    yield Number(copy(where).run(...values).changes)
    last = columns.map((_column, index) => next[`c${index}`] as string | number)
    await nextTurn()
  }
}

type SqlKey = readonly (string | number)[]

function countOf(database: SqliteDatabase, table: string): number {
  const row = database.prepare(`SELECT count(*) AS count FROM store.${table}`).get()
  return (row as { count: number }).count
}
