// What the bench asks of a store of records: a record has a note, a count and one field of many
// elements, which is a list or a set.

import type { Awaitable, Durability } from '../engines/engine.ts'
import type { OpenableStore } from '../store-process.ts'

/** A record as it is stored and read whole; its elements are a list. */
export interface ListRecord {
  readonly note: string
  readonly count: number
  readonly elements: readonly string[]
}

/** An open store. Each call is atomic, by the best means the store has. */
export interface RecordConnection {
  get(key: string): Awaitable<ListRecord>
  put(key: string, record: ListRecord): Awaitable<unknown>
  /** Changes the note; answers the record from before. */
  patch(key: string, note: string): Awaitable<ListRecord>
  /** Replaces the record by what `updater` makes of it; answers the record from before. */
  update(key: string, updater: (record: ListRecord) => ListRecord): Awaitable<ListRecord>
  /** Adds one to the count; answers the sum. */
  increment(key: string): Awaitable<number>
  append(key: string, element: string): Awaitable<unknown>
  unshift(key: string, element: string): Awaitable<unknown>
  peek(key: string): Awaitable<string | null | undefined>
  shift(key: string): Awaitable<string | null | undefined>
  /** Whether the member is new. */
  add(key: string, member: string): Awaitable<boolean>
  has(key: string, member: string): Awaitable<boolean>
  /** Whether the member was there. */
  remove(key: string, member: string): Awaitable<boolean>
  /** Stores a record whose elements are a set; not measured. */
  putSet(key: string, record: ListRecord): Awaitable<unknown>
  /** How many elements a record has, be they a list or a set; not measured. */
  countElements(key: string): Awaitable<number>
  close(): Awaitable<void>
}

export interface RecordStoreDefinition extends OpenableStore {
  /** For `--engines`. */
  readonly name: string
  readonly title: string
  readonly isKvasir: boolean
  readonly durability: Exclude<Durability, 'memory'>
  /** How it comes by its durability. */
  readonly durabilityText: string
  /** What a reader has to know to be fair to it. */
  readonly notes: readonly string[]
  /** Opens the store: in a directory, or at its server's address. */
  open(place: string): Promise<RecordConnection>
}
