import { KvasirError } from '../../errors/kvasir-error.ts'
import { findAnswersByFirst, joinAnswers } from './migrate-answers.ts'
import { addRevisions } from './migrate-revisions.ts'
import type { SqliteDatabase } from './sqlite-driver.ts'

/** Takes the tables from one format version to the next. It runs inside a transaction. */
export type Migration = (database: SqliteDatabase) => void

/** `PRAGMA application_id` of our files: "Kvas" in ASCII. */
export const applicationId = 0x4b_76_61_73

/**
 * All steps, oldest first: a file's `PRAGMA user_version` says how many of them it has been
 * through. Steps that were released are never changed; a new format is a new step at the end.
 */
export const migrations: readonly Migration[] = [
  createTables,
  joinAnswers,
  addRevisions,
  findAnswersByFirst,
]

/** What a file says of itself. */
export interface FileIdentity {
  readonly applicationId: number
  readonly version: number
  /** Whether the file holds nothing at all, as one that SQLite has just created. */
  readonly isBlank: boolean
}

export function identify(database: SqliteDatabase): FileIdentity {
  const application = database.prepare('PRAGMA application_id').get()
  const version = database.prepare('PRAGMA user_version').get()
  const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()
  const found = {
    applicationId: (application as { application_id: number }).application_id,
    version: (version as { user_version: number }).user_version,
  }
  const isUnmarked = found.applicationId === 0 && found.version === 0
  return { ...found, isBlank: isUnmarked && (tables as { tables: number }).tables === 0 }
}

/**
 * Brings a file to the newest format, in one transaction: all of it or nothing.
 *
 * @throws {KvasirError} `KV_FORMAT_TOO_NEW` when a newer version of Kvasir wrote the file.
 */
export function migrate(database: SqliteDatabase, steps: readonly Migration[] = migrations): void {
  if (identify(database).version === steps.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Read again under the lock: another process may have been quicker.
    const { version } = identify(database)
    if (version > steps.length) throw formatTooNew(version, steps.length)
    for (const step of steps.slice(version)) step(database)
    database.exec(`PRAGMA application_id = ${applicationId}`)
    database.exec(`PRAGMA user_version = ${steps.length}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

export function formatTooNew(version: number, supported: number): KvasirError {
  return new KvasirError(
    'KV_FORMAT_TOO_NEW',
    `The store has format ${version}, and this version of Kvasir knows formats up to ${supported}. Update Kvasir; the files have not been changed.`,
    { details: { version, supported } },
  )
}

// A table with rowids, on purpose: without them values of 1 KB read three times slower and take
// three times the space. Keys are BLOBs, so that they order by their UTF-8 bytes and may hold NUL.
// Ids of buckets are never used again, so that a bucket created anew is another bucket; nor are
// those of collections, the large lists and sets of records, whose rows may be freed later. The
// table `copies` names the buckets that copy another; `is_origin` says whether it names any of one.
function createTables(database: SqliteDatabase): void {
  database.exec(`
    CREATE TABLE buckets (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      project TEXT NOT NULL,
      name TEXT NOT NULL,
      config TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      keys INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      markers INTEGER NOT NULL,
      oldest_resume INTEGER NOT NULL,
      cleared_revision INTEGER,
      cleared_at INTEGER,
      is_origin INTEGER NOT NULL DEFAULT 0,
      published_since INTEGER,
      UNIQUE (project, name)
    );
    CREATE INDEX buckets_publishing ON buckets (project, name) WHERE published_since IS NOT NULL;
    CREATE TABLE copies (
      project TEXT NOT NULL,
      origin TEXT NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (project, origin, name)
    ) WITHOUT ROWID;
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY,
      bucket_id INTEGER NOT NULL,
      key BLOB NOT NULL,
      revision INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      expires_at INTEGER,
      kind INTEGER NOT NULL,
      structure TEXT,
      bytes_apart INTEGER NOT NULL DEFAULT 0,
      data NOT NULL
    );
    CREATE UNIQUE INDEX entries_by_key ON entries (bucket_id, key);
    CREATE INDEX entries_by_revision ON entries (bucket_id, revision);
    CREATE INDEX entries_by_expiry ON entries (expires_at, bucket_id) WHERE expires_at IS NOT NULL;
    CREATE TABLE past (
      id INTEGER PRIMARY KEY,
      bucket_id INTEGER NOT NULL,
      key BLOB NOT NULL,
      revision INTEGER NOT NULL,
      change INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      created_at INTEGER,
      updated_at INTEGER NOT NULL,
      expires_at INTEGER,
      kind INTEGER,
      structure TEXT,
      data
    );
    CREATE UNIQUE INDEX past_by_key ON past (bucket_id, key, revision);
    CREATE INDEX past_removals ON past (bucket_id, revision) WHERE change > 0;
    CREATE TABLE collections (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      bucket_id INTEGER NOT NULL,
      is_freed INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX collections_by_bucket ON collections (bucket_id);
    CREATE INDEX collections_freed ON collections (id) WHERE is_freed = 1;
    CREATE TABLE elements (
      collection_id INTEGER NOT NULL,
      position INTEGER NOT NULL,
      data TEXT NOT NULL,
      sets TEXT,
      PRIMARY KEY (collection_id, position)
    ) WITHOUT ROWID;
    CREATE TABLE members (
      collection_id INTEGER NOT NULL,
      data TEXT NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY (collection_id, data)
    ) WITHOUT ROWID;
    CREATE TABLE answers (
      bucket_id INTEGER NOT NULL,
      idempotency_key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      result TEXT NOT NULL,
      keep_until INTEGER NOT NULL,
      PRIMARY KEY (bucket_id, idempotency_key)
    );
    CREATE INDEX answers_by_end ON answers (keep_until);
    CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), highest_ms INTEGER NOT NULL);
    INSERT INTO clock VALUES (1, 0);
  `)
}
