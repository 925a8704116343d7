import type { BucketRef } from '../../engine/engine.ts'
import type { CommitResult, Operation } from '../../engine/operation.ts'
import { type Plan, planCommit } from '../../engine/plan-commit.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { carryOut, commitView, type ExpiredRow, recordExpiries } from './carry-out.ts'
import { keepAnswer, knownAnswer } from './sqlite-answers.ts'
import type { BucketDraft, WriteTransaction } from './write-transaction.ts'

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
  const plan = planWithRoom(transaction, draft, operations)
  carryOut(transaction, draft, plan)
  const { result } = plan
  if (idempotencyKey !== undefined && result.ok) {
    keepAnswer(transaction, draft, { idempotencyKey, operations, result })
  }
  return result
}

function planWithRoom(
  transaction: WriteTransaction,
  draft: BucketDraft,
  operations: readonly Operation[],
): Plan {
  try {
    return planCommit(commitView(transaction, draft, operations), operations)
  } catch (error) {
    if (!KvasirError.is(error, 'KV_QUOTA_EXCEEDED')) throw error
    const { statements, now } = transaction
    // What has expired takes nobody's room: it goes first, and then there may be enough. Should
    // there not be, the expiries stand all the same.
    recordExpiries(transaction, statements.expiredOf.all(now, draft.row.id) as ExpiredRow[])
    return planCommit(commitView(transaction, draft, operations), operations)
  }
}
