import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KvasirError } from '../../../errors/kvasir-error.ts'
import {
  databasePath,
  databaseSize,
  errnoOf,
  fromFileSystem,
  syncDirectory,
  writeMarker,
} from '../data-directory.ts'
import { announceHolder, readHolders } from '../holders.ts'
import { migrate } from '../migrations.ts'
import { Presence } from '../presence.ts'
import { loadSqliteDriver, type SqliteDriver } from '../sqlite-driver.ts'
import { fromSqlite } from '../sqlite-errors.ts'
import {
  type BackupManifest,
  damagedBackup,
  databaseName,
  fingerprintOf,
  readManifest,
} from './backup-manifest.ts'
import { checkFile, syncFile } from './backup-store.ts'
import type { MaintenanceOptions } from './store-report.ts'

export interface RestoreOptions extends MaintenanceOptions {
  /**
   * Whether a store that is there gives way: its files are moved into a subdirectory
   * `replaced-<time>` and not deleted.
   */
  readonly replace?: boolean
}

/** Directories for drafts; a killed restore leaves its own behind. */
const draftStart = `${databaseName}.partial-`

/**
 * Restores a backup into a directory, which is created if need be. The backup is checked as a whole
 * before anything is put in place, and the store is there whole or not at all. While a store is
 * being replaced, from beginning to end, nobody can open it: that is refused with `KV_BUSY`. A
 * store that somebody makes meanwhile in an empty directory stays, and the restore is refused.
 *
 * Progress is told of the check, which goes through the rows of the copy.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when there is no backup, or the directory is not
 * empty; `KV_CORRUPT` when the backup is damaged; `KV_BUSY` when a store that is to be replaced is
 * open; `KV_FORMAT_TOO_NEW`, `KV_STORAGE_FULL`, `KV_ABORTED`.
 */
export async function restoreStore(
  backup: string,
  directory: string,
  { replace = false, ...options }: RestoreOptions = {},
): Promise<BackupManifest> {
  const driver = await loadSqliteDriver()
  const manifest = await readManifest(backup)
  let apart: string | undefined
  let release: (() => void) | undefined
  try {
    await mkdir(directory, { recursive: true })
    release = await takeTarget(directory, { replace, driver })
    apart = await mkdtemp(join(directory, draftStart))
    const draft = join(apart, databaseName)
    await copyFile(join(backup, databaseName), draft)
    await checkCopy(draft, { backup, manifest, driver, ...options })
    await syncFile(draft)
    if (replace) await moveAside(directory, manifest)
    await putInPlace(draft, directory)
    await syncDirectory(directory)
    await writeMarker(directory)
    return manifest
  } catch (error) {
    if (KvasirError.is(error)) throw error
    throw error instanceof Error && 'errcode' in error
      ? fromSqlite(error)
      : fromFileSystem(error, directory)
  } finally {
    release?.()
    // What cannot be removed is in nobody's way, and the first error is the one to tell.
    if (apart) await rm(apart, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Gives the database its name, unless one has it: somebody may have made a store meanwhile. */
async function putInPlace(draft: string, directory: string): Promise<void> {
  const path = databasePath(directory)
  try {
    await link(draft, path)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw madeMeanwhile(directory)
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error))) throw error
    // A file system without hard links, where looking and moving are two steps.
    if (databaseSize(directory) !== undefined) throw madeMeanwhile(directory)
    await rename(draft, path)
  }
}

async function checkCopy(
  draft: string,
  {
    backup,
    manifest,
    driver,
    ...options
  }: { backup: string; manifest: BackupManifest; driver: SqliteDriver } & MaintenanceOptions,
): Promise<void> {
  const { bytes, sha256 } = await fingerprintOf(draft)
  if (bytes !== manifest.bytes || sha256 !== manifest.sha256) {
    throw damagedBackup(backup, `${databaseName} is not the file that was made`)
  }
  bringUpToDate(draft, driver)
  const report = await checkFile(draft, driver, options)
  const [finding] = report.findings
  if (finding) throw damagedBackup(backup, finding.message)
}

/** An older version of Kvasir may have made the backup, in an older format. */
function bringUpToDate(draft: string, driver: SqliteDriver): void {
  const database = new driver.DatabaseSync(draft)
  try {
    // Nobody sees the file before it is whole and synced.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF')
    migrate(database)
  } finally {
    database.close()
  }
}

/**
 * Sees to it that the directory is free, and that nobody opens a store in it that is being
 * replaced; answers how to let others in again.
 */
async function takeTarget(
  directory: string,
  { replace, driver }: { replace: boolean; driver: SqliteDriver },
): Promise<() => void> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith(draftStart))
  if (names.length === 0) return () => undefined
  if (!replace) {
    throw new KvasirError(
      'KV_INVALID_LOCATION',
      `The directory ${JSON.stringify(directory)} is not empty. Restore into another one, or say that its store is to be replaced (--replace, { replace: true }).`,
      { outcome: 'not-applied' },
    )
  }
  const presence = new Presence(directory, driver)
  if (readHolders(directory).length > 0 || !presence.takeAlone()) {
    presence.close()
    throw storeIsOpen(directory)
  }
  // So that whoever is refused meanwhile is told by whom.
  const leave = announceHolder(directory, new Date().toISOString())
  return () => {
    presence.close()
    leave()
  }
}

function madeMeanwhile(directory: string): KvasirError {
  return new KvasirError(
    'KV_INVALID_LOCATION',
    `While the backup was being checked, a store was made in ${JSON.stringify(directory)}. It was left as it is, and nothing was restored. Restore into another directory, or close that store and say that it is to be replaced (--replace, { replace: true }).`,
    { outcome: 'not-applied' },
  )
}

function storeIsOpen(directory: string): KvasirError {
  return new KvasirError(
    'KV_BUSY',
    `The store in ${JSON.stringify(directory)} is open. Stop every process that uses it, and restore then.`,
    { outcome: 'not-applied', retryable: false },
  )
}

/**
 * Puts the present store out of the way. The marker stays: until the new database is in place, it
 * keeps anybody from beginning an empty store here.
 */
async function moveAside(directory: string, { madeAt }: BackupManifest): Promise<void> {
  const names = await readdir(directory)
  const ours = [databaseName, `${databaseName}-wal`, `${databaseName}-shm`]
  const present = ours.filter((name) => names.includes(name))
  if (present.length === 0) return
  const aside = await freeName(directory, `replaced-by-${madeAt.replaceAll(':', '')}`, names)
  await mkdir(aside)
  for (const name of present) await rename(join(directory, name), join(aside, name))
  await syncDirectory(aside)
  await syncDirectory(directory)
}

async function freeName(
  directory: string,
  wanted: string,
  taken: readonly string[],
): Promise<string> {
  let name = wanted
  for (let number = 2; taken.includes(name); number++) name = `${wanted}-${number}`
  return join(directory, name)
}
