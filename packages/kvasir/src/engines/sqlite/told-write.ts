import type { ToldCommit } from '../../engine/engine.ts'
import type { CommitResult } from '../../engine/operation.ts'
import { commitOperations } from './commit-operations.ts'
import type { Work } from './write-queue.ts'
import type { WriteTransaction } from './write-transaction.ts'

/** A commit in the write queue whose outcome is told by a call. */
export class ToldWrite implements Work {
  readonly weight: number
  readonly #commit: ToldCommit
  #result: CommitResult | undefined

  constructor(commit: ToldCommit) {
    this.weight = commit.operations.length
    this.#commit = commit
  }

  run(transaction: WriteTransaction): void {
    const { at, operations, idempotencyKey } = this.#commit
    this.#result = commitOperations(transaction, at, { operations, idempotencyKey })
  }

  resolve(): void {
    if (this.#result) this.#commit.committed(this.#result)
  }

  reject(error: unknown): void {
    this.#commit.failed(error)
  }
}
