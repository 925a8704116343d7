import { limits } from '../../codec/limits.ts'
import { fingerprint, idempotencyMismatch } from '../../engine/idempotency.ts'
import type { CommitResult, Operation } from '../../engine/operation.ts'
import type { BucketDraft, WriteTransaction } from './write-transaction.ts'

// Answers to commits with an idempotency key, kept in the same transaction as what they wrote.

/**
 * The answer that the same commit was given before, if it was.
 *
 * @throws {KvasirError} `KV_IDEMPOTENCY_MISMATCH`
 */
export function knownAnswer(
  { statements, now }: WriteTransaction,
  draft: BucketDraft,
  { idempotencyKey, operations }: { idempotencyKey: string; operations: readonly Operation[] },
): CommitResult | undefined {
  const found = statements.answer.get(draft.row.id, idempotencyKey, now)
  if (!found) return undefined
  const known = found as { fingerprint: string; result: string }
  if (known.fingerprint !== fingerprint(operations)) throw idempotencyMismatch(idempotencyKey)
  return parseResult(known.result)
}

export function keepAnswer(
  transaction: WriteTransaction,
  draft: BucketDraft,
  answer: {
    idempotencyKey: string
    operations: readonly Operation[]
    result: CommitResult
  },
): void {
  const keepUntil = transaction.now + limits.idempotencyTtlMs
  transaction.dueAt = Math.min(transaction.dueAt, keepUntil)
  transaction.statements.keepAnswer.run(
    draft.row.id,
    answer.idempotencyKey,
    fingerprint(answer.operations),
    writeResult(answer.result),
    keepUntil,
  )
}

/** A result as JSON, where the only bytes, the `data` of a value of kind `bytes`, are Base64. */
function writeResult(result: CommitResult): string {
  // Values are in what was there before, or what was taken; without them plain JSON is quicker.
  const hasValues =
    result.ok && result.results.some(({ previous, elements }) => previous ?? elements)
  if (!hasValues) return JSON.stringify(result)
  return JSON.stringify(result, (_name, value: unknown) =>
    isBytesValue(value) && value.data instanceof Uint8Array
      ? { kind: 'bytes', data: Buffer.from(value.data).toString('base64') }
      : value,
  )
}

function parseResult(text: string): CommitResult {
  return JSON.parse(text, (_name, value: unknown) =>
    isBytesValue(value) && typeof value.data === 'string'
      ? { kind: 'bytes', data: new Uint8Array(Buffer.from(value.data, 'base64')) }
      : value,
  ) as CommitResult
}

function isBytesValue(value: unknown): value is { kind: 'bytes'; data: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'bytes' &&
    'data' in value
  )
}
