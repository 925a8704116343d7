// SQLite itself, through the driver that Kvasir uses on this version of Node.

export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

export type Cell = string | number | null

interface Statement {
  run(...values: Cell[]): unknown
  get(...values: Cell[]): unknown
  all(...values: Cell[]): unknown[]
  iterate(...values: Cell[]): Iterable<unknown>
}

/** `FULL` syncs at every commit, `NORMAL` at checkpoints. */
export type Synchronous = 'FULL' | 'NORMAL'

/** Opens a file with the checkpoints of Kvasir, and a cache three times as large. */
export async function openDatabase(path: string, synchronous: Synchronous): Promise<Database> {
  const { DatabaseSync } = await loadDriver()
  const database = new DatabaseSync(path)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${synchronous};
    PRAGMA cache_size = -65536;
    PRAGMA wal_autocheckpoint = 4000;
  `)
  return database
}

interface Driver {
  readonly DatabaseSync: new (path: string) => Database
}

async function loadDriver(): Promise<Driver> {
  const builtin = process.getBuiltinModule('node:sqlite') as Driver | undefined
  return builtin ?? ((await import('@photostructure/sqlite')) as unknown as Driver)
}
