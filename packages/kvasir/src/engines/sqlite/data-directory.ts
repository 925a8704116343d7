import { accessSync, constants, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ErrorCode } from '../../errors/error-codes.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { formatTooNew } from './migrations.ts'

// A file of our own stands beside SQLite's. SQLite takes an emptied file for a new database; while
// the marker is there, we know better.
const markerName = 'kvasir.json'
const directoryFormat = 1

export function databasePath(directory: string): string {
  return join(directory, 'kvasir.db')
}

export function presencePath(directory: string): string {
  return join(directory, 'presence.db')
}

/**
 * Sees to it that the data directory exists and can be written to; answers its real path.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION`, `KV_STORAGE_READ_ONLY`, `KV_STORAGE_FULL`.
 */
export async function prepareDirectory(directory: string): Promise<string> {
  try {
    // Without the threads of the asynchronous calls: SQLite's calls, which follow, wait as well.
    const firstCreated = mkdirSync(directory, { recursive: true })
    accessSync(directory, constants.W_OK)
    const path = realpathSync.native(directory)
    if (firstCreated !== undefined) await syncCreated(path, realpathSync.native(firstCreated))
    return path
  } catch (error) {
    throw fromFileSystem(error, directory)
  }
}

/**
 * Bytes of the database file, or of the log beside it; `undefined` when there is none.
 *
 * The files are never opened here: closing one again would drop the locks that SQLite may hold on
 * it in another thread of this process.
 */
export function databaseSize(directory: string, suffix: '' | '-wal' = ''): number | undefined {
  try {
    return statSync(databasePath(directory) + suffix, { throwIfNoEntry: false })?.size
  } catch (error) {
    throw fromFileSystem(error, directory)
  }
}

/** Tells the database file from one that takes its place; `undefined` when there is none. */
export function databaseIdentity(directory: string): string | undefined {
  const found = statSync(databasePath(directory), { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

/**
 * Whether a store was created in the directory before.
 *
 * @throws {KvasirError} `KV_CORRUPT` when the marker is not ours; `KV_FORMAT_TOO_NEW`.
 */
export function readMarker(directory: string): boolean {
  let text: string
  try {
    text = readFileSync(join(directory, markerName), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw fromFileSystem(error, directory)
  }
  const format = formatOf(text)
  if (format === undefined) throw markerDamaged()
  if (format > directoryFormat) throw formatTooNew(format, directoryFormat)
  return true
}

/** Writes the marker so that a crash leaves either all of it or none. */
export async function writeMarker(directory: string): Promise<void> {
  const path = join(directory, markerName)
  const draftPath = `${path}.${process.pid}.tmp`
  try {
    const draft = await open(draftPath, 'w')
    try {
      await draft.writeFile(`${JSON.stringify({ store: 'kvasir', format: directoryFormat })}\n`)
      await draft.sync()
    } finally {
      await draft.close()
    }
    await rename(draftPath, path)
    await syncDirectory(directory)
  } catch (error) {
    throw fromFileSystem(error, directory)
  }
}

/** A new directory may be gone after a power cut, with all it holds, until its parent is synced. */
async function syncCreated(directory: string, firstCreated: string): Promise<void> {
  for (let created = directory; ; created = dirname(created)) {
    try {
      await syncDirectory(dirname(created))
    } catch (error) {
      // One may create a directory where one may not look around; then there is no way to sync it.
      if (errnoOf(error) !== 'EACCES') throw error
    }
    if (created === firstCreated) return
  }
}

export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return // Directories cannot be opened there.
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function formatOf(text: string): number | undefined {
  try {
    const marker: unknown = JSON.parse(text)
    if (typeof marker !== 'object' || marker === null) return undefined
    const { store, format } = marker as { store?: unknown; format?: unknown }
    return store === 'kvasir' && typeof format === 'number' ? format : undefined
  } catch {
    return undefined // Not JSON: reported by the caller like any other damage.
  }
}

function markerDamaged(): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    `The file ${markerName} in the data directory is damaged or belongs to another program. Restore the data directory from a backup, or choose another one.`,
  )
}

const fileSystemErrors: Readonly<Record<string, readonly [code: ErrorCode, reason: string]>> = {
  ENOTDIR: ['KV_INVALID_LOCATION', 'a part of the path is a file. Name a directory'],
  EEXIST: ['KV_INVALID_LOCATION', 'there is a file of that name. Name a directory'],
  EISDIR: ['KV_INVALID_LOCATION', 'a file of the store is a directory. Choose another directory'],
  ENOENT: ['KV_INVALID_LOCATION', 'the path is empty or leads nowhere. Name a directory'],
  ENAMETOOLONG: ['KV_INVALID_LOCATION', 'the path is too long. Choose a shorter one'],
  ELOOP: ['KV_INVALID_LOCATION', 'its symbolic links go in a circle. Choose another path'],
  ERR_INVALID_ARG_VALUE: ['KV_INVALID_LOCATION', 'the path holds a NUL. Name a directory'],
  EACCES: ['KV_STORAGE_READ_ONLY', 'it may not be written to. Check its owner and permissions'],
  EPERM: ['KV_STORAGE_READ_ONLY', 'it may not be written to. Check its owner and permissions'],
  EROFS: ['KV_STORAGE_READ_ONLY', 'its disk is mounted read-only. Remount it or choose another'],
  ENOSPC: ['KV_STORAGE_FULL', 'the disk is full. Free some space'],
  EDQUOT: ['KV_STORAGE_FULL', 'the disk quota is used up. Free some space'],
}

export function fromFileSystem(error: unknown, directory: string): KvasirError {
  const [code, reason] = fileSystemErrors[errnoOf(error)] ?? [
    'KV_STORAGE_FAILED',
    'the disk answered with an error. Check the disk',
  ]
  const message = `The data directory ${JSON.stringify(directory)} cannot be used: ${reason}.`
  return new KvasirError(code, message, { cause: error, details: { directory } })
}

export function errnoOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return String(error.code)
}
