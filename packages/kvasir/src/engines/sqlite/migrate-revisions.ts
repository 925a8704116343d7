import type { SqliteDatabase } from './sqlite-driver.ts'

/**
 * What every commit changes besides the value stands in one place, at the end of a bucket's part of
 * one table: which entry has the newest revision, and the bucket's figures. So a write changes two
 * pages instead of five. A row whose entry has another revision by now is stale: readers skip it,
 * and it is removed together with others. The figures are in the last row of a commit, and those
 * that count in the last row of the bucket, which is never removed.
 *
 * The index by key has the expiry, so that asking whether a key is there needs no row. That each
 * key is there once is seen to by whoever writes, who has looked it up.
 */
export function addRevisions(database: SqliteDatabase): void {
  database.exec(`
    CREATE TABLE revisions (
      bucket_id INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      entry_id INTEGER,
      keys INTEGER,
      bytes INTEGER,
      changed_at INTEGER,
      markers INTEGER,
      stale INTEGER,
      PRIMARY KEY (bucket_id, revision)
    ) WITHOUT ROWID;
    INSERT INTO revisions (bucket_id, revision, entry_id)
      SELECT bucket_id, revision, id FROM entries ORDER BY bucket_id, revision;
    INSERT INTO revisions SELECT id, revision, NULL, keys, bytes, changed_at, markers, 1
      FROM buckets WHERE true
      ON CONFLICT DO UPDATE SET keys = excluded.keys, bytes = excluded.bytes,
        changed_at = excluded.changed_at, markers = excluded.markers, stale = 0;
    DROP INDEX entries_by_revision;
    DROP INDEX entries_by_key;
    CREATE INDEX entries_by_key ON entries (bucket_id, key, expires_at);
    ALTER TABLE buckets DROP COLUMN revision;
    ALTER TABLE buckets DROP COLUMN keys;
    ALTER TABLE buckets DROP COLUMN bytes;
    ALTER TABLE buckets DROP COLUMN changed_at;
    ALTER TABLE buckets DROP COLUMN markers;
    CREATE VIEW bucket_rows AS
      SELECT id, project, name, config, created_at, revision, keys, bytes, changed_at, markers,
        stale, oldest_resume, cleared_revision, cleared_at, is_origin, published_since
      FROM buckets CROSS JOIN revisions ON bucket_id = id
      WHERE revision = (SELECT max(revision) FROM revisions WHERE bucket_id = id);
    CREATE VIEW entries_in_order AS
      SELECT revisions.bucket_id, revisions.revision, id, key, created_at, updated_at, expires_at,
        kind, structure, bytes_apart, data
      FROM revisions CROSS JOIN entries ON id = entry_id
      WHERE entries.revision = revisions.revision AND entries.bucket_id = revisions.bucket_id;
  `)
}
