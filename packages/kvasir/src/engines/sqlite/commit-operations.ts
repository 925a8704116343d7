import type { BucketRef } from '../../engine/engine.ts'
import type { CommitResult, Operation } from '../../engine/operation.ts'
import { planCommit } from '../../engine/plan-commit.ts'
import { carryOut, commitView } from './carry-out.ts'
import { keepAnswer, knownAnswer } from './sqlite-answers.ts'
import type { WriteTransaction } from './write-transaction.ts'

/** Plans a commit on what the transaction sees, and writes it: the engine's `commit`. */
export function commitOperations(
  transaction: WriteTransaction,
  at: BucketRef,
  {
    operations,
    idempotencyKey,
  }: { operations: readonly Operation[]; idempotencyKey: string | undefined },
): CommitResult {
  const draft = transaction.bucket(at)
  if (idempotencyKey !== undefined) {
    const known = knownAnswer(transaction, draft, { idempotencyKey, operations })
    if (known) return known
  }
  const plan = planCommit(commitView(transaction, draft), operations)
  carryOut(transaction, draft, plan)
  const { result } = plan
  if (idempotencyKey !== undefined && result.ok) {
    keepAnswer(transaction, draft, { idempotencyKey, operations, result })
  }
  return result
}
