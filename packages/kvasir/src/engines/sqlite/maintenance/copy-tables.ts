import { setImmediate as nextTurn } from 'node:timers/promises'
import { applicationId, migrations } from '../migrations.ts'
import type { SqliteDatabase } from '../sqlite-driver.ts'
import { throwIfAborted } from './check-store.ts'
import { prepareSteps, type RowSource } from './row-steps.ts'
import type { MaintenanceOptions } from './store-report.ts'

/** Every table, what its rows are ordered by, and which of their columns may be large. */
const tables: readonly RowSource[] = [
  { table: 'buckets', order: 'id', large: ['config'] },
  { table: 'revisions', order: 'bucket_id, revision' },
  { table: 'copies', order: 'project, origin, name' },
  { table: 'entries', order: 'id', large: ['data', 'structure'] },
  { table: 'past', order: 'id', large: ['data', 'structure'] },
  { table: 'collections', order: 'id' },
  { table: 'elements', order: 'collection_id, position', large: ['data', 'sets'] },
  { table: 'members', order: 'collection_id, data', large: ['data'] },
  { table: 'answers', order: 'id', large: ['answers'] },
  { table: 'clock', order: 'id' },
  { table: 'sqlite_sequence', order: 'rowid' },
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
  const counts = tables.map(({ table }) => countOf(database, table))
  const total = counts.reduce((sum, count) => sum + count, 0)
  let done = 0
  for (const source of tables) {
    database.exec(`DELETE FROM main.${source.table}`)
    for await (const copied of copyTable(database, source)) {
      throwIfAborted(signal)
      done += copied
      onProgress?.({ done, total })
    }
  }
  database.exec('COMMIT')
}

/** Copies a table; after each step answers how many rows that were. */
async function* copyTable(database: SqliteDatabase, source: RowSource): AsyncGenerator<number> {
  const { table } = source
  const steps = prepareSteps(database, { ...source, table: `store.${table}` })
  const copy = (rows: string) =>
    database.prepare(`INSERT INTO main.${table} SELECT * FROM store.${table} ${rows}`)
  for (let step = steps.first(); step; step = steps.after(step)) {
    yield Number(copy(step.rows).run(...step.values).changes)
    await nextTurn()
  }
}

function countOf(database: SqliteDatabase, table: string): number {
  const row = database.prepare(`SELECT count(*) AS count FROM store.${table}`).get()
  return (row as { count: number }).count
}
