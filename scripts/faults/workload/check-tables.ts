import { join } from 'node:path'
import type {
  SqliteDatabase,
  SqliteDriver,
} from '../../../packages/kvasir/src/engines/sqlite/sqlite-driver.ts'

/**
 * Recomputes from the rows whatever the engine keeps count of, and has SQLite check its indexes.
 * Answers what does not agree.
 */
export function checkTables(directory: string, driver: SqliteDriver): string[] {
  const database = new driver.DatabaseSync(join(directory, 'kvasir.db'), { readOnly: true })
  try {
    database.exec('PRAGMA busy_timeout = 5000; BEGIN')
    const found = [...damage(database), ...Object.entries(rules).flatMap(broken(database))]
    database.exec('ROLLBACK')
    return found
  } finally {
    database.close()
  }
}

function damage(database: SqliteDatabase): string[] {
  const rows = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
  const texts = rows.map((row) => row.integrity_check)
  return texts.length === 1 && texts[0] === 'ok' ? [] : texts.map((text) => `SQLite: ${text}`)
}

function broken(database: SqliteDatabase) {
  return ([rule, sql]: [string, string]): string[] => {
    const rows = database.prepare(`${collections} ${sql}`).all()
    return rows.length === 0 ? [] : [`${rule}: ${JSON.stringify(rows.slice(0, 3))}`]
  }
}

/** The columns of every collection that a record names, beside what is in its rows. */
const collections = `
  WITH named AS (
    SELECT entries.bucket_id, each.value ->> 1 AS id, each.value ->> 2 AS type,
      each.value ->> 3 AS first, each.value ->> 4 AS next, each.value ->> 5 AS length,
      each.value ->> 6 AS bytes
    FROM entries, json_each(entries.structure, '$.collections') AS each WHERE entries.kind = 4
  ), held AS (
    SELECT collection_id AS id, count(*) AS length, sum(length(CAST(data AS BLOB))) AS bytes,
      min(position) AS first, max(position) AS last
    FROM (
      SELECT collection_id, data, position FROM elements
      UNION ALL SELECT collection_id, data, position FROM members)
    GROUP BY collection_id
  )`

/** Each finds what should not be. */
const rules: Readonly<Record<string, string>> = {
  'keys are miscounted': `
    SELECT name, keys, (SELECT count(*) FROM entries WHERE bucket_id = bucket_rows.id) AS counted
    FROM bucket_rows WHERE keys <> counted`,
  'bytes are miscounted': `
    SELECT name, bytes, (
      SELECT coalesce(sum(length(key) + octet_length(data) + bytes_apart), 0)
      FROM entries WHERE bucket_id = bucket_rows.id) + (
      SELECT coalesce(sum(bytes), 0) FROM past WHERE bucket_id = bucket_rows.id) AS counted
    FROM bucket_rows WHERE bytes <> counted`,
  'the revision is not that of the last change': `
    SELECT name, revision, max(
      (SELECT coalesce(max(revision), 0) FROM entries WHERE bucket_id = bucket_rows.id),
      (SELECT coalesce(max(revision), 0) FROM past WHERE bucket_id = bucket_rows.id),
      coalesce(cleared_revision, 0)) AS last
    FROM bucket_rows WHERE revision <> last`,
  'a revision was given twice': `
    SELECT bucket_id, revision FROM (
      SELECT bucket_id, revision FROM entries UNION ALL SELECT bucket_id, revision FROM past)
    GROUP BY bucket_id, revision HAVING count(*) > 1`,
  'a bucket has no figures': `
    SELECT name FROM buckets WHERE id NOT IN (SELECT id FROM bucket_rows WHERE keys IS NOT NULL)`,
  'a key is there twice': `
    SELECT bucket_id, key FROM entries GROUP BY bucket_id, key HAVING count(*) > 1`,
  'a revision does not lead to its entry': `
    SELECT entries.bucket_id, entries.revision FROM entries LEFT JOIN revisions
      ON revisions.bucket_id = entries.bucket_id AND revisions.revision = entries.revision
    WHERE entry_id IS NOT entries.id`,
  'stale revisions are miscounted': `
    SELECT name, stale, (
      SELECT count(*) FROM revisions WHERE bucket_id = bucket_rows.id) - (
      SELECT count(*) FROM entries WHERE bucket_id = bucket_rows.id) AS counted
    FROM bucket_rows WHERE stale <> counted`,
  'there are more markers than were counted': `
    SELECT name, markers, (
      SELECT count(*) FROM past
      WHERE bucket_id = bucket_rows.id AND change > 0 AND revision > oldest_resume) AS counted
    FROM bucket_rows WHERE markers < counted AND config ->> '$.history' = 1`,
  'rows belong to no bucket': `
    SELECT bucket_id FROM (
      SELECT bucket_id FROM entries UNION SELECT bucket_id FROM past
      UNION SELECT bucket_id FROM revisions UNION SELECT bucket_id FROM answers)
    WHERE bucket_id NOT IN (SELECT id FROM buckets)`,
  'a large field is not what its record says': `
    SELECT named.* FROM named LEFT JOIN held USING (id)
    LEFT JOIN collections ON collections.id = named.id
    WHERE collections.bucket_id IS NOT named.bucket_id OR is_freed IS NOT 0
      OR named.length <> coalesce(held.length, 0) OR named.bytes <> coalesce(held.bytes, 0)
      OR held.first < named.first OR held.last >= named.next`,
  'a large field belongs to no record': `
    SELECT id FROM collections WHERE is_freed = 0 AND id NOT IN (SELECT id FROM named)`,
  'elements belong to no large field': `
    SELECT id FROM held WHERE id NOT IN (SELECT id FROM collections)`,
}
