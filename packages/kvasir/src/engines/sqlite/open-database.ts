import { KvasirError } from '../../errors/kvasir-error.ts'
import { databasePath, databaseSize, readMarker, writeMarker } from './data-directory.ts'
import { pagesInLog } from './log-pages.ts'
import { applicationId, formatTooNew, identify, type Migration, migrate } from './migrations.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import type { SqliteDatabase, SqliteDriver } from './sqlite-driver.ts'
import { fromSqlite, needsRollback } from './sqlite-errors.ts'

export interface DatabaseSettings {
  readonly driver: SqliteDriver
  readonly durability: 'durable' | 'relaxed'
  readonly busyTimeoutMs: number
  readonly migrations: readonly Migration[]
}

/** Where the bytes are that SQLite locks, on a page that is never written. */
const lockedBytesAt = 0x40000000

/** How long SQLite itself waits for a lock: it blocks the event loop meanwhile. */
const blockingBusyMs = 5

// Up to 20 MiB of pages in memory: with 64, reads from 134 MB were no quicker, since the operating
// system has the pages as well. Checkpoints are our own affair (`checkpoints.ts`). No memory-mapped
// reads: a disk error in a mapping kills the process, where a read reports it.
const tuning = `
  PRAGMA cache_size = -20480;
  PRAGMA mmap_size = 0;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 0;
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
  const size = databaseSize(directory)
  if (isMarked && !size) throw databaseGone()
  try {
    const { busyTimeoutMs } = settings
    const look = (): void => inspectRolledBack(directory, isMarked, settings)
    if (size) await retryWhileBusy(look, busyTimeoutMs)
    const database = await retryWhileBusy(() => connect(directory, settings), busyTimeoutMs)
    if (!isMarked) await writeMarker(directory)
    return database
  } catch (error) {
    throw fromSqlite(error)
  }
}

/** Inspects a file; one whose creation was cut off is first taken back to its beginning. */
function inspectRolledBack(directory: string, isMarked: boolean, settings: DatabaseSettings): void {
  try {
    inspect(directory, isMarked, settings)
  } catch (error) {
    if (!needsRollback(error)) throw error
    rollBackJournal(directory, settings)
    inspect(directory, isMarked, settings)
  }
}

/** Has SQLite undo what a journal beside the file says was not finished: reading does it. */
function rollBackJournal(directory: string, { driver }: DatabaseSettings): void {
  const database = new driver.DatabaseSync(databasePath(directory))
  try {
    database.exec(`PRAGMA busy_timeout = ${blockingBusyMs}; SELECT count(*) FROM sqlite_schema`)
  } finally {
    database.close()
  }
}

/** Looks at a file through a connection that cannot write, not even by tidying up its log. */
function inspect(directory: string, isMarked: boolean, settings: DatabaseSettings): void {
  connectReadOnly(directory, isMarked, settings).close()
}

/**
 * Opens the database of a data directory for reading, and changes nothing: neither are files
 * created, nor formats brought up to date.
 *
 * @throws {KvasirError} `KV_CORRUPT`, `KV_FORMAT_TOO_NEW`, `KV_BUSY`, `KV_INVALID_LOCATION` when
 * there is no store, and the disk's errors.
 */
export async function openForReading(
  directory: string,
  settings: Omit<DatabaseSettings, 'durability'>,
): Promise<SqliteDatabase> {
  const isMarked = await readMarker(directory)
  const size = databaseSize(directory)
  if (!size) throw isMarked ? databaseGone() : noStore(directory)
  try {
    const connect = () => connectReadOnly(directory, isMarked, settings)
    return await retryWhileBusy(connect, settings.busyTimeoutMs)
  } catch (error) {
    throw fromSqlite(error)
  }
}

function connectReadOnly(
  directory: string,
  isMarked: boolean,
  { driver, migrations }: Pick<DatabaseSettings, 'driver' | 'migrations'>,
): SqliteDatabase {
  const database = new driver.DatabaseSync(databasePath(directory), { readOnly: true })
  try {
    // In one transaction: another process may make the store at this moment.
    database.exec(`PRAGMA busy_timeout = ${blockingBusyMs}; BEGIN`)
    const identity = identify(database)
    database.exec('COMMIT')
    if (identity.isBlank && isMarked) throw databaseGone()
    if (!identity.isBlank && identity.applicationId !== applicationId) throw databaseForeign()
    if (identity.version > migrations.length) {
      throw formatTooNew(identity.version, migrations.length)
    }
    if (isCutShort(database, directory)) throw databaseCutShort()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Whether pages are missing at the file's end. SQLite itself notices that only while no other
 * connection is there, and not of a page of which a part is left.
 */
function isCutShort(database: SqliteDatabase, directory: string): boolean {
  const pages = database.prepare('PRAGMA page_count').get() as { page_count: number }
  const page = database.prepare('PRAGMA page_size').get() as { page_size: number }
  const last = pages.page_count
  const whole = () => Math.floor((databaseSize(directory) ?? 0) / page.page_size)
  if (whole() >= last) return false
  // In this order: a page that has left the log is in the file for good.
  const logged = pagesInLog(directory)
  const unused = Math.floor(lockedBytesAt / page.page_size) + 1
  for (let number = whole() + 1; number <= last; number++) {
    if (number !== unused && !logged.has(number)) return true
  }
  return false
}

function connect(directory: string, settings: DatabaseSettings): SqliteDatabase {
  const database = new settings.driver.DatabaseSync(databasePath(directory))
  try {
    database.exec(`PRAGMA busy_timeout = ${blockingBusyMs}`)
    database.exec('PRAGMA journal_mode = WAL')
    database.exec(tuning)
    // The tables must outlive a power cut however relaxed the writes are: the marker that follows
    // says that they are there.
    database.exec('PRAGMA synchronous = FULL')
    migrate(database, settings.migrations)
    if (settings.durability === 'relaxed') database.exec('PRAGMA synchronous = NORMAL')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function noStore(directory: string): KvasirError {
  return new KvasirError(
    'KV_INVALID_LOCATION',
    `There is no store in ${JSON.stringify(directory)}. Check the path.`,
    { details: { directory } },
  )
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

function databaseCutShort(): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    'The database file in the data directory has been cut short. Restore the directory from a backup; the file has not been changed.',
  )
}
