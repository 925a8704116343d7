import { limits } from '../../codec/limits.ts'
import type { Entry } from '../../engine/entry.ts'
import type { Operation } from '../../engine/operation.ts'
import {
  type CommitView,
  type PastRevision,
  type Plan,
  planExpiries,
  type Step,
} from '../../engine/plan-commit.ts'
import { bytesApart, type Collections, writeStructure } from './collections/collection.ts'
import { CommitValues } from './collections/commit-values.ts'
import { RecordInParts } from './collections/record-in-parts.ts'
import {
  changeCode,
  type EntryRow,
  type KeyedRow,
  keyBytes,
  keyOf,
  valueColumns,
} from './sqlite-rows.ts'
import { keysReadBy, type SizedHeadRow, UnreadEntry } from './unread-entry.ts'
import type { BucketDraft, WriteTransaction } from './write-transaction.ts'

// Plans of `planCommit`, made from and carried out on the tables.

/** What a plan is made from. Whoever makes one keeps or undoes what its values have written. */
export function commitView(
  { statements, rows, now }: WriteTransaction,
  { row, config }: BucketDraft,
  operations: readonly Operation[],
): CommitView & { readonly values: CommitValues } {
  const { id, name, revision, keys, bytes } = row
  const keysRead = keysReadBy(operations)
  const mayUseParts = config.history === 1
  const values = new CommitValues({ statements, rows, bucketId: id, mayUseParts }, operations)
  return {
    now,
    bucket: { name, config, revision, keys, bytes },
    values,
    lookup: (key) => {
      if (keysRead.has(key)) {
        const found = statements.entry.get(id, keyBytes(key)) as EntryRow | undefined
        return found && values.entryOf(key, found)
      }
      const found = statements.sizedHead.get(id, keyBytes(key)) as SizedHeadRow | undefined
      return found && new UnreadEntry(key, found)
    },
    past: (key) => statements.pastSizes.all(id, keyBytes(key)) as PastRevision[],
  }
}

export function carryOut(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { steps, figures }: Pick<Plan, 'steps' | 'figures'>,
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
  transaction.change(draft, { ...figures, markers })
  if (draft.config.history === 1) giveUpOldMarkers(transaction, draft)
}

/** Records the expiry of entries that have expired, as rows of any buckets. */
export function recordExpiries(transaction: WriteTransaction, rows: readonly ExpiredRow[]): void {
  const byBucket = new Map<number, Entry[]>()
  for (const { bucket_id: id, key, ...row } of rows) {
    const entries = byBucket.get(id) ?? []
    entries.push(new UnreadEntry(keyOf(key), row))
    byBucket.set(id, entries)
  }
  for (const [id, entries] of byBucket) {
    const draft = transaction.findById(id)
    if (!draft) continue
    carryOut(transaction, draft, planExpiries(commitView(transaction, draft, []), entries))
  }
}

export type ExpiredRow = KeyedRow & SizedHeadRow & { readonly bucket_id: number }

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

function takeStep(transaction: WriteTransaction, draft: BucketDraft, step: Step): void {
  const { statements } = transaction
  const bucketId = draft.row.id
  const { change, replaced, dropped } = step
  const key = keyBytes(change.kind === 'put' ? change.entry.key : change.key)
  if (replaced && !dropped.includes(replaced.revision)) {
    statements.supersede.run(bucketId, key)
  }
  for (const revision of dropped) {
    if (revision !== replaced?.revision) statements.dropPast.run(bucketId, key, revision)
  }
  if (replaced)
    freeCollections(transaction, replaced, change.kind === 'put' ? change.entry : undefined)
  if (change.kind === 'put') {
    const { entry } = change
    const head = headColumns(entry)
    const { value } = entry
    if (value instanceof RecordInParts) {
      const { rest, collections } = value
      const columns = [writeStructure(value), bytesApart(collections), rest.data] as const
      statements.updateEntryInParts.run(...head, ...columns, bucketId, key)
      return
    }
    const columns = valueColumns(value, draft.config)
    if (replaced) statements.updateEntry.run(...head, ...columns, bucketId, key)
    else statements.insertEntry.run(bucketId, key, ...head, ...columns)
    return
  }
  if (replaced) statements.removeEntry.run(bucketId, key)
  statements.addMarker.run(bucketId, key, change.revision, changeCode(change.kind), change.at)
}

function headColumns({ revision, createdAt, updatedAt, expiresAt }: Entry) {
  return [revision, createdAt, updatedAt, expiresAt ?? null] as const
}

/** Frees the large fields that the entry had and its successor has not. */
function freeCollections(
  transaction: WriteTransaction,
  replaced: Entry,
  successor: Entry | undefined,
): void {
  const before = collectionsOf(replaced)
  if (before.size === 0) return
  const kept = successor ? collectionsOf(successor) : noCollections
  const keptIds = new Set([...kept.values()].map(({ id }) => id))
  for (const collection of before.values()) {
    if (!keptIds.has(collection.id)) transaction.free(collection)
  }
}

const noCollections: Collections = new Map()

function collectionsOf(entry: Entry): Collections {
  if (entry instanceof UnreadEntry) return entry.collections
  return entry.value instanceof RecordInParts ? entry.value.collections : noCollections
}
