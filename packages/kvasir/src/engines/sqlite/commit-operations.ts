import type { BucketRef, CommitOptions } from '../../engine/engine.ts'
import type { CommitResult, Operation, OperationKind } from '../../engine/operation.ts'
import { type Plan, planCommit } from '../../engine/plan-commit.ts'
import { tellOfCommit } from '../../engine/value-size.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { toAnswerKey } from './answer-keys.ts'
import type { BucketDraft } from './bucket-draft.ts'
import { carryOut, commitView, type ExpiredCells, recordExpiries } from './carry-out.ts'
import { keepAnswer, knownAnswer } from './sqlite-answers.ts'
import type { WriteTransaction } from './write-transaction.ts'

interface GivenCommit extends Pick<CommitOptions, 'onValue'> {
  readonly operations: readonly Operation[]
}

/** How a statement says that it takes all. */
const noLimit = -1

/** Plans a commit on what the transaction sees, and writes it: the engine's `commit`. */
export function commitOperations(
  transaction: WriteTransaction,
  at: BucketRef,
  given: GivenCommit & { readonly idempotencyKey: string | undefined },
): CommitResult {
  const { operations, idempotencyKey, onValue } = given
  const draft = transaction.bucketForCommit(at)
  const answerKey = idempotencyKey === undefined ? undefined : toAnswerKey(idempotencyKey)
  if (idempotencyKey !== undefined && answerKey) {
    const known = knownAnswer(transaction, draft, { idempotencyKey, answerKey, operations })
    if (known) return tellOfCommit(known, onValue)
  }
  const { history } = draft.config
  if (operations.some((operation) => makesGrow(operation, history))) transaction.requireSpace()
  const planned = planWithRoom(transaction, draft, given)
  carryOut(transaction, draft, planned)
  const { result } = planned
  if (answerKey && result.ok) {
    keepAnswer(transaction, draft, { answerKey, operations, result })
  }
  return result
}

/** Whether an operation stores more than it takes away, history and a marker aside. */
function makesGrow(operation: Operation, history: number): boolean {
  const { op } = operation
  if (op === 'purge' || (op === 'delete' && !operation.fields)) return false
  // A value that changes in part stays whole in the history.
  return history > 1 || !shrinking.has(op)
}

const shrinking: ReadonlySet<OperationKind> = new Set(['delete', 'touch', 'shift', 'remove'])

function planWithRoom(transaction: WriteTransaction, draft: BucketDraft, given: GivenCommit): Plan {
  try {
    return plan(transaction, draft, given)
  } catch (error) {
    if (!KvasirError.is(error, 'KV_QUOTA_EXCEEDED')) throw error
    const { statements, now } = transaction
    // What has expired takes nobody's room: it goes first, and then there may be enough. Should
    // there not be, the expiries stand all the same.
    const expired = statements.expiredOf.all(now, draft.row.id, noLimit) as ExpiredCells[]
    recordExpiries(transaction, expired)
    return plan(transaction, draft, given)
  }
}

function plan(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { operations, onValue }: GivenCommit,
): Plan {
  const view = commitView(transaction, draft, operations)
  try {
    const planned = planCommit(view, operations, onValue)
    if (planned.result.ok) view.values.keep()
    else view.values.undo()
    return planned
  } catch (error) {
    // Any other error ends the whole transaction.
    if (KvasirError.is(error)) view.values.undo()
    throw error
  }
}
