import type { Step } from '../../engine/draft.ts'
import type { Entry } from '../../engine/entry.ts'
import { bytesApart, type Collections, writeStructure } from './collections/collection.ts'
import { RecordInParts } from './collections/record-in-parts.ts'
import { changeCode, keyBytes, valueColumns } from './sqlite-rows.ts'
import { UnreadEntry } from './unread-entry.ts'
import type { BucketDraft, WriteTransaction } from './write-transaction.ts'

/** Stores one step of a plan in the rows of a bucket. */
export function takeStep(transaction: WriteTransaction, draft: BucketDraft, step: Step): void {
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
    if (replaced instanceof UnreadEntry && replaced.rowId !== undefined) {
      statements.updateEntryById.run(...head, ...columns, replaced.rowId)
    } else if (replaced) statements.updateEntry.run(...head, ...columns, bucketId, key)
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
