import { cycleOfCopies, findCycle, isFromStart, originNamesOf } from '../../engine/copies.ts'
import type { BucketConfig, BucketRef } from '../../engine/engine.ts'
import type { Change } from '../../engine/entry.ts'
import type { Origin } from '../../engine/origin.ts'
import type { BucketDraft } from './bucket-draft.ts'
import { receive } from './carry-out.ts'
import { joinRecords } from './collections/join-records.ts'
import {
  type BucketRow,
  type EntryRow,
  type KeyedRow,
  keyOf,
  type PastRow,
  toChange,
  toEntry,
} from './sqlite-rows.ts'
import type { WriteTransaction } from './write-transaction.ts'

// What creating and deleting buckets means for those that copy others.

/** How many changes are in memory at once while a copy begins. */
const chunkLength = 64

/**
 * Refuses a new bucket that would copy itself, or what does not exist.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_BUCKET_NOT_FOUND`
 */
export function checkOrigins(
  transaction: WriteTransaction,
  at: BucketRef,
  config: BucketConfig,
): void {
  const way = findCycle(at.bucket, config, (bucket) => {
    const found = transaction.find({ ...at, bucket })
    return found ? originNamesOf(found.config) : []
  })
  if (way) throw cycleOfCopies(way)
  for (const bucket of originNamesOf(config)) transaction.bucket({ ...at, bucket })
}

/** Ties a new bucket to those that it copies, and to those whose source had its name before. */
export function beginCopies(transaction: WriteTransaction, draft: BucketDraft): void {
  const { project, bucket } = draft.at
  const origins = originNamesOf(draft.config)
  for (const origin of origins) transaction.statements.addCopy.run(project, origin, bucket)
  transaction.forgetCopies()
  markOrigin(transaction, draft)
  for (const name of origins) {
    const origin = transaction.bucket({ project, bucket: name })
    markOrigin(transaction, origin)
    copyAll(transaction, draft, origin)
  }
}

/** A bucket that is gone copies nothing any more. */
export function endCopies(transaction: WriteTransaction, draft: BucketDraft): void {
  const { project, bucket } = draft.at
  const origins = originNamesOf(draft.config)
  for (const origin of origins) transaction.statements.removeCopy.run(project, origin, bucket)
  transaction.forgetCopies()
  for (const name of origins) {
    const origin = transaction.find({ project, bucket: name })
    if (origin) markOrigin(transaction, origin)
  }
}

export function mirrorsOf(
  transaction: WriteTransaction,
  draft: BucketDraft,
): readonly BucketDraft[] {
  if (draft.row.is_origin === 0) return []
  return transaction.copiesOf(draft).filter(({ config }) => config.mirror)
}

/** Notes whether anything copies the bucket, so that others need not look. */
function markOrigin(transaction: WriteTransaction, draft: BucketDraft): void {
  const { is_origin: before, id } = draft.row
  const is_origin = transaction.copiesOf(draft).length > 0 ? 1 : 0
  if (is_origin === before) return
  transaction.statements.markOrigin.run(is_origin, id)
  transaction.change(draft, { is_origin })
  if (is_origin === 1) joinRecords(transaction, draft)
}

/** Copies what an origin has: what it keeps of the past is for mirrors. */
function copyAll(transaction: WriteTransaction, draft: BucketDraft, origin: BucketDraft): void {
  const { mirror } = draft.config
  const { entryIds, changeIds } = transaction.statements
  origin.revisions.write()
  const found = (mirror ? changeIds : entryIds).get(origin.row.id) as { ids: string }
  const ids = JSON.parse(found.ids) as number[]
  const holders = mirror && origin.config.history > 1 ? { holders: new Map() } : {}
  for (let from = 0; from < ids.length; from += chunkLength) {
    const changes = ids.slice(from, from + chunkLength).map((id) => readChange(transaction, id))
    receive(transaction, draft, { bucket: origin.at.bucket, changes, ...holders })
    draft.events.length = 0 // Nobody can be watching a bucket that is not there yet.
  }
  if (mirror) copyPast(transaction, draft, { row: origin.row, mirror })
}

/** What else a mirror has to know of what was before, so that watches can begin there. */
function copyPast(
  transaction: WriteTransaction,
  draft: BucketDraft,
  { row, mirror }: { row: BucketRow; mirror: Origin },
): void {
  const { cleared_revision: revision, cleared_at: at, oldest_resume: oldest } = row
  if (revision !== null && at !== null && isFromStart({ revision, at }, mirror)) {
    const cleared = { cleared_revision: revision, cleared_at: at }
    const last = Math.max(revision, draft.row.revision)
    transaction.change(draft, { ...cleared, revision: last }, 'all')
  }
  if (oldest >= (mirror.startRevision ?? 0)) {
    const oldest_resume = Math.max(oldest, draft.row.oldest_resume)
    transaction.change(draft, { oldest_resume }, 'all')
  }
}

function readChange({ statements }: WriteTransaction, id: number): Change {
  if (id < 0) {
    const { key, ...row } = statements.pastById.get(-id) as KeyedRow & PastRow
    return toChange(keyOf(key), row)
  }
  const { key, ...row } = statements.entryById.get(id) as KeyedRow & EntryRow
  return { kind: 'put', entry: toEntry(keyOf(key), row) }
}
