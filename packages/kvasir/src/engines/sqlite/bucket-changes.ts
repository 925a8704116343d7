import {
  bucketExists,
  differingSettings,
  quotaUnderUse,
  withChanges,
} from '../../engine/bucket-config.ts'
import { defaultBucket, lockSpaceOf } from '../../engine/bucket-names.ts'
import { checkDeletion, isFromStart, mirrorReadOnly } from '../../engine/copies.ts'
import type { BucketChanges, BucketConfig, BucketInfo, BucketRef } from '../../engine/engine.ts'
import type { EpochMs, Revision } from '../../engine/entry.ts'
import { publishedSince } from '../../engine/republish.ts'
import { beginCopies, checkOrigins, endCopies, mirrorsOf } from './bucket-copies.ts'
import type { BucketDraft } from './bucket-draft.ts'
import { joinRecords } from './collections/join-records.ts'
import type { Reading } from './reading.ts'
import { toBucketInfo } from './sqlite-bucket.ts'
import type { WriteTransaction } from './write-transaction.ts'

// What is done to buckets as a whole, inside a transaction. Refusals come before any writing.

export function createBucket(
  transaction: WriteTransaction,
  reading: Reading,
  { at, config }: { at: BucketRef; config: BucketConfig },
): { created: boolean; info: BucketInfo } {
  const existing = at.bucket === defaultBucket ? transaction.bucket(at) : transaction.find(at)
  if (existing) {
    const differing = differingSettings(existing.config, config)
    if (differing.length > 0) throw bucketExists(at, differing)
    return { created: false, info: infoOf(existing, reading, transaction) }
  }
  checkOrigins(transaction, at, config)
  transaction.requireSpace()
  const added = transaction.add(at, config)
  beginCopies(transaction, added)
  return { created: true, info: infoOf(added, reading, transaction) }
}

export function updateBucket(
  transaction: WriteTransaction,
  reading: Reading,
  { at, changes }: { at: BucketRef; changes: BucketChanges },
): BucketInfo {
  const { statements } = transaction
  const draft = transaction.bucket(at)
  const { id } = draft.row
  const config = withChanges(draft.config, changes)
  if (config.history > draft.config.history) transaction.requireSpace()
  const { bytes } = infoOf(draft, reading, transaction)
  const { bytesMax, ttlMs, history } = config
  if (bytesMax !== undefined && bytesMax < bytes) throw quotaUnderUse(at, { bytes, bytesMax })
  if (ttlMs !== undefined) {
    capExpiries(transaction, draft, ttlMs)
    transaction.dueAt = transaction.now
  }
  if (history > 1) joinRecords(transaction, draft)
  const trimmed = statements.trimPast.all(id, history) as { bytes: number }[]
  const present = { config: draft.config, since: draft.row.published_since ?? undefined }
  const published_since = publishedSince(config, present, draft.row.revision) ?? null
  draft.config = config
  const bytesLeft = trimmed.reduce((left, past) => left - past.bytes, draft.row.bytes)
  const changed = { config: JSON.stringify(config), bytes: bytesLeft, published_since }
  transaction.change(draft, changed, 'all')
  return infoOf(draft, reading, transaction)
}

export function deleteBucket(
  transaction: WriteTransaction,
  reading: Reading,
  at: BucketRef,
): BucketInfo {
  const draft = transaction.bucket(at)
  const mirrors = mirrorsOf(transaction, draft)
  checkDeletion(
    at,
    mirrors.map(({ config, row }) => ({ config, name: row.name })),
  )
  const info = infoOf(draft, reading, transaction)
  endCopies(transaction, draft)
  empty(transaction, draft)
  transaction.removeAnswers(draft)
  transaction.statements.removeBucket.run(draft.row.id)
  draft.isRemoved = true
  transaction.keepTime() // What kept it until now may have been this bucket.
  purgeLockSpace(transaction, at)
  return info
}

export function purgeBucket(
  transaction: WriteTransaction,
  reading: Reading,
  at: BucketRef,
): BucketInfo {
  const draft = transaction.bucket(at)
  const { mirror } = draft.config
  if (mirror) throw mirrorReadOnly(at.bucket, mirror)
  const info = infoOf(draft, reading, transaction)
  purge(transaction, draft)
  purgeLockSpace(transaction, at)
  return info
}

/** Begins anew with the buckets that are not to outlive the processes that used them. */
export function emptyMemoryBuckets(transaction: WriteTransaction): void {
  const { statements } = transaction
  const found = statements.memoryBucketsInUse.all() as { project: string; name: string }[]
  for (const { project, name: bucket } of found) {
    const draft = transaction.bucket({ project, bucket })
    purge(transaction, draft)
    purgeLockSpace(transaction, draft.at)
    // What was answered about the values goes with them: a repeated write is to be applied again.
    transaction.removeAnswers(draft)
  }
}

function purgeLockSpace(transaction: WriteTransaction, { project, bucket }: BucketRef): void {
  const lockSpace = transaction.find({ project, bucket: lockSpaceOf(bucket) })
  if (lockSpace) purge(transaction, lockSpace)
}

function purge(transaction: WriteTransaction, draft: BucketDraft): void {
  clear(transaction, draft, { revision: draft.row.revision + 1, at: transaction.now })
}

function clear(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { revision, at }: { revision: Revision; at: EpochMs },
): void {
  empty(transaction, draft)
  const cleared = { cleared_revision: revision, cleared_at: at }
  transaction.change(draft, { revision, keys: 0, bytes: 0, markers: 0, ...cleared }, 'all')
  draft.events.push({ kind: 'clear', revision, at })
  for (const copy of mirrorsOf(transaction, draft)) {
    const { mirror } = copy.config
    if (mirror && isFromStart({ revision, at }, mirror)) clear(transaction, copy, { revision, at })
  }
}

/** Has values expire so long after they were written, if not earlier; in mirrors as well. */
function capExpiries(transaction: WriteTransaction, draft: BucketDraft, ttlMs: number): void {
  transaction.statements.capExpiries.run(draft.row.id, ttlMs)
  for (const copy of mirrorsOf(transaction, draft)) capExpiries(transaction, copy, ttlMs)
}

function empty(transaction: WriteTransaction, draft: BucketDraft): void {
  const { statements } = transaction
  const { row } = draft
  statements.removeEntries.run(row.id)
  statements.removePast.run(row.id)
  draft.revisions.removeAll()
  const freed = statements.freeCollectionsOf.run(row.id)
  if (Number(freed.changes) > 0) transaction.dueAt = transaction.now
}

/** What a bucket is, at the time of the transaction. */
export function infoOf(
  draft: BucketDraft,
  reading: Reading,
  transaction: WriteTransaction,
): BucketInfo {
  const info = toBucketInfo(draft.row, reading, transaction.now)
  if (info.keys < draft.row.keys) transaction.keepTime()
  return info
}
