import type { BucketRef, CommitOptions, Engine, ToldCommit } from '../engine/engine.ts'
import type { Operation } from '../engine/operation.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { BucketRefCheck } from './bucket-ref-check.ts'
import { checkCommitOptions } from './check-commit-options.ts'
import { checkOperations } from './check-operation.ts'

/** @throws {KvasirError} as `checkOperations` and `checkCommitOptions` */
export function checkCommit(
  at: BucketRef,
  operations: readonly Operation[],
  options: CommitOptions | undefined,
): void {
  checkOperations(at, operations)
  checkCommitOptions(options)
}

/** Those that can go on; the others are told why not. */
export function goodOf(commits: readonly ToldCommit[], refs: BucketRefCheck): ToldCommit[] {
  return commits.filter((commit) => {
    try {
      refs.check(commit.at)
      checkCommit(commit.at, commit.operations, commit)
      return true
    } catch (error) {
      commit.failed(KvasirError.from(error))
      return false
    }
  })
}

/** Commits by promises, where there is something to wait for. */
export function commitOneByOne(engine: Engine, commits: readonly ToldCommit[]): void {
  for (const told of commits) {
    const { at, operations, idempotencyKey } = told
    const options = idempotencyKey === undefined ? {} : { idempotencyKey }
    // Whatever comes of it is told.
    void engine.commit(at, operations, options).then(
      (result) => told.committed(result),
      (error: unknown) => told.failed(error),
    )
  }
}
