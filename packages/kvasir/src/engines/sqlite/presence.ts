import { presencePath } from './data-directory.ts'
import type { SqliteDatabase, SqliteDriver } from './sqlite-driver.ts'
import { isBusy } from './sqlite-errors.ts'

/**
 * Tells whoever opens a data directory whether somebody else has it open.
 *
 * It is a lock and nothing else, on a database of its own that stays empty: everybody holds it
 * shared, so that only who is alone gets it exclusively. The operating system takes it from a
 * process that ends, however it ends. Those who come at the same time must take turns at asking and
 * announcing themselves: they do both under the write lock of the store.
 */
export class Presence {
  readonly #database: SqliteDatabase
  /** Whether a transaction holds a lock. */
  #holdsLock = false

  constructor(directory: string, driver: SqliteDriver) {
    this.#database = new driver.DatabaseSync(presencePath(directory))
  }

  /** Whether nobody else has announced themselves. */
  isAlone(): boolean {
    if (!this.#holdsLock) return this.#isUnlocked()
    // Its own lock is in the way; nobody can look meanwhile, since they would do it in their turn.
    this.#database.exec('ROLLBACK')
    this.#holdsLock = false
    try {
      return this.#isUnlocked()
    } finally {
      this.announce()
    }
  }

  /** Is there for the others to see, until it is closed. */
  announce(): void {
    if (this.#holdsLock) return
    // A transaction that has read holds its lock until it ends.
    this.#database.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
    this.#holdsLock = true
  }

  /**
   * If nobody else is there, keeps it so until it is closed: whoever wants to announce themselves
   * meanwhile meets a lock. Answers whether it succeeded.
   */
  takeAlone(): boolean {
    try {
      this.#database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
      this.#holdsLock = true
      return true
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
  }

  close(): void {
    // The Node 20 driver may keep a closed connection open for a while, but not its transaction.
    if (this.#holdsLock) this.#database.exec('ROLLBACK')
    this.#holdsLock = false
    this.#database.close()
  }

  #isUnlocked(): boolean {
    try {
      this.#database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE; ROLLBACK')
      return true
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
  }
}
