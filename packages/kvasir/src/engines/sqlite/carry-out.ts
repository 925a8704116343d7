import { limits } from '../../codec/limits.ts'
import type { CommitView, PastRevision, PlannedSteps } from '../../engine/draft.ts'
import type { Entry } from '../../engine/entry.ts'
import type { Operation } from '../../engine/operation.ts'
import { planExpiries } from '../../engine/plan-commit.ts'
import { type OriginChanges, planCopies } from '../../engine/plan-copies.ts'
import { type BucketDraft, keepsWholeValues } from './bucket-draft.ts'
import { CommitValues } from './collections/commit-values.ts'
import { type EntryCells, keyCell, keyOf, toEntryRow } from './sqlite-rows.ts'
import { takeStep } from './take-step.ts'
import { keysReadBy, type SizedHeadCells, UnreadEntry } from './unread-entry.ts'
import type { WriteTransaction } from './write-transaction.ts'

// Plans, made from and carried out on the tables. Changes of a bucket are copied to the buckets
// that copy it, and from these to others, within the same transaction.

/** What a plan is made from. Whoever makes one keeps or undoes what its values have written. */
export function commitView(
  transaction: WriteTransaction,
  draft: BucketDraft,
  operations: readonly Operation[],
): CommitView & { readonly values: CommitValues } {
  const { lookUps, rows, now } = transaction
  const { row, config } = draft
  const { id, name, revision, keys, bytes } = row
  const keysRead = keysReadBy(operations)
  const mayUseParts = !keepsWholeValues(draft)
  const values = new CommitValues(
    { statements: lookUps, rows, bucketId: id, mayUseParts },
    operations,
  )
  // A large record is changed in its rows. It is written before the plan, for what that writes may
  // be undone.
  if (values.mayMoveOutOf(draft.deferred)) transaction.writeDeferred()
  return {
    now,
    bucket: { name, config, revision, keys, bytes },
    values,
    lookup: (key) => {
      const entry = lookup(key)
      transaction.noteExpiry(entry?.expiresAt)
      return entry
    },
    past: (key) => lookUps.pastSizes.all(id, keyCell(key)) as PastRevision[],
  }

  function lookup(key: string): Entry | undefined {
    const deferred = draft.deferred.entryOf(key)
    if (deferred) return deferred
    if (keysRead.has(key)) {
      const found = lookUps.entryWithId.get(id, keyCell(key)) as WholeCells | undefined
      if (!found) return undefined
      const [rowId, ...cells] = found
      draft.rowIds.set(key, rowId)
      return values.entryOf(key, toEntryRow(cells))
    }
    const found = lookUps.sizedHead.get(id, keyCell(key)) as SizedHeadCells | undefined
    if (!found) return undefined
    draft.rowIds.set(key, found[0])
    return new UnreadEntry(key, found)
  }
}

type WholeCells = readonly [id: number, ...EntryCells]

export function carryOut(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { steps, figures }: PlannedSteps,
): void {
  if (steps.length === 0) return
  let { markers } = draft.row
  for (const step of steps) {
    takeStep(transaction, draft, step)
    draft.events.push(step.change)
    if (step.change.kind !== 'put') markers++
    else if (step.change.entry.expiresAt !== undefined) {
      transaction.dueAt = Math.min(transaction.dueAt, step.change.entry.expiresAt)
    }
  }
  transaction.move(draft, figures, markers)
  if (draft.config.history === 1) giveUpOldMarkers(transaction, draft)
  if (draft.row.is_origin === 0) return
  const changes = steps.map(({ change }) => change)
  for (const copy of transaction.copiesOf(draft)) {
    receive(transaction, copy, { bucket: draft.at.bucket, changes })
  }
}

/** Copies changes of an origin to a bucket that copies it. */
export function receive(
  transaction: WriteTransaction,
  draft: BucketDraft,
  origin: OriginChanges,
): void {
  carryOut(transaction, draft, planCopies(commitView(transaction, draft, []), origin))
  transaction.writeDeferred()
}

/**
 * Records the expiry of entries that have expired, as rows of any buckets. A mirror has the
 * expiries of its origin, with their numbers: for its rows, those that are due there are recorded.
 */
export function recordExpiries(transaction: WriteTransaction, rows: readonly ExpiredCells[]): void {
  const roots = new Set<BucketDraft>()
  for (const [id, ofBucket] of rowsByBucket(rows)) {
    const draft = transaction.findById(id)
    if (draft?.config.mirror) roots.add(transaction.rootOf(draft))
    else if (draft) recordExpiriesOf(transaction, draft, ofBucket)
  }
  const { statements, now } = transaction
  for (const root of roots) {
    const due = statements.expiredOf.all(now, root.row.id, rows.length) as ExpiredCells[]
    recordExpiriesOf(transaction, root, due)
  }
}

function recordExpiriesOf(
  transaction: WriteTransaction,
  draft: BucketDraft,
  rows: readonly ExpiredCells[],
): void {
  const entries = rows.map(([, name, ...cells]) => {
    const key = typeof name === 'string' ? name : keyOf(name)
    draft.rowIds.set(key, cells[0])
    return new UnreadEntry(key, cells)
  })
  carryOut(transaction, draft, planExpiries(commitView(transaction, draft, []), entries))
  transaction.writeDeferred()
}

function rowsByBucket(rows: readonly ExpiredCells[]): ReadonlyMap<number, readonly ExpiredCells[]> {
  const byBucket = new Map<number, ExpiredCells[]>()
  for (const row of rows) {
    const ofBucket = byBucket.get(row[0])
    if (ofBucket) ofBucket.push(row)
    else byBucket.set(row[0], [row])
  }
  return byBucket
}

/** What has expired: its bucket, its key, and what a write needs of it. */
export type ExpiredCells = readonly [bucketId: number, key: string | Uint8Array, ...SizedHeadCells]

/**
 * Once there are too many markers, the older half counts no more; the reaper removes it.
 *
 * `markers` counts every removal, those whose markers a later purge of the key has taken away as
 * well. That is harmless: it says when to look, and the look goes by the markers that there are.
 */
function giveUpOldMarkers(transaction: WriteTransaction, draft: BucketDraft): void {
  if (draft.row.markers <= 2 * limits.removalMarkersMax) return
  const { statements, overfull } = transaction
  const given = statements.markerBefore.get(draft.row.id, limits.removalMarkersMax)
  const { revision } = (given ?? { revision: 0 }) as { revision: number }
  const oldest_resume = Math.max(draft.row.oldest_resume, revision)
  transaction.change(draft, { markers: limits.removalMarkersMax, oldest_resume }, 'all')
  overfull.add(draft.row.id)
}
