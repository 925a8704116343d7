import type { SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'
import { takeBackToThirdFormat } from './third-format.ts'

/** Takes a store back to the second format, which had no table of revisions. */
export function takeBackToSecondFormat(database: SqliteDatabase): void {
  takeBackToThirdFormat(database)
  database.exec(`
    CREATE TEMP TABLE figures AS SELECT * FROM bucket_rows;
    DROP VIEW bucket_rows;
    DROP VIEW entries_in_order;
    ALTER TABLE buckets ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE buckets ADD COLUMN keys INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE buckets ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE buckets ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE buckets ADD COLUMN markers INTEGER NOT NULL DEFAULT 0;
    UPDATE buckets SET (revision, keys, bytes, changed_at, markers) = (
      SELECT now.revision, now.keys, now.bytes, now.changed_at, now.markers
      FROM figures AS now WHERE now.id = buckets.id);
    DROP TABLE figures;
    DROP TABLE revisions;
    DROP INDEX entries_by_key;
    CREATE UNIQUE INDEX entries_by_key ON entries (bucket_id, key);
    CREATE INDEX entries_by_revision ON entries (bucket_id, revision);
    PRAGMA user_version = 2`)
}
