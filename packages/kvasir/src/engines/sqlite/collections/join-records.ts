import type { BucketDraft } from '../bucket-draft.ts'
import { type EntryRow, type KeyedRow, partsKind, valueColumns } from '../sqlite-rows.ts'
import type { WriteTransaction } from '../write-transaction.ts'
import { readParts } from './collection.ts'
import { joinRecord } from './join-record.ts'

/** Takes all large fields of a bucket back into their records: it keeps whole values from now. */
export function joinRecords(transaction: WriteTransaction, draft: BucketDraft): void {
  const { id } = draft.row
  const { statements, rows } = transaction
  const found = statements.entriesInParts.all(id, partsKind) as (KeyedRow & EntryRow)[]
  for (const { key, ...row } of found) {
    const parts = readParts(row)
    const columns = valueColumns(joinRecord(rows, parts), draft.config)
    statements.reshapeEntry.run(...columns, id, key)
    for (const collection of parts.collections.values()) transaction.free(collection)
  }
}
