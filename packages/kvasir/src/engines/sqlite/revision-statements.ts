import type { Prepare, PrepareEffect } from './prepare-at-first-use.ts'

/** The changes of buckets in their order, and their figures: see `migrate-revisions.ts`. */
export function revisionStatements(prepare: Prepare, effect: PrepareEffect) {
  const figures = 'keys, bytes, changed_at, markers, stale'
  return {
    /** Of a new bucket. */
    addFirstFigures: prepare('INSERT INTO revisions VALUES (?, 0, NULL, 0, 0, ?, 0, 1)'),
    addRevision: effect('INSERT INTO revisions (bucket_id, revision, entry_id) VALUES (?, ?, ?)'),
    /** The ids of their entries as JSON, from a first revision on; `null` where there is none. */
    addRevisions: effect(
      `INSERT INTO revisions (bucket_id, revision, entry_id)
       SELECT ?1, ?2 + key, value FROM json_each(?3) WHERE value IS NOT NULL`,
    ),
    /** With the figures of the bucket; a row that is there keeps its entry. */
    writeFigures: effect(
      `INSERT INTO revisions (bucket_id, revision, entry_id, ${figures})
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET keys = excluded.keys, bytes = excluded.bytes,
         changed_at = excluded.changed_at, markers = excluded.markers, stale = excluded.stale`,
    ),
    dropRevision: prepare('DELETE FROM revisions WHERE bucket_id = ? AND revision = ?'),
    /** All of them from one to another. */
    dropRevisions: prepare(
      'DELETE FROM revisions WHERE bucket_id = ? AND revision BETWEEN ? AND ?',
    ),
    removeRevisions: prepare('DELETE FROM revisions WHERE bucket_id = ?'),
    /** The revision so many rows after another, if there are so many. */
    revisionAhead: prepare(
      `SELECT revision FROM revisions WHERE bucket_id = ? AND revision > ?
       ORDER BY revision LIMIT 1 OFFSET ?`,
    ),
    /** Removes what is stale beyond one revision and up to another. */
    dropStale: prepare(
      `DELETE FROM revisions WHERE bucket_id = ? AND revision > ? AND revision <= ?
         AND NOT EXISTS (SELECT 1 FROM entries WHERE entries.id = entry_id
           AND entries.revision = revisions.revision
           AND entries.bucket_id = revisions.bucket_id)`,
    ),
  }
}
