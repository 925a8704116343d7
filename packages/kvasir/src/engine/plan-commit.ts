import { limits } from '../codec/limits.ts'
import { utf8Length } from '../codec/utf8.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { apply } from './apply.ts'
import type { OnValue } from './call-options.ts'
import { mirrorReadOnly } from './copies.ts'
import { bytesAdded, type CommitView, Draft, type PlannedSteps } from './draft.ts'
import type { Change, Entry } from './entry.ts'
import type { CommitResult, Operation, OperationResult } from './operation.ts'
import { wholeValues } from './value-access.ts'
import { tellOfResult } from './value-size.ts'

export interface Plan extends PlannedSteps {
  readonly result: CommitResult
}

/**
 * Works out what a commit does to a bucket, without doing it: the results, the steps to store, and
 * the bucket's figures afterwards. Whatever it throws, nothing has happened.
 *
 * @throws {KvasirError} what `apply` and `onValue` throw; `KV_READ_ONLY`, `KV_TOO_LARGE`,
 * `KV_QUOTA_EXCEEDED`.
 */
export function planCommit(
  view: CommitView,
  operations: readonly Operation[],
  onValue?: OnValue,
): Plan {
  const { values = wholeValues } = view
  const { name, config } = view.bucket
  if (config.mirror) throw mirrorReadOnly(name, config.mirror)
  const draft = new Draft(view)
  const results: OperationResult[] = []
  for (const operation of operations) {
    const applied = apply(draft.current(operation.key), operation, {
      now: view.now,
      revision: draft.nextRevision(operation.key),
      ttlMs: config.ttlMs,
      values,
    })
    if (applied.outcome === 'conflict') {
      const { key } = operation
      const conflict = { index: results.length, key, revision: applied.revision }
      return { result: { ok: false, conflict }, steps: [], figures: view.bucket }
    }
    tellOfResult(applied.result, onValue)
    if (applied.outcome === 'changed') {
      const bytes = bytesAdded(applied.change, values)
      checkValue(applied.change, bytes, view)
      draft.record(applied.change, bytes)
    } else if (operation.op === 'purge' && draft.hasPast(operation.key)) {
      const revision = draft.nextRevision(operation.key)
      draft.record({ kind: 'purge', key: operation.key, revision, at: view.now })
      results.push({ changed: true, revision })
      continue
    }
    results.push(applied.result)
  }
  checkQuota(view, draft)
  return { result: { ok: true, results }, steps: draft.steps, figures: draft.figures() }
}

/** The steps that record the expiry of entries which have expired. */
export function planExpiries(view: CommitView, entries: readonly Entry[]): PlannedSteps {
  const draft = new Draft(view)
  for (const entry of entries) draft.expire(entry)
  return { steps: draft.steps, figures: draft.figures() }
}

function checkValue(change: Change, bytesWithKey: number, { bucket }: CommitView): void {
  const bytesMax = Math.min(
    limits.valueBytesMax,
    bucket.config.valueBytesMax ?? limits.valueBytesMax,
  )
  if (change.kind !== 'put' || bytesWithKey <= bytesMax) return
  const bytes = bytesWithKey - utf8Length(change.entry.key)
  if (bytes <= bytesMax) return
  throw new KvasirError(
    'KV_TOO_LARGE',
    `The value of key ${JSON.stringify(change.entry.key)} takes ${bytes} bytes; bucket "${bucket.name}" takes ${bytesMax} at most. Store less under one key, or split it over several.`,
    { outcome: 'not-applied', details: { key: change.entry.key, bytes, bytesMax } },
  )
}

function checkQuota({ bucket }: CommitView, draft: Draft): void {
  const { bytesMax } = bucket.config
  if (bytesMax === undefined) return
  const { bytes } = draft.figures()
  if (bytes <= bytesMax || bytes <= bucket.bytes) return
  throw new KvasirError(
    'KV_QUOTA_EXCEEDED',
    `The write would bring bucket "${bucket.name}" to ${bytes} bytes; its limit is ${bytesMax}. Delete something, or raise the bucket's limit.`,
    { outcome: 'not-applied', details: { bytes, bytesMax } },
  )
}
