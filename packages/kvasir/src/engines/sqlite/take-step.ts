import type { StoredValue } from '../../codec/stored-value.ts'
import type { Step } from '../../engine/draft.ts'
import type { BucketConfig } from '../../engine/engine.ts'
import type { Entry } from '../../engine/entry.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { bytesApart, type Collections, writeStructure } from './collections/collection.ts'
import { RecordInParts } from './collections/record-in-parts.ts'
import { changeCode, keyBytes, partsKind, valueColumns } from './sqlite-rows.ts'
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
  if (replaced) {
    freeCollections(transaction, replaced, change.kind === 'put' ? change.entry : undefined)
    draft.revisions.supersede(replaced.revision)
  }
  if (change.kind === 'put') {
    const entryId = store(transaction, draft, { key, entry: change.entry, replaced })
    draft.revisions.add(change.entry.revision, entryId)
    return
  }
  if (replaced) statements.removeEntry.run(bucketId, key)
  statements.addMarker.run(bucketId, key, change.revision, changeCode(change.kind), change.at)
  draft.revisions.add(change.revision, null)
}

/** Writes the row of an entry, and answers its id. */
function store(
  { statements }: WriteTransaction,
  { row, config, rowIds }: BucketDraft,
  { key, entry, replaced }: { key: Uint8Array; entry: Entry; replaced: Entry | undefined },
): number {
  const { revision, createdAt, updatedAt, expiresAt } = entry
  const times = [revision, createdAt, updatedAt] as const
  const columns = columnsOf(entry.value, config)
  if (!replaced) {
    const added = statements.insertEntry.run(row.id, key, ...times, expiresAt ?? null, ...columns)
    const rowId = Number(added.lastInsertRowid)
    rowIds.set(entry.key, rowId)
    return rowId
  }
  const rowId = rowIds.get(entry.key)
  if (rowId === undefined) throw new KvasirError('KV_INTERNAL', 'A row was not looked up.')
  if (expiresAt === replaced.expiresAt) {
    statements.updateEntryOfSameExpiry.run(...times, ...columns, rowId)
  } else statements.updateEntry.run(...times, expiresAt ?? null, ...columns, rowId)
  return rowId
}

function columnsOf(value: StoredValue, config: BucketConfig): ReturnType<typeof valueColumns> {
  if (!(value instanceof RecordInParts)) return valueColumns(value, config)
  const { rest, collections } = value
  return [partsKind, writeStructure(value), bytesApart(collections), rest.data]
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
