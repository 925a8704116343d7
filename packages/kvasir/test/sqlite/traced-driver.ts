import {
  loadSqliteDriver,
  type SqliteDatabase,
  type SqliteDriver,
} from '../../src/engines/sqlite/sqlite-driver.ts'

export interface TracedDriver {
  readonly driver: SqliteDriver
  /** The SQL of every statement run, in order. */
  readonly ran: string[]
  /** Runs SQL on every connection that is open for writing. */
  exec(sql: string): void
  /** When set, is called before every statement and may throw in its place. */
  before: ((sql: string) => void) | undefined
}

/** The real driver, except that it tells what it runs and can be made to fail. */
export async function traceDriver(): Promise<TracedDriver> {
  const { DatabaseSync } = await loadSqliteDriver()
  const connections: SqliteDatabase[] = []
  const traced: TracedDriver = {
    driver: { DatabaseSync: tracedClass() },
    ran: [],
    exec: (sql) => {
      for (const connection of connections) connection.exec(sql)
    },
    before: undefined,
  }
  const note = (sql: string): void => {
    traced.ran.push(sql)
    traced.before?.(sql)
  }

  function tracedClass(): SqliteDriver['DatabaseSync'] {
    return class {
      constructor(path: string, options: { readonly readOnly?: boolean } = {}) {
        const database = new DatabaseSync(path, options)
        if (!options.readOnly) connections.push(database)
        Object.assign(this, tracedDatabase(database, note))
      }
    } as SqliteDriver['DatabaseSync']
  }
  return traced
}

function tracedDatabase(database: SqliteDatabase, note: (sql: string) => void): SqliteDatabase {
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        run: (...values) => {
          note(sql)
          return statement.run(...values)
        },
        get: (...values) => {
          note(sql)
          return statement.get(...values)
        },
        iterate: (...values) => {
          note(sql)
          return statement.iterate(...values)
        },
        all: (...values) => {
          note(sql)
          return statement.all(...values)
        },
      }
    },
  }
}

/** An error as the drivers throw it. */
export function sqliteError(errcode: number): Error {
  return Object.assign(new Error('injected'), { code: 'ERR_SQLITE_ERROR', errcode })
}
