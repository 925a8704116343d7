import { limits } from '../../codec/limits.ts'
import type { Entry } from '../../engine/entry.ts'
import type { Operation } from '../../engine/operation.ts'
import {
  type CommitView,
  entryBytes,
  type PastRevision,
  type Plan,
  planExpiries,
  type Step,
} from '../../engine/plan-commit.ts'
import {
  changeCode,
  type EntryRow,
  type KeyedRow,
  keyBytes,
  keyOf,
  toEntry,
  valueColumns,
} from './sqlite-rows.ts'
import type { SqliteStatements } from './sqlite-statements.ts'
import { keysReadBy, type SizedHeadRow, UnreadEntry } from './unread-entry.ts'
import type { BucketDraft, WriteTransaction } from './write-transaction.ts'

// Plans of `planCommit`, made from and carried out on the tables.

export function commitView(
  { statements, now }: WriteTransaction,
  { row, config }: BucketDraft,
  operations: readonly Operation[],
): CommitView {
  const { id, name, revision, keys, bytes } = row
  const keysRead = keysReadBy(operations)
  return {
    now,
    bucket: { name, config, revision, keys, bytes },
    lookup: (key) => {
      if (keysRead.has(key)) {
        const found = statements.entry.get(id, keyBytes(key)) as EntryRow | undefined
        return found && toEntry(key, found)
      }
      const found = statements.sizedHead.get(id, keyBytes(key)) as SizedHeadRow | undefined
      return found && new UnreadEntry(key, found)
    },
    bytesOf: (entry) => (entry instanceof UnreadEntry ? entry.bytes : entryBytes(entry)),
    past: (key) => statements.pastSizes.all(id, keyBytes(key)) as PastRevision[],
  }
}

export function carryOut(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { steps, figures }: Pick<Plan, 'steps' | 'figures'>,
): void {
  if (steps.length === 0) return
  const { statements } = transaction
  let { markers } = draft.row
  for (const step of steps) {
    takeStep(statements, draft.row.id, step)
    draft.events.push(step.change)
    if (step.change.kind !== 'put') markers++
    else if (step.change.entry.expiresAt !== undefined) {
      transaction.dueAt = Math.min(transaction.dueAt, step.change.entry.expiresAt)
    }
  }
  transaction.change(draft, { ...figures, markers })
  if (draft.config.history === 1) giveUpOldMarkers(transaction, draft)
}

/** Records the expiry of entries that have expired, as rows of any buckets. */
export function recordExpiries(transaction: WriteTransaction, rows: readonly ExpiredRow[]): void {
  const byBucket = new Map<number, Entry[]>()
  for (const { bucket_id: id, key, ...row } of rows) {
    const entries = byBucket.get(id) ?? []
    entries.push(toEntry(keyOf(key), row))
    byBucket.set(id, entries)
  }
  for (const [id, entries] of byBucket) {
    const draft = transaction.findById(id)
    if (!draft) continue
    carryOut(transaction, draft, planExpiries(commitView(transaction, draft, []), entries))
  }
}

export type ExpiredRow = KeyedRow & EntryRow & { readonly bucket_id: number }

/** Once there are too many markers, the older half counts no more; the reaper removes it. */
function giveUpOldMarkers(transaction: WriteTransaction, draft: BucketDraft): void {
  if (draft.row.markers <= 2 * limits.removalMarkersMax) return
  const { statements, overfull } = transaction
  const given = statements.markerBefore.get(draft.row.id, limits.removalMarkersMax)
  const { revision } = (given ?? { revision: 0 }) as { revision: number }
  const oldest_resume = Math.max(draft.row.oldest_resume, revision)
  transaction.change(draft, { markers: limits.removalMarkersMax, oldest_resume }, 'all')
  overfull.add(draft.row.id)
}

function takeStep(statements: SqliteStatements, bucketId: number, step: Step): void {
  const { change, replaced, dropped } = step
  const key = keyBytes(change.kind === 'put' ? change.entry.key : change.key)
  if (replaced && !dropped.includes(replaced.revision)) {
    statements.supersede.run(bucketId, key)
  }
  for (const revision of dropped) {
    if (revision !== replaced?.revision) statements.dropPast.run(bucketId, key, revision)
  }
  if (change.kind === 'put') {
    const columns = entryColumns(change.entry)
    if (replaced) statements.updateEntry.run(...columns, bucketId, key)
    else statements.insertEntry.run(bucketId, key, ...columns)
    return
  }
  if (replaced) statements.removeEntry.run(bucketId, key)
  statements.addMarker.run(bucketId, key, change.revision, changeCode(change.kind), change.at)
}

function entryColumns({ revision, createdAt, updatedAt, expiresAt, value }: Entry) {
  return [revision, createdAt, updatedAt, expiresAt ?? null, ...valueColumns(value)] as const
}
