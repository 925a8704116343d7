import type { SteadyTime } from '../../engine/clock.ts'
import { EntryLister } from './list-entries.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-driver.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/** What reading the store takes: the connection's statements, and the time. */
export class Reading {
  readonly statements: SqliteStatements
  readonly time: SteadyTime
  readonly lister: EntryLister

  constructor(database: SqliteDatabase, statements: SqliteStatements, time: SteadyTime) {
    this.statements = statements
    this.time = time
    this.lister = new EntryLister(database)
  }

  /** Runs several statements against one state of the store, whatever other processes write. */
  snapshot<Result>(read: (statements: SqliteStatements) => Result): Result {
    const { begin, commit, rollback } = this.statements
    begin.run()
    let result: Result
    try {
      result = read(this.statements)
    } catch (error) {
      rollBack(rollback)
      throw error
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
