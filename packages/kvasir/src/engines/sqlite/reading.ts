import type { SteadyTime } from '../../engine/clock.ts'
import { CollectionRows } from './collections/collection-rows.ts'
import type { FieldMover } from './collections/field-mover.ts'
import { EntryLister } from './list-entries.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-driver.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/** What reading the store takes: the connection's statements, and the time. */
export class Reading {
  readonly statements: SqliteStatements
  readonly time: SteadyTime
  /** The elements of large lists and sets. */
  readonly rows: CollectionRows
  readonly mover: FieldMover
  readonly lister: EntryLister
  #isInSnapshot = false

  constructor(
    database: SqliteDatabase,
    statements: SqliteStatements,
    { time, mover }: { time: SteadyTime; mover: FieldMover },
  ) {
    this.statements = statements
    this.time = time
    this.mover = mover
    this.rows = new CollectionRows(statements)
    this.lister = new EntryLister(database, this.rows)
  }

  /** Runs several statements against one state of the store, whatever other processes write. */
  snapshot<Result>(read: (statements: SqliteStatements) => Result): Result {
    if (this.#isInSnapshot) return read(this.statements)
    const { begin, commit, rollback } = this.statements
    begin.run()
    this.#isInSnapshot = true
    let result: Result
    try {
      result = read(this.statements)
    } catch (error) {
      rollBack(rollback)
      throw error
    } finally {
      this.#isInSnapshot = false
    }
    commit.run()
    return result
  }
}

/** After some errors SQLite has rolled back by itself, and there is nothing left to roll back. */
export function rollBack(rollback: SqliteStatement): void {
  try {
    rollback.run()
  } catch {
    // The error that led here is the one to report.
  }
}
