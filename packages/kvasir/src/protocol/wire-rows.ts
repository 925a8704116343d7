/**
 * Entries and changes as rows: all but their values, which stand one after the other in the order
 * of the rows, as the bytes that they are stored as.
 */
import type { StoredValue } from '../codec/stored-value.ts'
import type { Change, Entry, EntryHead } from '../engine/entry.ts'
import { badAnswer } from './bad-answer.ts'
import { textOfValue } from './socket-frame.ts'

type Listed = EntryHead & Partial<Pick<Entry, 'value'>>

/** What is left out at the end of a row is `null`. */
type EntryRow = readonly [
  key: string,
  revision: number,
  createdAt: number,
  updatedAt: number,
  expiresAt: number | null,
  kind?: string,
  bytes?: number,
  sets?: unknown,
]

/** Takes a value, and answers how many bytes it has. */
type AddValue = (value: string | Uint8Array) => number

/** An entry as a row, with or without its value. */
export function entryRow(entry: Listed, addValue: AddValue): EntryRow {
  const { key, value, revision, createdAt, updatedAt, expiresAt = null } = entry
  if (!value) return [key, revision, createdAt, updatedAt, expiresAt]
  const bytes = addValue(value.data)
  const row = [key, revision, createdAt, updatedAt, expiresAt, value.kind, bytes] as const
  return 'sets' in value && value.sets ? [...row, value.sets] : row
}

/** A change as a row: that of what was put, or the change itself. */
export function changeRow(change: Change, addValue: AddValue): unknown {
  return change.kind === 'put' ? entryRow(change.entry, addValue) : change
}

/**
 * Reads rows of entries, whose values are in `values`.
 *
 * @throws {KvasirError} `KV_BAD_RESPONSE`
 */
export function readEntryRows(rows: unknown, values: Uint8Array): Listed[] {
  const reader = new RowReader(values)
  return arrayOf(rows).map((row) => reader.entry(row))
}

/** As `readEntryRows`, where they are of changes. */
export function readChangeRows(rows: unknown, values: Uint8Array): Change[] {
  const reader = new RowReader(values)
  return arrayOf(rows).map((row) => (Array.isArray(row) ? reader.put(row) : removalOf(row)))
}

/**
 * A value of a kind, from the bytes of its frame.
 *
 * @throws {KvasirError} `KV_BAD_RESPONSE`
 */
export function storedOf(kind: unknown, bytes: Uint8Array): StoredValue {
  if (kind === 'bytes') return { kind, data: bytes.slice() }
  if (kind === 'text' || kind === 'json' || kind === 'record') {
    return { kind, data: textOfValue(bytes) }
  }
  throw badAnswer('a value of an unknown kind')
}

/** A number of an answer. @throws {KvasirError} `KV_BAD_RESPONSE` */
export function numberOf(member: unknown): number {
  if (typeof member === 'number') return member
  throw badAnswer('something else where a number belongs')
}

class RowReader {
  readonly #values: Uint8Array
  #at = 0

  constructor(values: Uint8Array) {
    this.#values = values
  }

  put(row: readonly unknown[]): Change {
    const { value, ...head } = this.entry(row)
    if (!value) throw badAnswer('a change without its value')
    return { kind: 'put', entry: { ...head, value } }
  }

  entry(row: unknown): Listed {
    const [key, revision, createdAt, updatedAt, expiresAt, kind, bytes, sets] = arrayOf(row)
    if (typeof key !== 'string') throw badAnswer('a row without its key')
    const head = {
      key,
      revision: numberOf(revision),
      createdAt: numberOf(createdAt),
      updatedAt: numberOf(updatedAt),
    }
    const whole = typeof expiresAt === 'number' ? { ...head, expiresAt } : head
    if (kind === undefined) return whole
    const stored = storedOf(kind, this.#take(numberOf(bytes)))
    return { ...whole, value: sets ? ({ ...stored, sets } as StoredValue) : stored }
  }

  #take(bytes: number): Uint8Array {
    const value = this.#values.subarray(this.#at, this.#at + bytes)
    this.#at += bytes
    if (value.byteLength !== bytes) throw badAnswer('less than the values that it speaks of')
    return value
  }
}

function removalOf(row: unknown): Change {
  const { kind, key, revision, at } = (row ?? {}) as Record<string, unknown>
  const isRemoval = kind === 'delete' || kind === 'purge' || kind === 'expire'
  if (!isRemoval || typeof key !== 'string') throw badAnswer('a change of an unknown kind')
  return { kind, key, revision: numberOf(revision), at: numberOf(at) }
}

function arrayOf(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given
  throw badAnswer('something else where rows belong')
}
