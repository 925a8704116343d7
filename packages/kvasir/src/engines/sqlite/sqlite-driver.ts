import { KvasirError } from '../../errors/kvasir-error.ts'

// The part of the `node:sqlite` API that the engine uses. Its types are not those of `@types/node`,
// so that the library compiles for Node 20, too, where another package provides the same API.

export type SqlValue = number | string | Uint8Array | null

export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint }
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
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
