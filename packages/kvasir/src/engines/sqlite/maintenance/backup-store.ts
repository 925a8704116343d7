import { mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Clock, systemClock } from '../../../engine/clock.ts'
import { KvasirError } from '../../../errors/kvasir-error.ts'
import { databasePath, fromFileSystem, syncDirectory } from '../data-directory.ts'
import { migrations } from '../migrations.ts'
import { openForReading } from '../open-database.ts'
import { loadSqliteDriver, type SqliteDriver } from '../sqlite-driver.ts'
import { fromSqlite } from '../sqlite-errors.ts'
import {
  type BackupManifest,
  databaseName,
  fingerprintOf,
  newManifest,
  writeManifest,
} from './backup-manifest.ts'
import { checkDatabase } from './check-store.ts'
import { copyTables } from './copy-tables.ts'
import type { MaintenanceOptions, StoreReport } from './store-report.ts'

const busyTimeoutMs = 10_000

export interface BackupOptions extends MaintenanceOptions {
  /** Where the time of the backup comes from. Default: the system. */
  readonly clock?: Clock
}

/**
 * Makes a backup of a store, also while it is being used: a new directory that holds one instant of
 * it, checked, with a checksum. Under its name it is there whole or not at all; what a killed
 * backup leaves behind has another name, `<target>.partial-…`, and may be deleted.
 *
 * While it runs, the store's log cannot be emptied and grows by what is written.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when the target exists or there is no store;
 * `KV_CORRUPT` when the store is damaged; `KV_STORAGE_FULL`, `KV_ABORTED`.
 */
export async function backupStore(
  directory: string,
  target: string,
  options: BackupOptions = {},
): Promise<BackupManifest> {
  const driver = await loadSqliteDriver()
  // It looks at the files before anything is created.
  const found = await openForReading(directory, { driver, busyTimeoutMs, migrations })
  found.close()
  if (await exists(target)) throw targetExists(target)
  const draft = await makeDraft(target)
  try {
    const manifest = await fill(directory, draft, { ...options, driver })
    if (await exists(target)) throw targetExists(target)
    await rename(draft, target)
    await syncDirectory(dirname(target))
    return manifest
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw fromSqlite(KvasirError.is(error) ? error : translated(error, target))
  }
}

async function fill(
  directory: string,
  draft: string,
  { driver, clock = systemClock, ...options }: BackupOptions & { driver: SqliteDriver },
): Promise<BackupManifest> {
  const path = join(draft, databaseName)
  const madeAt = new Date(clock.wallMs()).toISOString()
  await copyInto(path, { directory, driver, ...options })
  const report = await checkFile(path, driver, {
    ...(options.signal && { signal: options.signal }),
  })
  if (!report.isHealthy) throw damagedStore(directory, report)
  await syncFile(path)
  const { format, buckets, entries, past } = report
  const facts = { madeAt, format, buckets, entries, past, ...(await fingerprintOf(path)) }
  const manifest = newManifest(facts)
  await writeManifest(draft, manifest)
  await syncDirectory(draft)
  return manifest
}

async function copyInto(
  path: string,
  { directory, driver, ...options }: { directory: string; driver: SqliteDriver } & BackupOptions,
): Promise<void> {
  const database = new driver.DatabaseSync(path)
  try {
    // Nobody sees the file before it is whole and synced, so that nothing needs to be undone.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 50')
    database.prepare('ATTACH ? AS store').run(databasePath(directory))
    await copyTables(database, options)
  } finally {
    database.close()
  }
}

/** Checks the database of a backup. */
export async function checkFile(
  path: string,
  driver: SqliteDriver,
  options: MaintenanceOptions,
): Promise<StoreReport> {
  const database = new driver.DatabaseSync(path, { readOnly: true })
  try {
    return await checkDatabase(database, driver, options)
  } finally {
    database.close()
  }
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function makeDraft(target: string): Promise<string> {
  const parent = dirname(target)
  try {
    await mkdir(parent, { recursive: true })
    return await mkdtemp(join(parent, `${basename(target)}.partial-`))
  } catch (error) {
    throw fromFileSystem(error, target)
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function translated(error: unknown, target: string): unknown {
  return error instanceof Error && 'errcode' in error ? error : fromFileSystem(error, target)
}

function targetExists(target: string): KvasirError {
  return new KvasirError(
    'KV_INVALID_LOCATION',
    `${JSON.stringify(target)} exists, and a backup overwrites nothing. Name a directory that does not exist yet.`,
    { outcome: 'not-applied' },
  )
}

function damagedStore(directory: string, { findings }: StoreReport): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    `The store in ${JSON.stringify(directory)} is damaged, and no backup was made: ${findings[0]?.message} "kvasir doctor" tells all of it; to keep what there is, stop everything that uses the directory and copy it.`,
    { outcome: 'not-applied', details: { findings } },
  )
}
