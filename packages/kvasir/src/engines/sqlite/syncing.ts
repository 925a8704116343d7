import type { KvasirError } from '../../errors/kvasir-error.ts'
import { LogRepair, type LogRepairOptions } from './log-repair.ts'
import { rollBack } from './reading.ts'
import type { SoleUse } from './sole-use.ts'
import type { SqliteDatabase } from './sqlite-driver.ts'
import { fromSqlite } from './sqlite-errors.ts'
import type { SqliteStatements } from './sqlite-statements.ts'
import { SyncTimes } from './sync-times.ts'
import { UnsyncedCommits } from './unsynced-commits.ts'
import type { WriteTransaction } from './write-transaction.ts'

/**
 * What a commit is to outlive: a power cut, before its caller learns of it; a power cut, before
 * anybody else learns of it; this process.
 */
export type JobDurability = 'durable' | 'later' | 'relaxed'

/** Where a commit is synced: by SQLite within `COMMIT`; by us after it, in the background. */
type Way = 'within' | 'after' | 'not'

export interface SyncingOptions extends Omit<LogRepairOptions, 'onSynced' | 'onFailed'> {
  readonly statements: TransactionStatements & Pick<SqliteStatements, 'totalChanges'>
  readonly database: Pick<SqliteDatabase, 'exec'>
  readonly soleUse: Pick<SoleUse, 'isHeld' | 'look'>
  /** How SQLite has been told to sync. */
  readonly durability: 'durable' | 'relaxed'
  /** Whether there may be commits that no sync has covered: at first, of those who were killed. */
  readonly isBehind: boolean
  /** Whether durable commits are synced in the background; default: where syncs take long. */
  readonly inBackground: boolean | undefined
  /** Adds to an error what is known of its reason. */
  explain(failure: KvasirError): KvasirError
  /** Called when a sync has failed: nothing is to be written any more. */
  onFailed(failure: KvasirError): void
}

/**
 * `synced`: with everything that was committed before; `lasting`: it outlives what it is to
 * outlive, if those before it do; `unsynced`: it is to be synced.
 */
export type CommitOutcome = 'synced' | 'lasting' | 'unsynced'

type TransactionStatements = Pick<SqliteStatements, 'beginImmediate' | 'commit' | 'rollback'>
type Committed = Pick<WriteTransaction, 'hasWritten' | 'changesBuckets'>

/**
 * Who syncs commits, and who waits for it.
 *
 * A sync within `COMMIT` stops the event loop, and nobody can see the commit before it is over. A
 * commit that is synced later can be seen at once: that is for stores that no other process has
 * open, and reads and watches of this one wait for the sync (`unsynced-commits.ts`).
 */
export class Syncing {
  readonly repair: LogRepair
  readonly unsynced: UnsyncedCommits
  readonly #options: SyncingOptions
  readonly #times = new SyncTimes()
  /** A setting of the connection, changed only when a group needs the other. */
  #syncsWithin: boolean
  #isBehind: boolean
  #way: Way = 'within'
  #changesBefore = 0

  constructor(options: SyncingOptions) {
    this.#options = options
    this.#syncsWithin = options.durability === 'durable'
    this.#isBehind = options.isBehind
    const toFailure = (error: unknown) => options.explain(fromSqlite(error, 'unknown'))
    this.repair = new LogRepair({
      ...options,
      onSynced: (tookMs) => this.#times.noteInBackground(tookMs),
      onFailed: (error) => options.onFailed(toFailure(error)),
    })
    this.unsynced = new UnsyncedCommits({ sync: () => this.repair.sync(), toFailure })
  }

  /**
   * Begins a transaction for commits of which the most demanding is to outlive this. Answers
   * whether it has begun, or has to wait until nothing is unsynced: a sync in the background may
   * have failed without our knowing it yet, and the next one would say nothing of that.
   */
  begin(durability: JobDurability, { beginImmediate, rollback }: TransactionStatements): boolean {
    this.#take(this.#wayOf(durability))
    if (this.#mustWait) return false
    beginImmediate.run()
    if (this.#way !== 'after') return true
    // Under the lock it is certain whether somebody has come who would see what is not synced.
    if (this.#options.soleUse.look(performance.now())) {
      this.#changesBefore = this.#totalChanges()
      return true
    }
    rollBack(rollback)
    this.#take('within')
    if (this.#mustWait) return false
    beginImmediate.run()
    return true
  }

  get #mustWait(): boolean {
    return this.#way === 'within' && this.unsynced.isPending
  }

  /** Whether it may be committed now: what changes buckets is synced at once, as in `begin`. */
  mayCommit({ changesBuckets }: Committed): boolean {
    return !(changesBuckets && this.#way === 'after' && this.unsynced.isPending)
  }

  /** Commits; whoever called it tells `unsynced` of the outcome. */
  commit({ commit }: TransactionStatements, transaction: Committed): CommitOutcome {
    const beganAtMs = performance.now()
    commit.run()
    if (this.#way === 'not') {
      this.#isBehind = true
      return 'lasting'
    }
    if (this.#way === 'after') return this.#committedUnsynced(transaction)
    // What wrote nothing has synced nothing; but what it answered may rest on relaxed commits
    // before it, such as one that it repeats.
    if (transaction.hasWritten) this.#times.note(performance.now() - beganAtMs)
    else if (this.#isBehind) this.repair.syncNow()
    else return 'lasting'
    this.#isBehind = false
    return 'synced'
  }

  #committedUnsynced({ changesBuckets }: Committed): CommitOutcome {
    const hasWritten = this.#totalChanges() !== this.#changesBefore
    if (!hasWritten && !this.#isBehind) return 'lasting'
    this.#isBehind = false
    if (!changesBuckets) return 'unsynced'
    // There are no keys by which a read could tell that it concerns them.
    this.repair.syncNow()
    return 'synced'
  }

  #totalChanges(): number {
    return (this.#options.statements.totalChanges.get() as { rows: number }).rows
  }

  #wayOf(durability: JobDurability): Way {
    if (durability === 'relaxed') return 'not'
    const { soleUse, inBackground = durability === 'later' || this.#times.areLong } = this.#options
    return inBackground && soleUse.isHeld ? 'after' : 'within'
  }

  /** To be called before a transaction begins: SQLite refuses it within one. */
  #take(way: Way): void {
    this.#way = way
    const syncsWithin = way === 'within'
    if (syncsWithin === this.#syncsWithin) return
    this.#options.database.exec(`PRAGMA synchronous = ${syncsWithin ? 'FULL' : 'NORMAL'}`)
    this.#syncsWithin = syncsWithin
  }
}
