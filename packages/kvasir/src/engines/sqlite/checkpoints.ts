import type { LogFile } from './log-file.ts'
import { pauseMs } from './retry-while-busy.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-driver.ts'
import { isStorageFailure } from './sqlite-errors.ts'
import type { UnsyncedCommits } from './unsynced-commits.ts'

/**
 * Pages of log, 16 MiB of them, after which it is copied to the database. That stops the process:
 * rarer is better on average, and smaller is better for the longest stop.
 */
const pagesByDefault = 4000
/**
 * The share of those pages after which it is copied while it is mostly the reaper that writes. Its
 * pages are hardly written twice, so that waiting for more of them saves nothing. Those of others
 * are: each copy of the log then takes the place of several.
 */
const portionShare = 16
/** How many times as many commits that are the reaper's. */
const mostly = 2
/** Whoever is in the way is so for a moment, as a rule: so many times it is tried again soon. */
const attemptsMax = 10
/** After that, such a share of those pages is written before the next attempt. */
const againAfterShare = 4

export interface CheckpointsOptions {
  readonly database: Pick<SqliteDatabase, 'prepare'>
  readonly log: LogFile
  readonly pages: number | undefined
  readonly unsynced: Pick<UnsyncedCommits, 'isSyncing' | 'beforeNext'>
  /** Ends a transaction that reads, if there is one. */
  beforehand(): void
  /** Whether the disk has failed before: then nothing may be copied. */
  hasFailed(): boolean
  /** The disk failed: what is synced from now on is not to be believed. */
  onFailed(error: unknown): void
}

/** What SQLite says of a checkpoint. */
interface Outcome {
  /** 1 when others were in the way of finishing it. */
  readonly busy: number
  /** Pages of the log. */
  readonly log: number
}

/**
 * Copies the log into the database, whoever wrote it, once it has become long.
 *
 * SQLite would do it by itself, but within a commit that is then answered later, and keeping to
 * itself that a sync has failed. Of several processes each looks after what it has committed; the
 * one that finds the log long copies it, and another that comes meanwhile leaves it at that.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions
  readonly #passive: SqliteStatement
  readonly #restart: SqliteStatement
  readonly #truncate: SqliteStatement
  readonly #pages: number
  #dueAtPages: number
  #attempts = 0
  /** Since the log began anew. */
  #commitsOfReaper = 0
  #otherCommits = 0
  #cancelComing: (() => void) | undefined

  constructor(options: CheckpointsOptions) {
    const { database, pages = pagesByDefault } = options
    this.#options = options
    this.#passive = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
    this.#restart = database.prepare('PRAGMA wal_checkpoint(RESTART)')
    this.#truncate = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#pages = pages
    this.#dueAtPages = pages
  }

  /**
   * To be called after every commit: a checkpoint that is due comes after the callers' answers.
   * `isReaping`: nobody but the reaper has written.
   */
  committed({ isReaping }: { readonly isReaping: boolean }): void {
    if (isReaping) this.#commitsOfReaper++
    else this.#otherCommits++
    if (this.#cancelComing || !this.#isDue()) return
    const coming = setImmediate(() => this.run())
    this.#cancelComing = () => clearImmediate(coming)
  }

  /**
   * Copies what the log has, so that it begins anew with the next commit. Whoever reads an older
   * state of the store, or writes, may be in the way: then what could be copied has been.
   */
  run(): void {
    this.cancel()
    const { unsynced } = this.#options
    // SQLite syncs the log and copies it: not while a sync of it may have failed, unknown to us.
    if (unsynced.isSyncing) {
      let isCalledOff = false
      unsynced.beforeNext(() => {
        if (!isCalledOff) this.run()
      })
      this.#cancelComing = () => {
        isCalledOff = true
      }
      return
    }
    // The first copies most of it while others write, and the second keeps them off for the rest.
    const outcome = this.#attempt(this.#passive) && this.#attempt(this.#restart)
    const isDone = outcome?.busy === 0
    if (outcome && !isDone && ++this.#attempts < attemptsMax) {
      const coming = setTimeout(() => this.run(), pauseMs())
      this.#cancelComing = () => clearTimeout(coming)
      return
    }
    this.#attempts = 0
    this.#commitsOfReaper = 0
    this.#otherCommits = 0
    const pagesNow = Math.max(outcome?.log ?? 0, this.#dueAtPages)
    const again = pagesNow + Math.ceil(this.#pages / againAfterShare)
    this.#dueAtPages = isDone ? this.#pages : again
  }

  /** Copies everything and leaves an empty log, if no other process is in the way. */
  empty(): void {
    this.cancel()
    this.#attempt(this.#truncate)
  }

  cancel(): void {
    this.#cancelComing?.()
    this.#cancelComing = undefined
  }

  /** After how many pages: with somebody in the way, portions would be tried in vain. */
  get #pagesAtOnce(): number {
    const isFree = this.#dueAtPages === this.#pages
    const isMostlyReaping = this.#commitsOfReaper > mostly * this.#otherCommits
    if (!isFree || !isMostlyReaping) return this.#dueAtPages
    return Math.ceil(this.#pages / portionShare)
  }

  #isDue(): boolean {
    try {
      return this.#options.log.hasPages(this.#pagesAtOnce)
    } catch {
      return false // No descriptor to be had, say: the next commit looks again.
    }
  }

  #attempt(checkpoint: SqliteStatement): Outcome | undefined {
    if (this.#options.hasFailed()) return undefined
    try {
      this.#options.beforehand()
      return checkpoint.get() as Outcome
    } catch (error) {
      // On a full disk the log goes on growing, and a commit will tell; a lock will be gone later.
      if (isStorageFailure(error)) this.#options.onFailed(error)
      return undefined
    }
  }
}
