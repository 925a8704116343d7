import { collectionStatements } from './collections/collection-statements.ts'
import { copyStatements } from './copy-statements.ts'
import {
  type Prepare,
  type PrepareCells,
  type PrepareEffect,
  prepareAtFirstUse,
} from './prepare-at-first-use.ts'
import { revisionStatements } from './revision-statements.ts'
import { prepareCells, prepareEffect, type SqliteDatabase } from './sqlite-driver.ts'
import { partsKind } from './sqlite-rows.ts'

/** Every statement that is used often, prepared once per connection, when it is first used. */
export type SqliteStatements = ReturnType<typeof prepareStatements>

/** A key as `keyCell` gives it. */
const isKey = 'key = CAST(? AS BLOB)'
const headColumns = 'revision, created_at, updated_at, expires_at'
const entryColumns = `${headColumns}, kind, structure, data`
const writtenColumns = `${headColumns}, kind, structure, bytes_apart, data`
/** Known from the row's header, without its data. */
const entryBytes = 'length(key) + octet_length(data) + bytes_apart'
/** A head, what its entry counts, and which collections go with it. */
const sizedHeadColumns = `${headColumns}, ${entryBytes} AS bytes,
  CASE WHEN kind = ${partsKind} THEN structure END AS parts`
const pastColumns = `bucket_id, key, revision, change, bytes, created_at, updated_at, expires_at, kind, structure, data`

export function prepareStatements(database: SqliteDatabase) {
  const prepare: Prepare = (sql) => () => database.prepare(sql)
  const cells: PrepareCells = (sql) => () => prepareCells(database, sql)
  const effect: PrepareEffect = (sql) => () => prepareEffect(database, sql)
  return prepareAtFirstUse({
    ...transactionStatements(prepare, effect),
    dataVersionCells: cells('PRAGMA data_version'),
    ...bucketStatements(prepare),
    ...lookUpStatements(cells),
    ...entryStatements(prepare, effect),
    ...expiryStatements(prepare, cells),
    ...revisionStatements(prepare, effect),
    ...pastStatements(prepare, effect),
    ...collectionStatements(prepare, { cells, effect }),
    ...answerStatements(prepare, { cells, effect }),
    ...copyStatements(prepare, entryColumns),
  })
}

function transactionStatements(prepare: Prepare, effect: PrepareEffect) {
  return {
    begin: effect('BEGIN'),
    beginImmediate: effect('BEGIN IMMEDIATE'),
    commit: effect('COMMIT'),
    rollback: effect('ROLLBACK'),
    /** Differs from before once another connection has committed. */
    dataVersion: prepare('PRAGMA data_version'),
    /** Rows that the connection has changed since it was opened. */
    totalChanges: prepare('SELECT total_changes() AS rows'),
    reusableBytes: prepare(
      'SELECT freelist_count * page_size AS bytes FROM pragma_freelist_count, pragma_page_size',
    ),
    highestTime: prepare(
      'SELECT max(highest_ms, (SELECT coalesce(max(changed_at), 0) FROM bucket_rows)) AS ms FROM clock',
    ),
    keepHighestTime: prepare('UPDATE clock SET highest_ms = ?1 WHERE highest_ms < ?1'),
    /** Changes something in any case, so that other connections have a new data version. */
    noteArrival: prepare('UPDATE clock SET highest_ms = max(highest_ms + 1, ?1)'),
  }
}

function bucketStatements(prepare: Prepare) {
  return {
    bucketByName: prepare('SELECT * FROM bucket_rows WHERE project = ? AND name = ?'),
    bucketById: prepare('SELECT * FROM bucket_rows WHERE id = ?'),
    bucketName: prepare('SELECT project, name FROM buckets WHERE id = ?'),
    // A mirror is left as it is: what it holds is what its origin holds.
    memoryBucketsInUse: prepare(
      `SELECT project, name FROM bucket_rows
       WHERE json_extract(config, '$.storage') = 'memory'
         AND json_extract(config, '$.mirror') IS NULL
         AND revision > coalesce(cleared_revision, 0)`,
    ),
    bucketId: prepare('SELECT id FROM buckets WHERE project = ? AND name = ?'),
    bucketRevision: prepare('SELECT max(revision) AS revision FROM revisions WHERE bucket_id = ?'),
    bucketsAfter: prepare(
      `SELECT * FROM bucket_rows WHERE project = ? AND name > ? AND name NOT LIKE '%.%'
       ORDER BY name LIMIT ?`,
    ),
    publishingBucketsAfter: prepare(
      `SELECT * FROM bucket_rows
       WHERE project = ? AND name > ? AND published_since IS NOT NULL ORDER BY name LIMIT ?`,
    ),
    // Being looked at writes the row of a bucket that is there from the start, at revision 0.
    projectsAfter: prepare(
      `SELECT DISTINCT project FROM bucket_rows
       WHERE project > ? AND project NOT LIKE '.%'
         AND (revision > 0 OR (name <> 'default' AND name NOT LIKE '%.%'))
       ORDER BY project LIMIT ?`,
    ),
    addBucket: prepare(
      `INSERT INTO buckets (project, name, config, created_at, oldest_resume, published_since)
       VALUES (?, ?, ?, ?, 0, ?) RETURNING id`,
    ),
    writeBucket: prepare(
      `UPDATE buckets SET config = ?, oldest_resume = ?, cleared_revision = ?, cleared_at = ?,
         published_since = ? WHERE id = ?`,
    ),
    removeBucket: prepare('DELETE FROM buckets WHERE id = ?'),
  }
}

/** What reading or writing a key begins with. Rows are arrays: see `EntryCells`, `ExpiryCells`. */
function lookUpStatements(prepare: PrepareCells) {
  const entry = `SELECT ${entryColumns} FROM entries WHERE bucket_id = ?1 AND key = CAST(?2 AS BLOB)`
  // An index has the expiry; 1 stands for the revision of what is there.
  const expiry = 'SELECT 1, expires_at FROM entries WHERE bucket_id = ?1 AND key = CAST(?2 AS BLOB)'
  return {
    entryCells: prepare(entry),
    expiryCells: prepare(expiry),
    revisionCells: prepare(`SELECT revision FROM entries WHERE bucket_id = ? AND ${isKey}`),
    /** The first expiry after one time and not after another. */
    dueBetween: prepare(
      `SELECT expires_at FROM entries INDEXED BY entries_by_expiry
       WHERE expires_at > ? AND expires_at <= ? ORDER BY expires_at LIMIT 1`,
    ),
    /** As `EntryCells`, after the row's id: for writes. */
    entryWithId: prepare(entry.replace('SELECT', 'SELECT id,')),
    /** As `SizedHeadCells`: for writes. */
    sizedHead: prepare(
      `SELECT id, ${sizedHeadColumns} FROM entries WHERE bucket_id = ? AND ${isKey}`,
    ),
    // These two end with a row of revision 0 if the bucket itself is there: a reader that takes the
    // first row has one look-up for the entry and, failing that, for the bucket.
    entryOrBucket: prepare(
      `${entry} UNION ALL SELECT 0, 0, 0, NULL, 0, NULL, '' FROM buckets WHERE id = ?1`,
    ),
    expiryOrBucket: prepare(`${expiry} UNION ALL SELECT 0, NULL FROM buckets WHERE id = ?1`),
  }
}

function entryStatements(prepare: Prepare, effect: PrepareEffect) {
  const update = `UPDATE entries SET revision = ?, created_at = ?, updated_at = ?, expires_at = ?,
    kind = ?, structure = ?, bytes_apart = ?, data = ?`
  return {
    entry: prepare(`SELECT ${entryColumns} FROM entries WHERE bucket_id = ? AND ${isKey}`),
    insertEntry: prepare(
      `INSERT INTO entries (bucket_id, key, ${writtenColumns})
       VALUES (?, CAST(? AS BLOB), ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    updateEntry: effect(`${update} WHERE id = ?`),
    /** Leaves the indexes as they are. */
    updateEntryOfSameExpiry: effect(
      `UPDATE entries SET revision = ?, created_at = ?, updated_at = ?, kind = ?, structure = ?,
         bytes_apart = ?, data = ? WHERE id = ?`,
    ),
    removeEntry: effect('DELETE FROM entries WHERE id = ?'),
    removeEntries: prepare('DELETE FROM entries WHERE bucket_id = ?'),
    capExpiries: prepare(
      `UPDATE entries SET expires_at = min(coalesce(expires_at, updated_at + ?2), updated_at + ?2)
       WHERE bucket_id = ?1`,
    ),
    entriesAfter: prepare(
      `SELECT key, ${entryColumns} FROM entries_in_order WHERE bucket_id = ? AND revision > ?
       ORDER BY revision`,
    ),
    liveEntriesAfter: prepare(
      `SELECT key, ${entryColumns} FROM entries_in_order WHERE bucket_id = ? AND revision > ?
         AND (expires_at IS NULL OR expires_at > ?) ORDER BY revision`,
    ),
  }
}

function expiryStatements(prepare: Prepare, cells: PrepareCells) {
  // Texts are cheaper to hand over than BLOBs, but the Node 20 driver cuts them off at a NUL.
  const key = `CASE instr(key, x'00') WHEN 0 THEN CAST(key AS TEXT) ELSE key END`
  const columns = `bucket_id, ${key}, id, ${sizedHeadColumns}`
  return {
    // The index is named, because the planner would rather go through the whole bucket.
    expiredFigures: prepare(
      `SELECT count(*) AS keys, coalesce(sum(${entryBytes}), 0) AS bytes
       FROM entries INDEXED BY entries_by_expiry WHERE expires_at <= ? AND bucket_id = ?`,
    ),
    /** As `ExpiredCells`. */
    expiredOf: cells(
      `SELECT ${columns} FROM entries INDEXED BY entries_by_expiry
       WHERE expires_at <= ? AND bucket_id = ? ORDER BY expires_at LIMIT ?`,
    ),
    /** As `ExpiredCells`. */
    expired: cells(
      `SELECT ${columns} FROM entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
    ),
    nextExpiry: prepare('SELECT min(expires_at) AS at FROM entries WHERE expires_at IS NOT NULL'),
  }
}

function pastStatements(prepare: Prepare, effect: PrepareEffect) {
  return {
    pastNewestFirst: prepare(
      `SELECT change, ${entryColumns} FROM past WHERE bucket_id = ? AND ${isKey}
       ORDER BY revision DESC`,
    ),
    pastSizes: prepare(
      `SELECT revision, bytes FROM past WHERE bucket_id = ? AND ${isKey} ORDER BY revision`,
    ),
    /** Copies the present entry of a key to the past. */
    supersede: effect(
      `INSERT INTO past (${pastColumns})
       SELECT bucket_id, key, revision, 0, ${entryBytes}, created_at, updated_at, expires_at,
         kind, structure, data
       FROM entries WHERE bucket_id = ? AND ${isKey}`,
    ),
    addMarker: effect(
      `INSERT INTO past (bucket_id, key, revision, change, bytes, updated_at)
       VALUES (?, CAST(? AS BLOB), ?, ?, 0, ?)`,
    ),
    dropPast: effect(`DELETE FROM past WHERE bucket_id = ? AND ${isKey} AND revision = ?`),
    removePast: prepare('DELETE FROM past WHERE bucket_id = ?'),
    /** Removes what a smaller history has no room for; answers the bytes of each. */
    trimPast: prepare(
      `DELETE FROM past WHERE id IN (
         SELECT id FROM (
           SELECT id, key, row_number() OVER (PARTITION BY key ORDER BY revision DESC) AS age
           FROM past WHERE bucket_id = ?1) AS ranked
         WHERE age > ?2 - EXISTS (
           SELECT 1 FROM entries WHERE entries.bucket_id = ?1 AND entries.key = ranked.key))
       RETURNING bytes`,
    ),
    /** Of keys that are gone: how they went. */
    removalsAfter: prepare(
      `SELECT key, change, ${headColumns} FROM past
       WHERE bucket_id = ?1 AND revision > ?2 AND change > 0
         AND NOT EXISTS (
           SELECT 1 FROM entries WHERE entries.bucket_id = ?1 AND entries.key = past.key)
         AND NOT EXISTS (
           SELECT 1 FROM past AS later WHERE later.bucket_id = ?1 AND later.key = past.key
             AND later.revision > past.revision)
       ORDER BY revision`,
    ),
    /** The newest marker that has at least so many after it. */
    markerBefore: prepare(
      `SELECT revision FROM past WHERE bucket_id = ? AND change > 0
       ORDER BY revision DESC LIMIT 1 OFFSET ?`,
    ),
    forgetMarkers: prepare(
      `DELETE FROM past WHERE id IN (
         SELECT id FROM past WHERE bucket_id = ? AND change > 0 AND revision <= ? LIMIT ?)`,
    ),
  }
}

function answerStatements(
  prepare: Prepare,
  { cells, effect }: { cells: PrepareCells; effect: PrepareEffect },
) {
  return {
    lastAnswerCells: cells(
      'SELECT last FROM answers WHERE bucket_id = ? AND stem = ? ORDER BY first DESC LIMIT 1',
    ),
    /** The row that has the answer of a number, if any has. */
    answersFrom: prepare(
      `SELECT first, last, answers FROM answers
       WHERE bucket_id = ? AND stem = ? AND first <= ? AND keep_until > ?
       ORDER BY first DESC LIMIT 1`,
    ),
    keepAnswers: prepare('INSERT INTO answers VALUES (NULL, ?, ?, ?, ?, ?, ?)'),
    /** Leaves the index as it is. */
    addToAnswers: effect('UPDATE answers SET last = ?, keep_until = ?, answers = ? WHERE id = ?'),
    removeAnswers: prepare('DELETE FROM answers WHERE bucket_id = ?'),
    /** Rows come in the order of their end, but for what rows were added to for. */
    forgetAnswers: prepare(
      `DELETE FROM answers WHERE keep_until <= ? AND id IN (
         SELECT id FROM answers ORDER BY id LIMIT ?)`,
    ),
    nextAnswerEnd: prepare('SELECT (SELECT keep_until FROM answers ORDER BY id LIMIT 1) AS at'),
  }
}
