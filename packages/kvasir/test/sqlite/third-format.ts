import type { SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'

/** Takes a store back to the third format, which found rows of answers by their last numbers. */
export function takeBackToThirdFormat(database: SqliteDatabase): void {
  database.exec(`
    DROP INDEX answers_by_key;
    CREATE INDEX answers_by_key ON answers (bucket_id, stem, last);
    PRAGMA user_version = 3`)
}
