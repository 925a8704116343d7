// What the bench asks of a store that has buckets with history, statistics and watchers.

import type { Awaitable, Durability } from '../engines/engine.ts'
import type { OpenableStore } from '../store-process.ts'

export type TextEntry = readonly [key: string, value: string]

export interface BucketPage {
  readonly keys: readonly string[]
  /** Where the next page begins; absent after the last. */
  readonly next?: number
}

/** An open store. Values are texts. */
export interface BucketConnection {
  /** Makes a bucket that keeps so many values of each key; not measured. */
  createBucket(bucket: string, history: number): Promise<unknown>
  /** Stores many entries as fast as the store can; not measured. */
  load(bucket: string, entries: readonly TextEntry[]): Promise<void>
  /** Answers the revision. */
  put(bucket: string, key: string, value: string): Awaitable<number>
  get(bucket: string, key: string): Awaitable<string | undefined>
  /** The kept values of a key, oldest first. */
  history(bucket: string, key: string): Awaitable<readonly string[]>
  /** Entries with their values in the order of their last change, from a place on. */
  page(bucket: string, from: number, limit: number): Awaitable<BucketPage>
  /** How many keys a bucket has, by its statistics. */
  countKeys(bucket: string): Awaitable<number>
  /** How many keys each bucket of the store has, by their statistics. */
  countAllKeys(): Awaitable<readonly number[]>
  /** Tells the revision of each change; resolves once the next change would be seen. */
  watch(bucket: string, onChange: (revision: number) => void): Promise<unknown>
  close(): Awaitable<void>
}

export interface BucketStoreDefinition extends OpenableStore {
  /** For `--engines`. */
  readonly name: string
  readonly title: string
  readonly isKvasir: boolean
  readonly durability: Exclude<Durability, 'memory'>
  /** How it comes by its durability. */
  readonly durabilityText: string
  /** What a reader has to know to be fair to it. */
  readonly notes: readonly string[]
  /** Whether reads are measured with it, and not with its sibling of another durability. */
  readonly isRead: boolean
  /** Opens the store: in a directory, or at its server's address. */
  open(place: string): Promise<BucketConnection>
}
