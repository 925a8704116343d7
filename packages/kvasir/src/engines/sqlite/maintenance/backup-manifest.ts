import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KvasirError } from '../../../errors/kvasir-error.ts'
import { formatTooNew } from '../migrations.ts'

// A backup is a directory with the database and this beside it. The database is an ordinary file of
// SQLite, without a log, so that anybody can look into it.

export const databaseName = 'kvasir.db'
const manifestName = 'backup.json'
const manifestVersion = 1

/** What a backup says of itself. */
export interface BackupManifest {
  readonly backup: 'kvasir'
  readonly version: number
  /** When it was begun: the instant that it holds. */
  readonly madeAt: string
  /** The format of the database. */
  readonly format: number
  readonly buckets: number
  readonly entries: number
  readonly past: number
  /** Of the database file. */
  readonly bytes: number
  readonly sha256: string
}

export function newManifest(facts: Omit<BackupManifest, 'backup' | 'version'>): BackupManifest {
  return { backup: 'kvasir', version: manifestVersion, ...facts }
}

export async function writeManifest(directory: string, manifest: BackupManifest): Promise<void> {
  const file = await open(join(directory, manifestName), 'wx')
  try {
    await file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** @throws {KvasirError} `KV_INVALID_LOCATION`, `KV_CORRUPT`, `KV_FORMAT_TOO_NEW`. */
export async function readManifest(directory: string): Promise<BackupManifest> {
  let text: string
  try {
    text = await readFile(join(directory, manifestName), 'utf8')
  } catch (cause) {
    const message = `There is no backup in ${JSON.stringify(directory)}: it has no ${manifestName} that can be read. Check the path.`
    throw new KvasirError('KV_INVALID_LOCATION', message, { cause, outcome: 'not-applied' })
  }
  const manifest = parse(text)
  if (!manifest) {
    throw damagedBackup(directory, `${manifestName} is not what a backup has`)
  }
  if (manifest.version > manifestVersion) throw formatTooNew(manifest.version, manifestVersion)
  return manifest
}

export function damagedBackup(directory: string, what: string): KvasirError {
  return new KvasirError(
    'KV_CORRUPT',
    `The backup in ${JSON.stringify(directory)} is damaged: ${what}. Nothing was restored; use another backup.`,
    { outcome: 'not-applied' },
  )
}

/** The size and the checksum of a file as the disk has it. */
export async function fingerprintOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    bytes += chunk.byteLength
  }
  return { bytes, sha256: hash.digest('hex') }
}

function parse(text: string): BackupManifest | undefined {
  try {
    const found = JSON.parse(text) as Partial<BackupManifest> | null
    const isManifest =
      found?.backup === 'kvasir' &&
      typeof found.version === 'number' &&
      typeof found.sha256 === 'string'
    return isManifest ? (found as BackupManifest) : undefined
  } catch {
    return undefined // Not JSON: reported by the caller like any other damage.
  }
}
