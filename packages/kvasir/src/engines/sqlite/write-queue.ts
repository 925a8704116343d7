import type { KvasirError } from '../../errors/kvasir-error.ts'
import { addChangedKeys } from './after-commit.ts'
import { rollBack } from './reading.ts'
import { pauseForLock } from './retry-while-busy.ts'
import {
  fromSqlite,
  isBusy,
  isStorageFailure,
  isWriteFailure,
  writingHasStopped,
} from './sqlite-errors.ts'
import type { SqliteStatements } from './sqlite-statements.ts'
import type { StoreHealth } from './store-health.ts'
import type { CommitOutcome, JobDurability, Syncing } from './syncing.ts'
import { WriteGroup } from './write-group.ts'
import type { WriteTransaction } from './write-transaction.ts'

export interface WriteQueueOptions {
  readonly statements: SqliteStatements
  readonly busyTimeoutMs: number
  readonly health: StoreHealth
  /** Of jobs that do not say. */
  readonly durability: Durability
  readonly syncing: Syncing
  /** Adds to an error what is known of its reason. */
  explain(failure: KvasirError): KvasirError
  /** Called when the disk has refused a write for lack of space. */
  onFull(failure: KvasirError): void
  /** Called before every transaction: ends one that reads, if there is one. */
  onBeginning(): void
  newTransaction(): WriteTransaction
  /** Called after every commit, before the callers learn of it. */
  onCommitted(transaction: WriteTransaction): void
  /** Called once a commit outlives what it is to outlive, before the callers learn of it. */
  onLasting(transaction: WriteTransaction): void
}

type Durability = 'durable' | 'relaxed'

export interface JobOptions {
  /** What it counts towards a group's size; default: 1. */
  readonly weight?: number
  /** What it is to outlive before its caller learns of it. Default: what the store promises. */
  readonly durability?: JobDurability | undefined
}

/** What a write does, and what becomes of it: one of `resolve` and `reject` is called. */
export interface Work {
  readonly weight: number
  run(transaction: WriteTransaction): void
  resolve(): void
  reject(error: unknown): void
}

/** A write that waits for its turn. */
export interface Job {
  readonly work: Work
  readonly durability: JobDurability
  readonly enqueuedAtMs: number
  /** It failed in a group and gets a transaction of its own. */
  isAlone: boolean
}

/**
 * Operations in one group; a commit of more still goes whole. It bounds how long the loop waits.
 */
const groupWeightMax = 1000

/**
 * All writing: what arrives in one turn of the event loop shares one transaction, and with it one
 * sync of the disk. Callers learn the outcome after the commit.
 *
 * A job that throws a `KvasirError` does not disturb the others: it must have written nothing but
 * what stands all the same, such as expiries.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  readonly #jobs: Job[] = []
  #draining: Promise<void> | undefined
  #failure: KvasirError | undefined

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /** Why the store has stopped writing, if it has. */
  get failure(): KvasirError | undefined {
    return this.#failure
  }

  /** Takes no more writes: what the disk says from now on is not to be believed. */
  stop(failure: KvasirError): void {
    this.#failure ??= failure
    this.#options.health.stopped(failure)
  }

  add<Result>(
    run: (transaction: WriteTransaction) => Result,
    { weight = 1, durability }: JobOptions = {},
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      let settle: () => void
      const work: Work = {
        weight,
        run(transaction) {
          const result = run(transaction)
          settle = () => resolve(result)
        },
        resolve: () => settle(),
        reject,
      }
      this.#push(work, { durability, enqueuedAtMs: performance.now() })
      this.#draining ??= this.#drain()
    })
  }

  /**
   * Adds writes whose outcome is told by a call. With `atOnce`, they do not wait for the turn to
   * end, unless others do.
   */
  addEach(works: readonly Work[], { atOnce }: { readonly atOnce: boolean }): void {
    const enqueuedAtMs = performance.now()
    const isFirst = this.#jobs.length === 0
    for (const work of works) this.#push(work, { enqueuedAtMs })
    if (atOnce && isFirst) this.#writeNow()
    if (this.#jobs.length > 0) this.#draining ??= this.#drain()
  }

  /** Settles when everything queued so far has been written or has failed. */
  async whenIdle(): Promise<void> {
    while (this.#draining) await this.#draining
    // Whoever waits for it is told of a failure.
    await this.#options.syncing.unsynced.settled().catch(() => undefined)
  }

  async #drain(): Promise<void> {
    await nextTurn()
    while (this.#jobs.length > 0) {
      if (this.#failure) this.#rejectAll(writingHasStopped(this.#failure))
      else {
        const length = this.#groupLength()
        const isDone = this.#begin(length) && this.#writeGroup(this.#jobs.splice(0, length))
        if (!isDone) await this.#pause()
      }
      if (this.#jobs.length > 0) await nextTurn()
    }
    this.#draining = undefined
  }

  /** Writes what waits, unless something is in the way. */
  #writeNow(): void {
    while (this.#jobs.length > 0 && !this.#failure) {
      const length = this.#groupLength()
      if (!this.#begin(length)) return
      if (!this.#writeGroup(this.#jobs.splice(0, length))) return
    }
  }

  /** Until what is in the way may be gone: what is not synced yet, or somebody else's lock. */
  async #pause(): Promise<void> {
    const { unsynced } = this.#options.syncing
    if (!unsynced.isPending) await pauseForLock()
    // Whoever waits for it is told of a failure.
    else await unsynced.settled().catch(() => undefined)
  }

  /** Takes the lock for so many jobs; answers whether it is worth going on at once. */
  #begin(length: number): boolean {
    try {
      this.#options.onBeginning()
      return this.#options.syncing.begin(this.#durabilityOf(length), this.#options.statements)
    } catch (error) {
      // It may have failed at a look after the lock was taken, which must not stay taken.
      rollBack(this.#options.statements.rollback)
      if (isBusy(error)) this.#rejectOverdue(error)
      else this.#fail(this.#jobs.splice(0), error)
      return false
    }
  }

  /** What the most demanding of them is to outlive: the others get it with it. */
  #durabilityOf(length: number): JobDurability {
    let durability: JobDurability = 'relaxed'
    for (let index = 0; index < length; index++) {
      const ofJob = this.#jobs[index]?.durability
      if (ofJob === 'durable') return ofJob
      if (ofJob === 'later') durability = ofJob
    }
    return durability
  }

  #push(work: Work, { durability, enqueuedAtMs }: JobOptions & Pick<Job, 'enqueuedAtMs'>) {
    const { durability: ofStore } = this.#options
    // Nothing that a relaxed store does by itself needs to outlive more than the rest.
    const isStores = !durability || (durability === 'later' && ofStore === 'relaxed')
    this.#jobs.push({
      work,
      durability: isStores ? ofStore : durability,
      enqueuedAtMs,
      isAlone: false,
    })
  }

  #groupLength(): number {
    let weight = 0
    let length = 0
    for (const job of this.#jobs) {
      const isFull = weight + job.work.weight > groupWeightMax || job.isAlone
      if (length > 0 && isFull) break
      weight += job.work.weight
      length++
      if (job.isAlone) break
    }
    return length
  }

  /** Answers `false` if they have to wait, and wait again in their place. */
  #writeGroup(jobs: readonly Job[]): boolean {
    const { statements, syncing, newTransaction, onLasting, onCommitted } = this.#options
    const transaction = newTransaction()
    const group = new WriteGroup(jobs, transaction, onLasting)
    try {
      group.run()
    } catch (error) {
      rollBack(statements.rollback)
      this.#retryAlone(jobs, error)
      return true
    }
    if (!syncing.mayCommit(transaction)) {
      rollBack(statements.rollback)
      this.#jobs.unshift(...jobs)
      return false
    }
    let outcome: CommitOutcome
    try {
      outcome = syncing.commit(statements, transaction)
    } catch (error) {
      rollBack(statements.rollback)
      group.tellFailure(this.#failureOf(error, { isCommit: true }))
      return true
    }
    onCommitted(transaction)
    const { unsynced } = syncing
    if (outcome === 'unsynced') {
      unsynced.add(group.untilSynced(), (keys) => addChangedKeys(keys, transaction.drafts))
    } else if (unsynced.isPending)
      unsynced.follow(group.untilSynced()) // Watchers are told in order.
    else group.tell()
    return true
  }

  /**
   * After a failure before the commit: one damaged page must not fail writes that do not touch it.
   */
  #retryAlone(group: readonly Job[], error: unknown): void {
    if (group.length === 1) {
      this.#fail(group, error)
      return
    }
    for (const job of group) job.isAlone = true
    this.#jobs.unshift(...group)
  }

  #fail(jobs: readonly Job[], error: unknown): void {
    const failure = this.#failureOf(error, { isCommit: false })
    for (const { work } of jobs) work.reject(failure)
  }

  /** What callers are told of an error, of which the store has taken note. */
  #failureOf(error: unknown, { isCommit }: { readonly isCommit: boolean }): KvasirError {
    // A failed sync may have left the commit on the disk for a later recovery to find; a full disk
    // or a failure before the commit cannot have.
    const isInDoubt = isCommit && isStorageFailure(error)
    const outcome = isInDoubt ? 'unknown' : 'not-applied'
    const failure = this.#options.explain(fromSqlite(error, outcome))
    if (isInDoubt || isWriteFailure(error)) this.stop(failure)
    if (failure.code === 'KV_STORAGE_FULL') this.#options.onFull(failure)
    return failure
  }

  #rejectOverdue(error: unknown): void {
    const latest = performance.now() - this.#options.busyTimeoutMs
    // In order of arrival, so that the overdue ones are the first.
    const index = this.#jobs.findIndex(({ enqueuedAtMs }) => enqueuedAtMs > latest)
    const overdue = this.#jobs.splice(0, index < 0 ? this.#jobs.length : index)
    this.#fail(overdue, error)
  }

  #rejectAll(error: KvasirError): void {
    for (const { work } of this.#jobs.splice(0)) work.reject(error)
  }
}

/** In fewer steps than the function of `node:timers/promises`. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
