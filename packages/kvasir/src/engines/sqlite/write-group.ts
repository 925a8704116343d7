import { KvasirError } from '../../errors/kvasir-error.ts'
import type { UnsyncedCommit } from './unsynced-commits.ts'
import type { Job } from './write-queue.ts'
import type { WriteTransaction } from './write-transaction.ts'

/**
 * Jobs that share a transaction, and what becomes of them. All are told after the commit, refusals
 * as well: they may rest on what others of the group have written.
 */
export class WriteGroup {
  readonly transaction: WriteTransaction
  readonly #jobs: readonly Job[]
  readonly #onLasting: (transaction: WriteTransaction) => void
  readonly #refused: { readonly job: Job; readonly error: KvasirError }[] = []
  #applied: Job[] = []

  constructor(
    jobs: readonly Job[],
    transaction: WriteTransaction,
    onLasting: (transaction: WriteTransaction) => void,
  ) {
    this.#jobs = jobs
    this.transaction = transaction
    this.#onLasting = onLasting
  }

  /** Does what the jobs want. Throws damage and defects: what was written is to be rolled back. */
  run(): void {
    for (const job of this.#jobs) {
      try {
        job.work.run(this.transaction)
        this.#applied.push(job)
      } catch (error) {
        if (!KvasirError.is(error) || error.status === 500) throw error
        this.#refused.push({ job, error })
      }
    }
    this.transaction.finish()
  }

  /** The commit is lasting. */
  tell(): void {
    this.#onLasting(this.transaction)
    for (const { work } of this.#applied) work.resolve()
    this.#tellRefused()
  }

  /** The commit has failed, or the sync of it. */
  tellFailure(failure: KvasirError): void {
    for (const { work } of this.#applied) work.reject(failure)
    this.#tellRefused()
  }

  /** Tells those who need not wait for a sync; the others are told when it is over. */
  untilSynced(): UnsyncedCommit {
    const waiting: Job[] = []
    for (const job of this.#applied) {
      if (job.durability === 'durable') waiting.push(job)
      else job.work.resolve()
    }
    this.#applied = waiting
    return {
      lasting: () => this.tell(),
      failed: (failure) => this.tellFailure(failure),
    }
  }

  #tellRefused(): void {
    for (const { job, error } of this.#refused) job.work.reject(error)
  }
}
