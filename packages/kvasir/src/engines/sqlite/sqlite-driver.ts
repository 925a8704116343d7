import { KvasirError } from '../../errors/kvasir-error.ts'

// The part of the `node:sqlite` API that the engine uses. Its types are not those of `@types/node`,
// so that the library compiles for Node 20, too, where another package provides the same API.

export type SqlValue = number | string | Uint8Array | null

export interface SqliteStatement {
  run(...values: SqlValue[]): {
    readonly changes: number | bigint
    readonly lastInsertRowid: number | bigint
  }
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
  iterate(...values: SqlValue[]): Iterable<unknown>
  /** Has rows come as arrays. Node 22.13 to 22.15 does not have it. */
  setReturnArrays?(enabled: boolean): void
}

/** A statement whose rows are arrays of their columns. */
export interface CellStatement {
  /** The cells of the first row, if there is one. */
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
  iterate(...values: SqlValue[]): Iterable<unknown>
}

/** A statement that is run for its effect, of which nothing is told. */
export interface EffectStatement {
  run(...values: SqlValue[]): void
}

export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

export interface SqliteDriver {
  readonly DatabaseSync: new (
    path: string,
    options?: { readonly readOnly?: boolean },
  ) => SqliteDatabase
}

/**
 * Prepares a statement whose rows come as arrays: naming the columns of a row takes drivers as long
 * as finding it.
 */
export function prepareCells(
  database: Pick<SqliteDatabase, 'prepare'>,
  sql: string,
): CellStatement {
  const statement = database.prepare(sql)
  if (statement.setReturnArrays) {
    statement.setReturnArrays(true)
    return statement as CellStatement
  }
  const cellsOf = (row: unknown): SqlValue[] => Object.values(row as Record<string, SqlValue>)
  return {
    get(...values) {
      const row = statement.get(...values)
      return row === undefined ? undefined : cellsOf(row)
    },
    all: (...values) => statement.all(...values).map(cellsOf),
    *iterate(...values) {
      for (const row of statement.iterate(...values)) yield cellsOf(row)
    },
  }
}

/**
 * Prepares a statement that answers no rows and of whose changes nobody wants the number: telling
 * it takes drivers a third of the time of a small statement.
 */
export function prepareEffect(
  database: Pick<SqliteDatabase, 'prepare'>,
  sql: string,
): EffectStatement {
  const statement = database.prepare(sql)
  return { run: statement.get.bind(statement) }
}

/** Where a driver may come from; tests pass other sources. */
export interface DriverSources {
  /** The runtime's own SQLite, if it has one. */
  builtin(): unknown
  installed(): Promise<unknown>
}

const runtimeSources: DriverSources = {
  builtin: () => process.getBuiltinModule?.('node:sqlite'),
  installed: () => import('@photostructure/sqlite'),
}

/**
 * Finds SQLite: the runtime's own (Node 22.13 and later), else the installed package with that API.
 *
 * @throws {KvasirError} `KV_DRIVER_MISSING` when there is neither.
 */
export async function loadSqliteDriver(
  sources: DriverSources = runtimeSources,
): Promise<SqliteDriver> {
  const builtin = sources.builtin()
  if (isDriver(builtin)) return builtin
  try {
    const installed = await sources.installed()
    if (isDriver(installed)) return installed
  } catch (cause) {
    throw driverMissing(cause)
  }
  throw driverMissing()
}

function isDriver(candidate: unknown): candidate is SqliteDriver {
  return typeof candidate === 'object' && candidate !== null && 'DatabaseSync' in candidate
}

function driverMissing(cause?: unknown): KvasirError {
  return new KvasirError(
    'KV_DRIVER_MISSING',
    'This runtime has no SQLite of its own. Use Node 22.13 or later, or run: npm install @photostructure/sqlite',
    { cause },
  )
}
