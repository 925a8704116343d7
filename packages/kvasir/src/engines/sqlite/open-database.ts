import { KvasirError } from '../../errors/kvasir-error.ts'
import { databasePath, databaseSize, readMarker, writeMarker } from './data-directory.ts'
import { applicationId, formatTooNew, identify, type Migration, migrate } from './migrations.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import type { SqliteDatabase, SqliteDriver } from './sqlite-driver.ts'
import { fromSqlite } from './sqlite-errors.ts'

export interface DatabaseSettings {
  readonly driver: SqliteDriver
  readonly durability: 'durable' | 'relaxed'
  readonly busyTimeoutMs: number
  readonly migrations: readonly Migration[]
}

/** How long SQLite itself waits for a lock: it blocks the event loop meanwhile. */
const blockingBusyMs = 5

// Up to 64 MiB of pages in memory. Checkpoints come every 16 MiB of log: they stop the process, so
// rarer is better on average and smaller is better for the longest stop. No memory-mapped reads: a
// disk error in a mapping kills the process, where a read reports it.
const tuning = `
  PRAGMA cache_size = -65536;
  PRAGMA mmap_size = 0;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA foreign_keys = OFF;
`

/**
 * Opens the database of a data directory, creating or migrating it.
 *
 * A file that is damaged, foreign or too new is reported and left as it was, byte for byte.
 *
 * @throws {KvasirError} `KV_CORRUPT`, `KV_FORMAT_TOO_NEW`, `KV_BUSY`, and the disk's errors.
 */
export async function openDatabase(
  directory: string,
  settings: DatabaseSettings,
): Promise<SqliteDatabase> {
  const isMarked = await readMarker(directory)
  const size = await databaseSize(directory)
  if (isMarked && !size) throw databaseGone()
  try {
    const path = databasePath(directory)
    if (size) await retryWhileBusy(() => inspect(path, isMarked, settings), settings.busyTimeoutMs)
    const database = await retryWhileBusy(() => connect(path, settings), settings.busyTimeoutMs)
    if (!isMarked) await writeMarker(directory)
    return database
  } catch (error) {
    throw fromSqlite(error)
  }
}

/** Looks at a file through a connection that cannot write, not even by tidying up its log. */
function inspect(path: string, isMarked: boolean, { driver, migrations }: DatabaseSettings): void {
  const database = new driver.DatabaseSync(path, { readOnly: true })
  try {
    database.exec(`PRAGMA busy_timeout = ${blockingBusyMs}`)
    const identity = identify(database)
    if (identity.isBlank && isMarked) throw databaseGone()
    if (!identity.isBlank && identity.applicationId !== applicationId) throw databaseForeign()
    if (identity.version > migrations.length) {
      throw formatTooNew(identity.version, migrations.length)
    }
  } finally {
    database.close()
  }
}

function connect(path: string, settings: DatabaseSettings): SqliteDatabase {
  const database = new settings.driver.DatabaseSync(path)
  try {
    database.exec(`PRAGMA busy_timeout = ${blockingBusyMs}`)
    database.exec('PRAGMA journal_mode = WAL')
    database.exec(`PRAGMA synchronous = ${settings.durability === 'durable' ? 'FULL' : 'NORMAL'}`)
    database.exec(tuning)
    migrate(database, settings.migrations)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function databaseGone(): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    'The data directory held a store, but its database file is missing or empty. Restore the directory from a backup; to start anew, delete the directory.',
  )
}

function databaseForeign(): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    'The database file in the data directory was not made by Kvasir. Choose another directory; the file has not been changed.',
  )
}
