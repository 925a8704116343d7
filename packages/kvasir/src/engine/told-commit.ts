import type { BucketRef } from './bucket.ts'
import type { CommitOptions } from './call-options.ts'
import type { CommitResult, Operation } from './operation.ts'

/** A commit whose outcome is told by a call, with no promise to pay for. */
export interface ToldCommit extends Pick<CommitOptions, 'idempotencyKey'> {
  readonly at: BucketRef
  /** At least one. */
  readonly operations: readonly Operation[]
  /** One of the two is called, once. They must not throw. */
  committed(result: CommitResult): void
  failed(error: unknown): void
}

export interface ToldCommitOptions {
  /** Whether to begin at once, unless others wait: nothing is about to come to share the work. */
  readonly atOnce: boolean
}
