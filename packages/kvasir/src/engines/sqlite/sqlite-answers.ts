import { limits } from '../../codec/limits.ts'
import { fingerprint, idempotencyMismatch } from '../../engine/idempotency.ts'
import type { CommitResult, Operation } from '../../engine/operation.ts'
import type { BucketDraft } from './bucket-draft.ts'
import type { WriteTransaction } from './write-transaction.ts'

// Answers to commits with an idempotency key, kept in the same transaction as what they wrote. All
// commits that are answered so have succeeded.

type Success = Extract<CommitResult, { ok: true }>

/**
 * The answer that the same commit was given before, if it was.
 *
 * @throws {KvasirError} `KV_IDEMPOTENCY_MISMATCH`
 */
export function knownAnswer(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { idempotencyKey, operations }: { idempotencyKey: string; operations: readonly Operation[] },
): CommitResult | undefined {
  const found = transaction.answersOf(draft).find(idempotencyKey, transaction.now)
  if (found === undefined) return undefined
  const known = parseAnswer(found)
  if (known.fingerprint !== fingerprint(operations)) throw idempotencyMismatch(idempotencyKey)
  return { ok: true, results: known.results }
}

export function keepAnswer(
  transaction: WriteTransaction,
  draft: BucketDraft,
  answer: {
    idempotencyKey: string
    operations: readonly Operation[]
    result: Success
  },
): void {
  const keepUntil = transaction.now + limits.idempotencyTtlMs
  transaction.dueAt = Math.min(transaction.dueAt, keepUntil)
  const { idempotencyKey, operations, result } = answer
  const text = `["${fingerprint(operations)}",${writeResults(result)}]`
  transaction.answersOf(draft).add(idempotencyKey, text)
}

/** Results as JSON, where the only bytes, the `data` of a value of kind `bytes`, are Base64. */
function writeResults({ results }: Success): string {
  // Values are in what was there before, or what was taken; without them plain JSON is quicker.
  const hasValues = results.some(({ previous, elements }) => previous ?? elements)
  if (!hasValues) return JSON.stringify(results)
  return JSON.stringify(results, (_name, value: unknown) =>
    isBytesValue(value) && value.data instanceof Uint8Array
      ? { kind: 'bytes', data: Buffer.from(value.data).toString('base64') }
      : value,
  )
}

function parseAnswer(text: string) {
  const [known, results] = JSON.parse(text, (_name, value: unknown) =>
    isBytesValue(value) && typeof value.data === 'string'
      ? { kind: 'bytes', data: new Uint8Array(Buffer.from(value.data, 'base64')) }
      : value,
  ) as [string, Success['results']]
  return { fingerprint: known, results }
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
