import { type Entry, entryOf } from '../../../engine/entry.ts'
import { type EntryRow, partsKind, toEntry, toHead } from '../sqlite-rows.ts'
import { readParts } from './collection.ts'
import type { CollectionRows } from './collection-rows.ts'
import { joinRecord } from './join-record.ts'

/** The entry of a row with all of its value, whether that is in the row or in parts. */
export function wholeEntry(rows: CollectionRows, key: string, row: EntryRow): Entry {
  if (row.kind !== partsKind) return toEntry(key, row)
  return entryOf(toHead(key, row), joinRecord(rows, readParts(row)))
}
