import type { StoredValue } from '../../codec/stored-value.ts'
import type { BucketConfig } from '../../engine/engine.ts'
import type { Entry } from '../../engine/entry.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { bytesApart, writeStructure } from './collections/collection.ts'
import { RecordInParts } from './collections/record-in-parts.ts'
import { keyCell, partsKind, valueColumns } from './sqlite-rows.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/** The bucket that an entry is stored in. */
export interface EntryBucket {
  readonly row: { readonly id: number }
  readonly config: BucketConfig
  /** The ids of the rows that were looked up or written, by their keys. */
  readonly rowIds: Map<string, number>
}

/** An entry to be stored, and the one whose row it takes over, if there is one. */
export interface EntryPut {
  readonly entry: Entry
  readonly replaced: Pick<Entry, 'expiresAt'> | undefined
}

type Statements = Pick<SqliteStatements, 'insertEntry' | 'updateEntry' | 'updateEntryOfSameExpiry'>

/** Writes the row of an entry, and answers its id. */
export function storeEntry(
  statements: Statements,
  { row, config, rowIds }: EntryBucket,
  { entry, replaced }: EntryPut,
): number {
  const { key, revision, createdAt, updatedAt, expiresAt } = entry
  const times = [revision, createdAt, updatedAt] as const
  const columns = columnsOf(entry.value, config)
  if (!replaced) {
    const cells = [keyCell(key), ...times, expiresAt ?? null, ...columns] as const
    const rowId = Number(statements.insertEntry.run(row.id, ...cells).lastInsertRowid)
    rowIds.set(key, rowId)
    return rowId
  }
  const rowId = rowIdOf({ rowIds }, key)
  if (expiresAt === replaced.expiresAt) {
    statements.updateEntryOfSameExpiry.run(...times, ...columns, rowId)
  } else statements.updateEntry.run(...times, expiresAt ?? null, ...columns, rowId)
  return rowId
}

/** The row of an entry that has been looked up or written in this transaction. */
export function rowIdOf({ rowIds }: Pick<EntryBucket, 'rowIds'>, key: string): number {
  const rowId = rowIds.get(key)
  if (rowId === undefined) throw new KvasirError('KV_INTERNAL', 'A row was not looked up.')
  return rowId
}

function columnsOf(value: StoredValue, config: BucketConfig): ReturnType<typeof valueColumns> {
  if (!(value instanceof RecordInParts)) return valueColumns(value, config)
  const { rest, collections } = value
  return [partsKind, writeStructure(value), bytesApart(collections), rest.data]
}
