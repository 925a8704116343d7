import type { Step } from '../../engine/draft.ts'
import type { Entry } from '../../engine/entry.ts'
import { type BucketDraft, keepsWholeValues } from './bucket-draft.ts'
import type { Collections } from './collections/collection.ts'
import { RecordInParts } from './collections/record-in-parts.ts'
import { changeCode, keyCell } from './sqlite-rows.ts'
import { rowIdOf, storeEntry } from './store-entry.ts'
import { UnreadEntry } from './unread-entry.ts'
import type { WriteTransaction } from './write-transaction.ts'

/** Stores one step of a plan in the rows of a bucket, or defers it to the transaction's end. */
export function takeStep(transaction: WriteTransaction, draft: BucketDraft, step: Step): void {
  const { change, replaced } = step
  if (change.kind === 'put' && mayBeDeferred(draft, change.entry, replaced)) {
    const isStored = replaced && draft.deferred.entryOf(change.entry.key) === undefined
    if (isStored) draft.revisions.supersede(replaced.revision)
    draft.deferred.add({ entry: change.entry, replaced })
    return
  }
  storeStep(transaction, draft, step)
}

/** Whether nobody but a look-up of the key can ask for the entry before the transaction's end. */
function mayBeDeferred(draft: BucketDraft, entry: Entry, replaced: Entry | undefined): boolean {
  if (keepsWholeValues(draft) || entry.value instanceof RecordInParts) return false
  return !replaced || collectionsOf(replaced).size === 0
}

function storeStep(transaction: WriteTransaction, draft: BucketDraft, step: Step): void {
  const { statements } = transaction
  const bucketId = draft.row.id
  const { change, replaced, dropped } = step
  const key = keyCell(change.kind === 'put' ? change.entry.key : change.key)
  if (replaced && !dropped.includes(replaced.revision)) {
    statements.supersede.run(bucketId, key)
  }
  for (const revision of dropped) {
    if (revision !== replaced?.revision) statements.dropPast.run(bucketId, key, revision)
  }
  if (replaced) {
    freeCollections(transaction, replaced, change.kind === 'put' ? change.entry : undefined)
    draft.revisions.supersede(replaced.revision)
  }
  if (change.kind === 'put') {
    const { entry } = change
    draft.revisions.add(entry.revision, storeEntry(statements, draft, { entry, replaced }))
    return
  }
  if (replaced) statements.removeEntry.run(rowIdOf(draft, replaced.key))
  statements.addMarker.run(bucketId, key, change.revision, changeCode(change.kind), change.at)
  draft.revisions.add(change.revision, null)
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
