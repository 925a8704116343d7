import type { SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'
import { takeBackToSecondFormat } from './second-format.ts'

/** Takes a store back to the first format, with a row for each answer. */
export function takeBackToFirstFormat(database: SqliteDatabase): void {
  takeBackToSecondFormat(database)
  const rows = database.prepare('SELECT * FROM answers').all() as Record<string, string>[]
  database.exec(`
    DROP TABLE answers;
    CREATE TABLE answers (bucket_id INTEGER NOT NULL, idempotency_key TEXT NOT NULL,
      fingerprint TEXT NOT NULL, result TEXT NOT NULL, keep_until INTEGER NOT NULL,
      PRIMARY KEY (bucket_id, idempotency_key));
    CREATE INDEX answers_by_end ON answers (keep_until);
    PRAGMA user_version = 1`)
  const keep = database.prepare('INSERT INTO answers VALUES (?, ?, ?, ?, ?)')
  for (const { bucket_id = '', stem, first, keep_until = '', answers = '' } of rows) {
    const all = JSON.parse(answers) as [number, ...unknown[]][]
    for (const [index, [fingerprint, ...kept]] of all.entries()) {
      const number = Number(first) + index
      const key = number === 0 ? stem : `${stem}.${number.toString(36)}`
      const results = kept.map((each) =>
        typeof each === 'number' ? { changed: true, revision: each } : each,
      )
      const result = JSON.stringify({ ok: true, results })
      keep.run(bucket_id, key ?? '', String(fingerprint), result, keep_until)
    }
  }
}
