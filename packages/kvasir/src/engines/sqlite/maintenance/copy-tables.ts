import { setImmediate as nextTurn } from 'node:timers/promises'
import { applicationId, migrations } from '../migrations.ts'
import type { SqliteDatabase } from '../sqlite-driver.ts'
import { throwIfAborted } from './check-store.ts'
import { prepareSteps, type RowSource } from './row-steps.ts'
import type { MaintenanceOptions } from './store-report.ts'

interface CopiedTable extends RowSource {
  /** The first format that has it, or has it in this form, and the last one. */
  readonly from?: number
  readonly to?: number
}

/** Every table, what its rows are ordered by, and which of their columns may be large. */
const tables: readonly CopiedTable[] = [
  { table: 'buckets', order: 'id', large: ['config'] },
  { table: 'revisions', order: 'bucket_id, revision', from: 3 },
  { table: 'copies', order: 'project, origin, name' },
  { table: 'entries', order: 'id', large: ['data', 'structure'] },
  { table: 'past', order: 'id', large: ['data', 'structure'] },
  { table: 'collections', order: 'id' },
  { table: 'elements', order: 'collection_id, position', large: ['data', 'sets'] },
  { table: 'members', order: 'collection_id, data', large: ['data'] },
  { table: 'answers', order: 'bucket_id, idempotency_key', large: ['result'], to: 1 },
  { table: 'answers', order: 'id', large: ['answers'], from: 2 },
  { table: 'clock', order: 'id' },
  { table: 'sqlite_sequence', order: 'rowid' },
]

/**
 * Fills a new database with one instant of the store that is attached to its connection as `store`.
 * The copy of a store of an older format has the newest.
 *
 * SQLite's own means would do it in one call that stops the event loop (`VACUUM INTO`), or begin
 * anew whenever another process writes (its backup API).
 */
export async function copyTables(
  database: SqliteDatabase,
  { onProgress, signal }: MaintenanceOptions,
): Promise<void> {
  database.exec('BEGIN')
  // The first look at the store holds what it sees until the end.
  const format = formatOf(database)
  for (const step of migrations.slice(0, format)) step(database)
  const there = tables.filter(({ from = 1, to = format }) => from <= format && format <= to)
  const counts = there.map(({ table }) => countOf(database, table))
  const total = counts.reduce((sum, count) => sum + count, 0)
  let done = 0
  for (const source of there) {
    database.exec(`DELETE FROM main.${source.table}`)
    for await (const copied of copyTable(database, source)) {
      throwIfAborted(signal)
      done += copied
      onProgress?.({ done, total })
    }
  }
  for (const step of migrations.slice(format)) step(database)
  database.exec(`PRAGMA application_id = ${applicationId}`)
  database.exec(`PRAGMA user_version = ${migrations.length}`)
  database.exec('COMMIT')
}

/** Copies a table; after each step answers how many rows that were. */
async function* copyTable(database: SqliteDatabase, source: RowSource): AsyncGenerator<number> {
  const { table } = source
  const steps = prepareSteps(database, { ...source, table: `store.${table}` })
  const columns = columnsOf(database, table)
  const copy = (rows: string) =>
    database.prepare(
      `INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM store.${table} ${rows}`,
    )
  for (let step = steps.first(); step; step = steps.after(step)) {
    yield Number(copy(step.rows).run(...step.values).changes)
    await nextTurn()
  }
}

function columnsOf(database: SqliteDatabase, table: string): string {
  const rows = database.prepare("SELECT name FROM pragma_table_info(?, 'main')").all(table)
  return (rows as { name: string }[]).map(({ name }) => name).join()
}

function formatOf(database: SqliteDatabase): number {
  const row = database.prepare('PRAGMA store.user_version').get()
  return (row as { user_version: number }).user_version
}

function countOf(database: SqliteDatabase, table: string): number {
  const row = database.prepare(`SELECT count(*) AS count FROM store.${table}`).get()
  return (row as { count: number }).count
}
