import { limits } from '../../codec/limits.ts'
import { fingerprint, idempotencyMismatch } from '../../engine/idempotency.ts'
import type { CommitResult, Operation, OperationResult } from '../../engine/operation.ts'
import type { AnswerKey } from './answer-keys.ts'
import type { BucketDraft } from './bucket-draft.ts'
import type { WriteTransaction } from './write-transaction.ts'

// Answers to commits with an idempotency key, kept in the same transaction as what they wrote. All
// commits that are answered so have succeeded.

type Success = Extract<CommitResult, { ok: true }>

/** A commit that is answered from what is kept, or whose answer is to be kept. */
interface IdempotentCommit {
  readonly idempotencyKey: string
  /** The same, taken apart. */
  readonly answerKey: AnswerKey
  readonly operations: readonly Operation[]
}

/**
 * The answer that the same commit was given before, if it was.
 *
 * @throws {KvasirError} `KV_IDEMPOTENCY_MISMATCH`
 */
export function knownAnswer(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { idempotencyKey, answerKey, operations }: IdempotentCommit,
): CommitResult | undefined {
  const answers = transaction.answersOf(draft)
  const found = answers.find(answerKey, transaction.now)
  if (found === undefined) return undefined
  const known = readAnswer(found)
  const isSame = known.fingerprint === undefined || known.fingerprint === fingerprint(operations)
  if (!isSame) throw idempotencyMismatch(idempotencyKey)
  return { ok: true, results: known.results }
}

export function keepAnswer(
  transaction: WriteTransaction,
  draft: BucketDraft,
  {
    answerKey,
    operations,
    result,
  }: Omit<IdempotentCommit, 'idempotencyKey'> & { readonly result: Success },
): void {
  const keepUntil = transaction.now + limits.idempotencyTtlMs
  transaction.dueAt = Math.min(transaction.dueAt, keepUntil)
  const answer = writeAnswer(fingerprint(operations), result.results)
  transaction.answersOf(draft).add(answerKey, answer)
}

type Results = Success['results']

/**
 * The fingerprint, and for each operation its result: of most the new revision says all there is.
 * The only bytes in results, the `data` of a value of kind `bytes`, are Base64.
 */
function writeAnswer(print: number, results: Results): string {
  let text = `[${print}`
  for (const result of results) text += `,${writeResult(result)}`
  return `${text}]`
}

function writeResult(result: OperationResult): string {
  const { changed, revision, number } = result
  const members = Object.keys(result).length
  if (changed && members === 2) return String(revision)
  // Of an increment, written as `JSON.stringify` would.
  if (changed && members === 3 && number !== undefined) {
    return `{"changed":true,"revision":${revision},"number":${number}}`
  }
  // Values are in what was there before, or what was taken; without them plain JSON is quicker.
  if (!result.previous && !result.elements) return JSON.stringify(result)
  return JSON.stringify(result, (_name, value: unknown) =>
    isBytesValue(value) && value.data instanceof Uint8Array
      ? { kind: 'bytes', data: Buffer.from(value.data).toString('base64') }
      : value,
  )
}

function readAnswer(text: string): {
  readonly fingerprint: number | undefined
  readonly results: Results
} {
  const [print, ...results] = JSON.parse(text, (_name, value: unknown) =>
    isBytesValue(value) && typeof value.data === 'string'
      ? { kind: 'bytes', data: new Uint8Array(Buffer.from(value.data, 'base64')) }
      : value,
  ) as [number, ...(number | OperationResult)[]] | [string, Results]
  // Written by an earlier version, whose fingerprints were others: taken for the same request.
  if (typeof print === 'string') return { fingerprint: undefined, results: results[0] as Results }
  return { fingerprint: print, results: (results as (number | OperationResult)[]).map(toResult) }
}

function toResult(kept: number | OperationResult): OperationResult {
  return typeof kept === 'number' ? { changed: true, revision: kept } : kept
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
