import { KvasirError } from '../../errors/kvasir-error.ts'
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
import type { Syncing } from './syncing.ts'
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
}

type Durability = 'durable' | 'relaxed'

export interface JobOptions {
  /** What it counts towards a group's size; default: 1. */
  readonly weight?: number
  /** Whether it is to outlive a power cut before its caller learns of it. Default: the store's. */
  readonly durability?: Durability | undefined
}

/** What a write does, and what becomes of it: one of `resolve` and `reject` is called. */
export interface Work {
  readonly weight: number
  run(transaction: WriteTransaction): void
  resolve(): void
  reject(error: unknown): void
}

/** A write that waits for its turn. */
interface Job {
  readonly work: Work
  readonly durability: Durability
  readonly enqueuedAtMs: number
  /** It failed in a group and gets a transaction of its own. */
  isAlone: boolean
}

interface Refused {
  readonly job: Job
  readonly refusal: KvasirError
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
    { weight = 1, durability = this.#options.durability }: JobOptions = {},
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
      this.#jobs.push({ work, durability, enqueuedAtMs: performance.now(), isAlone: false })
      this.#draining ??= this.#drain()
    })
  }

  /**
   * Adds writes whose outcome is told by a call. With `atOnce`, they do not wait for the turn to
   * end, unless others do.
   */
  addEach(works: readonly Work[], { atOnce }: { readonly atOnce: boolean }): void {
    const { durability } = this.#options
    const enqueuedAtMs = performance.now()
    const isFirst = this.#jobs.length === 0
    for (const work of works) this.#jobs.push({ work, durability, enqueuedAtMs, isAlone: false })
    if (atOnce && isFirst) this.#writeNow()
    if (this.#jobs.length > 0) this.#draining ??= this.#drain()
  }

  /** Settles when everything queued so far has been written or has failed. */
  async whenIdle(): Promise<void> {
    while (this.#draining) await this.#draining
  }

  async #drain(): Promise<void> {
    await nextTurn()
    while (this.#jobs.length > 0) {
      if (this.#failure) this.#rejectAll(writingHasStopped(this.#failure))
      else {
        const length = this.#groupLength()
        if (this.#begin(length)) this.#writeGroup(this.#jobs.splice(0, length))
        else await pauseForLock()
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
      this.#writeGroup(this.#jobs.splice(0, length))
    }
  }

  /** Takes the lock for so many jobs; answers whether it is worth going on at once. */
  #begin(length: number): boolean {
    try {
      this.#options.onBeginning()
      this.#options.syncing.set(this.#durabilityOf(length))
      this.#options.statements.beginImmediate.run()
      return true
    } catch (error) {
      if (isBusy(error)) this.#rejectOverdue(error)
      else this.#fail(this.#jobs.splice(0), error)
      return false
    }
  }

  /** One of them that is to be durable makes the sync that the others need not wait for. */
  #durabilityOf(length: number): Durability {
    for (let index = 0; index < length; index++) {
      if (this.#jobs[index]?.durability === 'durable') return 'durable'
    }
    return 'relaxed'
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

  #writeGroup(group: readonly Job[]): void {
    const transaction = this.#options.newTransaction()
    const applied: Job[] = []
    const refused: Refused[] = []
    try {
      for (const job of group) {
        const refusal = runJob(job, transaction)
        if (refusal) refused.push({ job, refusal })
        else applied.push(job)
      }
      transaction.finish()
    } catch (error) {
      rollBack(this.#options.statements.rollback)
      this.#retryAlone(group, error)
      return
    }
    try {
      this.#options.statements.commit.run()
      this.#options.syncing.committed(transaction)
    } catch (error) {
      rollBack(this.#options.statements.rollback)
      this.#fail(applied, error, { isCommit: true })
      tell(refused)
      return
    }
    this.#options.onCommitted(transaction)
    for (const { work } of applied) work.resolve()
    tell(refused)
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

  #fail(jobs: readonly Job[], error: unknown, { isCommit = false } = {}): void {
    // A failed sync may have left the commit on the disk for a later recovery to find; a full disk
    // or a failure before the commit cannot have.
    const isInDoubt = isCommit && isStorageFailure(error)
    const outcome = isInDoubt ? 'unknown' : 'not-applied'
    const failure = this.#options.explain(fromSqlite(error, outcome))
    if (isInDoubt || isWriteFailure(error)) this.stop(failure)
    if (failure.code === 'KV_STORAGE_FULL') this.#options.onFull(failure)
    for (const { work } of jobs) work.reject(failure)
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

/** Answers why the job is refused, if it is. */
function runJob({ work }: Job, transaction: WriteTransaction): KvasirError | undefined {
  try {
    work.run(transaction)
    return undefined
  } catch (error) {
    // Damage and defects may come to light when something has been written: that is rolled back.
    if (!KvasirError.is(error) || error.status === 500) throw error
    return error
  }
}

/** Not before the group is done with: tried alone, a job may have a different outcome. */
function tell(refused: readonly Refused[]): void {
  for (const { job, refusal } of refused) job.work.reject(refusal)
}

/** In fewer steps than the function of `node:timers/promises`. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
