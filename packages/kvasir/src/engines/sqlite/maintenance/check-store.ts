import { setImmediate as nextTurn } from 'node:timers/promises'
import { KvasirError } from '../../../errors/kvasir-error.ts'
import { readHolders } from '../holders.ts'
import { migrations } from '../migrations.ts'
import { openForReading } from '../open-database.ts'
import { loadSqliteDriver, type SqliteDatabase, type SqliteDriver } from '../sqlite-driver.ts'
import { fromSqlite } from '../sqlite-errors.ts'
import { type FoundRow, figureChecks } from './figure-checks.ts'
import { type CheckedRow, RowChecks } from './row-checks.ts'
import { prepareSteps, type RowStep } from './row-steps.ts'
import {
  type DirectoryReport,
  Findings,
  findingsMax,
  type MaintenanceOptions,
  type StoreReport,
} from './store-report.ts'

/** Rows after which it is told how far the check has come. */
const progressRows = 500
const busyTimeoutMs = 10_000

/**
 * Checks a store: SQLite's own check of every page and index, every counter against what it counts,
 * and every value. It reads one instant of the store, whatever others write meanwhile, and changes
 * nothing.
 *
 * What is wrong with the content is in the report; an error is thrown where there is no store to
 * read.
 *
 * @throws {KvasirError} `KV_CORRUPT`, `KV_FORMAT_TOO_NEW`, `KV_INVALID_LOCATION`, `KV_ABORTED`;
 * `KV_UNSUPPORTED` when the store has an older format, which opening it once brings up to date.
 */
export async function checkStore(
  directory: string,
  options: MaintenanceOptions = {},
): Promise<DirectoryReport> {
  const driver = await loadSqliteDriver()
  const database = await openForReading(directory, { driver, busyTimeoutMs, migrations })
  try {
    const report = await checkDatabase(database, driver, options)
    return { ...report, holders: readHolders(directory) }
  } catch (error) {
    throw fromSqlite(error)
  } finally {
    database.close()
  }
}

/** As `checkStore`, on a connection. */
export async function checkDatabase(
  database: SqliteDatabase,
  driver: SqliteDriver,
  { onProgress, signal }: MaintenanceOptions,
): Promise<StoreReport> {
  const findings = new Findings()
  database.exec('BEGIN')
  const format = numberOf(database, 'SELECT user_version FROM pragma_user_version')
  if (format < migrations.length) throw formatTooOld(format)
  checkSchema(database, driver, findings)
  checkPages(database, findings)
  for (const { check, sql, describe } of figureChecks) {
    throwIfAborted(signal)
    attempt(findings, check, () => {
      for (const row of database.prepare(sql).all()) findings.add(check, describe(row as FoundRow))
    })
    await nextTurn()
  }
  const counts = {
    buckets: countOf(database, 'buckets'),
    entries: countOf(database, 'entries'),
    past: countOf(database, 'past'),
  }
  const total = counts.entries + counts.past
  const rows = new RowChecks(database, findings)
  let done = 0
  for await (const row of rowsOf(database, findings)) {
    if (done++ % progressRows === 0) {
      throwIfAborted(signal)
      onProgress?.({ done: done - 1, total })
    }
    rows.check(row)
  }
  attempt(findings, 'collections', () => rows.finish())
  onProgress?.({ done: total, total })
  database.exec('COMMIT')
  const { found, hasMore } = findings
  const isHealthy = found.length === 0
  return { isHealthy, format, ...counts, findings: found, hasMoreFindings: hasMore }
}

/** All entries and all of the past, in steps between which others get their turn. */
async function* rowsOf(
  database: SqliteDatabase,
  findings: Findings,
): AsyncGenerator<CheckedRow, void> {
  const columns = 'id, bucket_id, key, kind, structure, data'
  for (const [table, own] of [
    ['entries', 'bytes_apart, NULL AS bytes'],
    ['past', 'NULL AS bytes_apart, bytes'],
  ] as const) {
    const steps = prepareSteps(database, { table, order: 'id', large: ['data', 'structure'] })
    let step: RowStep | undefined
    for (;;) {
      let rows: CheckedRow[] = []
      attempt(findings, 'values', () => {
        step = step ? steps.after(step) : steps.first()
        if (!step) return
        const page = database.prepare(`SELECT ${columns}, ${own} FROM ${table} ${step.rows}`)
        rows = page.all(...step.values) as CheckedRow[]
      })
      yield* rows
      if (rows.length === 0) break
      await nextTurn()
    }
  }
}

/** An older format has other tables and counters, which `migrations.ts` alone knows. */
function formatTooOld(format: number): KvasirError {
  return new KvasirError(
    'KV_UNSUPPORTED',
    `The store has format ${format}, and only format ${migrations.length} can be checked. Open it once, which brings it up to date: with openStore, or a command such as "kvasir bucket list". "kvasir backup" makes a checked copy of it as it is.`,
    { outcome: 'not-applied', details: { format, supported: migrations.length } },
  )
}

function checkSchema(database: SqliteDatabase, driver: SqliteDriver, findings: Findings): void {
  const wanted = new driver.DatabaseSync(':memory:')
  try {
    for (const step of migrations) step(wanted)
    const there = schemaOf(database)
    for (const [name, { type, sql }] of schemaOf(wanted)) {
      const found = there.get(name)
      if (!found) findings.add('schema', `The ${type} "${name}" is missing.`)
      else if (found.sql !== sql)
        findings.add('schema', `The ${type} "${name}" is not as it was made.`)
    }
  } finally {
    wanted.close()
  }
}

function schemaOf(database: SqliteDatabase): ReadonlyMap<string, { type: string; sql: string }> {
  const rows = database
    .prepare("SELECT name, type, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
    .all() as { name: string; type: string; sql: string }[]
  return new Map(
    rows.map(({ name, type, sql }) => [name, { type, sql: sql.replaceAll(/\s+/g, ' ') }]),
  )
}

/** SQLite's own check: pages and their order, and every index against its table. */
function checkPages(database: SqliteDatabase, findings: Findings): void {
  attempt(findings, 'pages', () => {
    const rows = database.prepare(`PRAGMA integrity_check(${findingsMax})`).all()
    for (const { integrity_check: text } of rows as { integrity_check: string }[]) {
      if (text === 'ok') continue
      const isIndex = /\bindex \w+$|entries in index/.test(text)
      findings.add(isIndex ? 'indexes' : 'pages', `SQLite says: ${text}.`)
    }
  })
}

/** Damage that ends a check is a finding, and the others go on. */
function attempt(findings: Findings, check: Parameters<Findings['add']>[0], run: () => void): void {
  try {
    run()
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error))
    findings.add(check, `This cannot be checked to its end: ${message}.`)
  }
}

function countOf(database: SqliteDatabase, table: string): number {
  return numberOf(database, `SELECT count(*) FROM ${table} NOT INDEXED`)
}

function numberOf(database: SqliteDatabase, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() as object)[0])
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new KvasirError('KV_ABORTED', 'The call was aborted by its signal.', {
    outcome: 'not-applied',
  })
}
