import type { LogFile } from './log-file.ts'
import type { SqliteDatabase } from './sqlite-driver.ts'

/**
 * Whether commits wait for the disk. SQLite syncs its log within `COMMIT`, or does not; which of
 * them is a setting of the connection, changed only when a group needs the other.
 */
export class Syncing {
  readonly #database: Pick<SqliteDatabase, 'exec'>
  readonly #log: Pick<LogFile, 'sync'>
  #present: 'durable' | 'relaxed'
  /** Whether there may be commits that no sync has covered: at first, of those who were killed. */
  #isBehind: boolean

  constructor(
    database: Pick<SqliteDatabase, 'exec'>,
    {
      log,
      present,
      isBehind,
    }: { log: Pick<LogFile, 'sync'>; present: 'durable' | 'relaxed'; isBehind: boolean },
  ) {
    this.#database = database
    this.#log = log
    this.#present = present
    this.#isBehind = isBehind
  }

  /** To be called before a transaction begins: SQLite refuses it within one. */
  set(durability: 'durable' | 'relaxed'): void {
    if (durability === this.#present) return
    const mode = durability === 'durable' ? 'FULL' : 'NORMAL'
    this.#database.exec(`PRAGMA synchronous = ${mode}`)
    this.#present = durability
  }

  /**
   * To be called after a commit. One that wrote nothing has synced nothing; but what it answered
   * may rest on relaxed commits before it, such as one that it repeats.
   */
  committed({ hasWritten }: { readonly hasWritten: boolean }): void {
    if (this.#present === 'relaxed') {
      this.#isBehind = true
      return
    }
    if (this.#isBehind && !hasWritten) this.#log.sync()
    this.#isBehind = false
  }
}
