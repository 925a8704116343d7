import type { StoredValue } from '../../../codec/stored-value.ts'
import type { Content } from '../../../engine/apply.ts'
import type { FieldsOperation } from '../../../engine/apply-to-fields.ts'
import { type Entry, entryOf } from '../../../engine/entry.ts'
import type { Operation } from '../../../engine/operation.ts'
import { type ValueAccess, wholeValues } from '../../../engine/value-access.ts'
import type { DeferredPuts } from '../deferred-puts.ts'
import { type EntryRow, keyCell, partsKind, toEntry, toHead } from '../sqlite-rows.ts'
import type { SqliteStatements } from '../sqlite-statements.ts'
import { keysOf, UnreadEntry } from '../unread-entry.ts'
import { applyInParts, type EntryInParts } from './apply-in-parts.ts'
import { bytesApart, type RecordParts, readParts, writeStructure } from './collection.ts'
import type { CollectionRows } from './collection-rows.ts'
import { joinRecord } from './join-record.ts'
import { RecordInParts } from './record-in-parts.ts'
import { mayHaveLargeField, splitRecord } from './split-record.ts'

export interface CommitValuesParts {
  readonly statements: SqliteStatements
  readonly rows: CollectionRows
  readonly bucketId: number
  /** Buckets that keep history keep whole values. */
  readonly mayUseParts: boolean
}

/**
 * The values that one commit meets. Elements of large fields are written while the commit is still
 * being planned, because later operations of it must find them; so a commit that comes to nothing
 * has to be undone.
 */
export class CommitValues implements ValueAccess {
  readonly #parts: CommitValuesParts
  /** Keys of which fields are to be changed. */
  readonly #changing: ReadonlySet<string>
  #hasSavepoint = false

  constructor(parts: CommitValuesParts, operations: readonly Operation[]) {
    this.#parts = parts
    this.#changing = keysOf(operations, changesFields)
  }

  /** The entry of a row; large fields are moved out if operations change fields of the record. */
  entryOf(key: string, row: EntryRow): Entry {
    const { statements, rows, bucketId, mayUseParts } = this.#parts
    const entry = storedEntry(key, row)
    if (!mayUseParts || !this.#changing.has(key)) return entry
    const beforeWriting = (): void => this.#beforeWriting()
    const moved = moveOut({ statements, rows }, entry, { bucketId, beforeWriting })
    return moved ? entryOf(entry, moved) : entry
  }

  /** Whether operations change fields of an entry that has no row yet and may be too large. */
  mayMoveOutOf(deferred: DeferredPuts): boolean {
    for (const key of this.#changing) {
      const value = deferred.entryOf(key)?.value
      if (value?.kind === 'record' && mayHaveLargeField(value)) return true
    }
    return false
  }

  bytesOf(entry: Entry): number {
    if (entry instanceof UnreadEntry) return entry.bytes
    if (!isInParts(entry)) return wholeValues.bytesOf(entry)
    return Buffer.byteLength(entry.key) + entry.value.bytes
  }

  whole(entry: Entry): Entry {
    if (!isInParts(entry)) return entry
    return entryOf(entry, joinRecord(this.#parts.rows, entry.value))
  }

  applyToFields(current: Entry | undefined, operation: FieldsOperation): Content {
    if (!current || !isInParts(current)) return wholeValues.applyToFields(current, operation)
    this.#beforeWriting()
    return applyInParts(this.#parts.rows, current, operation)
  }

  /** Lets what was written stand. */
  keep(): void {
    if (this.#hasSavepoint) this.#parts.statements.releaseSavepoint.run()
    this.#hasSavepoint = false
  }

  /** Takes back what was written. */
  undo(): void {
    if (this.#hasSavepoint) this.#parts.statements.undoToSavepoint.run()
    this.keep()
  }

  #beforeWriting(): void {
    if (this.#hasSavepoint) return
    this.#parts.statements.savepoint.run()
    this.#hasSavepoint = true
  }
}

/** The entry of a row, its record in parts if it is kept so. */
export function storedEntry(key: string, row: EntryRow): Entry {
  if (row.kind !== partsKind) return toEntry(key, row)
  return entryOf(toHead(key, row), new RecordInParts(readParts(row)))
}

/**
 * Moves the large fields of a stored record out of its row; the record itself does not change.
 * `undefined`: there is nothing to move, and nothing was written.
 */
export function moveOut(
  { statements, rows }: Pick<CommitValuesParts, 'statements' | 'rows'>,
  { key, value }: Entry,
  options: { bucketId: number; beforeWriting: () => void },
): RecordInParts | undefined {
  const before = partsOf(value)
  if (!before || !mayHaveLargeField(before.rest)) return undefined
  const parts = splitRecord(rows, before, options)
  if (!parts) return undefined
  const { rest, collections } = parts
  const columns = [partsKind, writeStructure(parts), bytesApart(collections), rest.data] as const
  statements.reshapeEntry.run(...columns, options.bucketId, keyCell(key))
  return new RecordInParts(parts)
}

function partsOf(value: StoredValue): RecordParts | undefined {
  if (value instanceof RecordInParts) return value
  return value.kind === 'record' ? { rest: value, collections: new Map() } : undefined
}

function isInParts(entry: Entry): entry is EntryInParts {
  return !(entry instanceof UnreadEntry) && entry.value instanceof RecordInParts
}

/** Whether an operation leaves most of a record as it is, which pays off where that lies apart. */
function changesFields(operation: Operation): boolean {
  const { op } = operation
  if (op === 'delete' || op === 'increment') return operation.fields !== undefined
  return !['put', 'touch', 'purge'].includes(op)
}
