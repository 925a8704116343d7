import type {
  SqliteDatabase,
  SqliteDriver,
  SqliteStatement,
} from '../../packages/kvasir/src/engines/sqlite/sqlite-driver.ts'

/** Bugs that a store could have between itself and its disk; fault tests must catch each. */
export const plants = [
  /** Nothing is ever synced. */
  'no-sync',
  /** A batch is written in two transactions. */
  'torn-batch',
  /** A bucket's counters follow in a transaction of their own. */
  'late-counters',
  /** What an idempotent commit answered is kept in a transaction of its own. */
  'late-answers',
  /** A commit is acknowledged a moment before it is made. */
  'late-commit',
  /** Errors of a commit are taken for success. */
  'swallowed-error',
  /** SQLite copies its log by itself, and keeps errors of that to itself. */
  'automatic-checkpoints',
  /** Calls that ask for a durability of their own have the store's. */
  'unheard-durability',
  /** What is to be synced in the background is not, and taken for synced. */
  'no-background-sync',
] as const
export type Plant = (typeof plants)[number]

export interface DriverChanges {
  readonly plant?: Plant | undefined
  /** Pages of log after which it is copied to the database: rare events made frequent. */
  readonly checkpointPages?: number | undefined
  /** Whether durable commits are synced in the background, as on slow disks. */
  readonly backgroundSyncs?: boolean | undefined
}

/** The real driver, except for what is to be different. */
export function changedDriver(driver: SqliteDriver, changes: DriverChanges): SqliteDriver {
  class ChangedDatabase implements SqliteDatabase {
    readonly #database: SqliteDatabase
    readonly #transaction = new Transaction(changes.plant)

    constructor(path: string, options: { readonly readOnly?: boolean } = {}) {
      this.#database = new driver.DatabaseSync(path, options)
    }

    exec(sql: string): void {
      this.#database.exec(changedSql(sql, changes))
    }

    prepare(sql: string): SqliteStatement {
      const statement = this.#database.prepare(sql)
      const transaction = this.#transaction
      const exec = (other: string): void => this.#database.exec(other)
      return {
        run: (...values) => {
          const perform = (): SqliteChanges => statement.run(...values)
          return transaction.run({ sql, perform, exec }) ?? noChanges
        },
        // What is run for its effect alone may come this way, too.
        get: (...values) => transaction.run({ sql, perform: () => statement.get(...values), exec }),
        all: (...values) => statement.all(...values),
        iterate: (...values) => statement.iterate(...values),
      }
    }

    close(): void {
      this.#transaction.catchUp()
      this.#database.close()
    }
  }
  return { DatabaseSync: ChangedDatabase }
}

function changedSql(sql: string, { plant, checkpointPages }: DriverChanges): string {
  if (plant === 'no-sync') return sql.replace(/synchronous = \w+/, 'synchronous = OFF')
  if (plant === 'unheard-durability') return sql.replace(/^PRAGMA synchronous = FULL$/, '')
  if (plant !== 'automatic-checkpoints') return sql
  return sql.replace(/wal_autocheckpoint = 0/, `wal_autocheckpoint = ${checkpointPages}`)
}

type SqliteChanges = ReturnType<SqliteStatement['run']>

const noChanges: SqliteChanges = { changes: 0, lastInsertRowid: 0 }

interface Run<Result> {
  readonly sql: string
  perform(): Result
  exec(sql: string): void
}

const delayed: Partial<Record<Plant, RegExp>> = {
  'late-counters': /^INSERT INTO revisions .*stale/s,
  'late-answers': /^INSERT INTO answers/,
}

/** One connection's statements, run as the plant has it. */
class Transaction {
  readonly #plant: Plant | undefined
  #changes = 0
  #late: (() => void)[] = []

  constructor(plant: Plant | undefined) {
    this.#plant = plant
  }

  /** Answers nothing where the statement is put off, or its error kept quiet. */
  run<Result>(run: Run<Result>): Result | undefined {
    const { sql, perform, exec } = run
    if (sql.startsWith('BEGIN')) this.catchUp()
    if (sql === 'COMMIT') return this.#commit(run)
    if (sql === 'ROLLBACK') this.#late = []
    if (this.#plant && delayed[this.#plant]?.test(sql)) {
      this.#late.push(perform)
      return undefined
    }
    const isChange = /^(INSERT INTO|UPDATE|DELETE FROM) entries/.test(sql)
    if (this.#plant === 'torn-batch' && isChange && ++this.#changes % 4 === 3) {
      exec('COMMIT; BEGIN IMMEDIATE')
    }
    return perform()
  }

  /** Does what was put off. */
  catchUp(): void {
    for (const run of this.#late.splice(0)) run()
  }

  #commit<Result>({ perform }: Run<Result>): Result | undefined {
    if (this.#plant === 'late-commit') {
      this.#late.push(perform)
      setImmediate(() => this.catchUp())
      return undefined
    }
    try {
      return perform()
    } catch (error) {
      if (this.#plant !== 'swallowed-error') throw error
      return undefined
    } finally {
      this.catchUp()
    }
  }
}
