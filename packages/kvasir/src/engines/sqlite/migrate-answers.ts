import { toAnswerKey } from './answer-keys.ts'
import type { SqliteDatabase } from './sqlite-driver.ts'

interface OldAnswer {
  readonly bucket_id: number
  readonly idempotency_key: string
  readonly fingerprint: string
  readonly result: string
  readonly keep_until: number
}

/**
 * Keeps the answers of a transaction to one client in one row instead of one each. Rows are in the
 * order of their ids as in that of their end, so that no index tells which have come to it.
 */
export function joinAnswers(database: SqliteDatabase): void {
  database.exec(`
    DROP INDEX answers_by_end;
    ALTER TABLE answers RENAME TO old_answers;
    CREATE TABLE answers (
      id INTEGER PRIMARY KEY,
      bucket_id INTEGER NOT NULL,
      stem TEXT NOT NULL,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      keep_until INTEGER NOT NULL,
      answers TEXT NOT NULL
    );
    CREATE INDEX answers_by_key ON answers (bucket_id, stem, last);
  `)
  const keep = database.prepare('INSERT INTO answers VALUES (NULL, ?, ?, ?, ?, ?, ?)')
  const old = database.prepare('SELECT * FROM old_answers ORDER BY keep_until')
  for (const row of old.iterate() as Iterable<OldAnswer>) {
    const { stem, number } = toAnswerKey(row.idempotency_key)
    const { results } = JSON.parse(row.result) as { results: unknown }
    const answers = JSON.stringify([[row.fingerprint, results]])
    keep.run(row.bucket_id, stem, number, number, row.keep_until, answers)
  }
  database.exec('DROP TABLE old_answers')
}

/**
 * Has rows found by the first number that they answer, which stays when answers are added to one:
 * so a client that waits for each answer changes one page for its next, and not that of the index.
 */
export function findAnswersByFirst(database: SqliteDatabase): void {
  database.exec(`
    DROP INDEX answers_by_key;
    CREATE INDEX answers_by_key ON answers (bucket_id, stem, first);
  `)
}
