import type { SteadyTime } from '../../engine/clock.ts'
import { CollectionRows } from './collections/collection-rows.ts'
import type { FieldMover } from './collections/field-mover.ts'
import { HotEntries } from './hot-entries.ts'
import type { KeptTime } from './kept-time.ts'
import { EntryLister } from './list-entries.ts'
import type { SoleUse } from './sole-use.ts'
import type { EffectStatement, SqliteDatabase } from './sqlite-driver.ts'
import type { SqliteStatements } from './sqlite-statements.ts'
import type { UnsyncedCommits } from './unsynced-commits.ts'

/** Look-ups that follow each other within so little time are worth one transaction for all. */
const closeMs = 0.05

export interface ReadingParts {
  readonly time: SteadyTime
  readonly kept: KeptTime
  readonly mover: FieldMover
  readonly soleUse: SoleUse
  readonly unsynced: UnsyncedCommits
  readonly cacheBytes: number
}

/** What reading the store takes: the connection's statements, and the time. */
export class Reading {
  readonly time: SteadyTime
  readonly kept: KeptTime
  /** The elements of large lists and sets. */
  readonly rows: CollectionRows
  readonly mover: FieldMover
  readonly lister: EntryLister
  readonly unsynced: UnsyncedCommits
  /** Up to date as long as `isSole`. */
  readonly hot: HotEntries
  readonly #statements: SqliteStatements
  readonly #soleUse: SoleUse
  #isInSnapshot = false
  #isHeld = false
  #isReleaseDue = false
  #lookedUpAtMs = 0

  constructor(
    database: SqliteDatabase,
    statements: SqliteStatements,
    { time, kept, mover, soleUse, unsynced, cacheBytes }: ReadingParts,
  ) {
    this.#statements = statements
    this.#soleUse = soleUse
    this.time = time
    this.kept = kept
    this.mover = mover
    this.unsynced = unsynced
    this.hot = new HotEntries(cacheBytes)
    this.rows = new CollectionRows(statements)
    this.lister = new EntryLister(database, this.rows)
  }

  /**
   * Settles when nothing can undo what has been read, neither a clock nor a power cut; `false` if
   * nothing can already. `isConcerned`: whether it may rest on commits that are not synced.
   */
  whenLasting(isConcerned = this.unsynced.isPending): Promise<unknown> | false {
    const { isOwed } = this.kept
    if (!isOwed && !isConcerned) return false
    return Promise.all([isOwed && this.kept.settle(), isConcerned && this.unsynced.settled()])
  }

  /** The connection's statements, which see the store as it is now. */
  get statements(): SqliteStatements {
    this.letGo()
    return this.#statements
  }

  /** Whether nobody else can have written since this process last looked into the store. */
  isSole(): boolean {
    const nowMs = performance.now()
    if (this.#soleUse.isCertain(nowMs)) return true
    if (this.#isInSnapshot) return false
    this.letGo()
    if (this.#soleUse.look(nowMs)) return true
    this.hot.clear()
    return false
  }

  /**
   * The statements for a look-up in the store, which see it as it is now.
   *
   * A transaction for each look-up takes locks that cost more than looking up. While this process
   * is alone with the store, look-ups of one turn of the event loop share one: it shows the store
   * as it is now, because any other write ends it first.
   */
  lookUps(isSole: boolean): SqliteStatements {
    if (isSole && !this.#isHeld) {
      const nowMs = performance.now()
      if (nowMs - this.#lookedUpAtMs < closeMs) this.#hold()
      this.#lookedUpAtMs = nowMs
    }
    return this.#statements
  }

  /** Ends the transaction that look-ups share, if there is one. */
  letGo(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    rollBack(this.#statements.rollback)
  }

  /** Runs several statements against one state of the store, whatever other processes write. */
  snapshot<Result>(read: (statements: SqliteStatements) => Result): Result {
    if (this.#isInSnapshot) return read(this.#statements)
    this.letGo()
    const { begin, commit, rollback } = this.#statements
    begin.run()
    this.#isInSnapshot = true
    let result: Result
    try {
      result = read(this.#statements)
    } catch (error) {
      rollBack(rollback)
      throw error
    } finally {
      this.#isInSnapshot = false
    }
    commit.run()
    return result
  }

  #hold(): void {
    if (this.#isInSnapshot) return
    this.#statements.begin.run()
    this.#isHeld = true
    if (this.#isReleaseDue) return
    this.#isReleaseDue = true
    setImmediate(() => {
      this.#isReleaseDue = false
      this.letGo()
    })
  }
}

/** After some errors SQLite has rolled back by itself, and there is nothing left to roll back. */
export function rollBack(rollback: EffectStatement): void {
  try {
    rollback.run()
  } catch {
    // The error that led here is the one to report.
  }
}
