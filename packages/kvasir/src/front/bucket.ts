import type { DurationUnit } from '../codec/duration.ts'
import { limits } from '../codec/limits.ts'
import { decodeValue } from '../codec/value.ts'
import type {
  BucketChanges,
  BucketInfo,
  BucketRef,
  CallOptions,
  CommitOptions,
  Engine,
} from '../engine/engine.ts'
import type { Entry, EntryHead, Revision } from '../engine/entry.ts'
import type { Conflict, Read, ReadResult } from '../engine/operation.ts'
import { type BucketHistoryItem, toHistoryItem } from './bucket-history.ts'
import {
  type BucketEntry,
  type BucketOperation,
  type BucketOperationResult,
  decodeEntry,
  decodeResult,
  toOperation,
} from './bucket-operation.ts'
import { type BucketEvent, type BucketWatch, createBucketWatch } from './bucket-watch.ts'
import { conditionFailed, onlyOne } from './commit-result.ts'
import { type KeyQueue, unopposed } from './key-queue.ts'
import { cursorAfter, type ListOptions, toListQuery } from './list-options.ts'
import { createListing, type Listing, type Page, type PageOptions } from './paged.ts'
import { type ConditionOptions, type ExpiryOptions, withTtl } from './write-options.ts'

export interface WatchOptions extends CallOptions {
  readonly key?: string
  readonly prefix?: string
  /** Begins beyond this revision. Default: with the first change from now on. */
  readonly since?: Revision
  /** Begins with the entries that exist, then says `synced`. */
  readonly initial?: boolean
}

/** A failed condition is a value: `conflict` says which operation met which revision. */
export type BucketCommitResult =
  | { readonly ok: true; readonly results: readonly BucketOperationResult[] }
  | { readonly ok: false; readonly conflict: Conflict }

export type BucketWriteResult =
  | ({ readonly ok: true } & BucketOperationResult)
  | { readonly ok: false; readonly conflict: Conflict }

/** What a transformation begins with: the value, decoded anew by each call, and its TTL. */
export interface TransformInput {
  readonly read: () => unknown
  /** What is left by the engine's clock; `null`: it never expires; `undefined`: there is none. */
  readonly ttlMs: number | null | undefined
}

/** The new value, and its expiry unless that stays. */
export type Transformation = { readonly value: unknown } & Pick<ExpiryOptions, 'ttl'>

export interface BucketParts {
  readonly engine: Engine
  /** Shared by all handles of a store, so that their updates of one key take turns. */
  readonly queue: KeyQueue
  /** The unit of a bare number as TTL; default `'ms'`. */
  readonly ttlUnit?: DurationUnit
}

/**
 * The native API: one bucket of a project, with values as JavaScript has them. All dialects stand
 * on it, and whatever one of them stores the others read.
 */
export class Bucket {
  readonly ref: BucketRef
  readonly #engine: Engine
  readonly #queue: KeyQueue
  readonly #ttlUnit: DurationUnit

  constructor(ref: BucketRef, { engine, queue, ttlUnit = 'ms' }: BucketParts) {
    this.ref = ref
    this.#engine = engine
    this.#queue = queue
    this.#ttlUnit = ttlUnit
  }

  get name(): string {
    return this.ref.bucket
  }

  /** The entry of a key, now or at a kept revision; `undefined` when it does not exist. */
  async get<Value = unknown>(
    key: string,
    options?: CallOptions & { readonly revision?: Revision },
  ): Promise<BucketEntry<Value> | undefined> {
    const entry = await this.#engine.get(this.ref, key, options)
    return entry && (decodeEntry(entry) as BucketEntry<Value>)
  }

  /** The entry of a key as it is stored. */
  storedEntry(key: string): Promise<Entry | undefined> {
    return this.#engine.get(this.ref, key)
  }

  /** As `Engine.getAtOnce`: `null` when the key does not exist, `undefined` when `get` must say. */
  entryAtOnce(key: string): Entry | null | undefined {
    return this.#engine.getAtOnce?.(this.ref, key)
  }

  /** The value of a key; `undefined` when it does not exist. Less work than `get`. */
  async getValue(key: string, options?: CallOptions): Promise<unknown> {
    const entry = await this.#engine.get(this.ref, key, options)
    return entry && decodeValue(entry.value)
  }

  /** The entries of several keys in the order asked, read at one instant where the engine can. */
  async getMany<Value = unknown>(
    keys: readonly string[],
    options?: CallOptions,
  ): Promise<(BucketEntry<Value> | undefined)[]> {
    const reads = keys.map((key) => ({ key }))
    const results = await this.read(reads, options)
    return results.map(({ entry }) => entry && (decodeEntry(entry) as BucketEntry<Value>))
  }

  /** Answers questions about parts of entries; see `Engine.read`. */
  read(reads: readonly Read[], options?: CallOptions): Promise<readonly ReadResult[]> {
    return this.#engine.read(this.ref, reads, options)
  }

  /** Stores a value. Without an expiry option the key becomes permanent. */
  put(
    key: string,
    value: unknown,
    options: ExpiryOptions & ConditionOptions & CommitOptions = {},
  ): Promise<BucketWriteResult> {
    const { ttl, expiresAt, keepTtl, initialTtl, ifAbsent, ifRevision } = options
    return this.#write(
      { op: 'put', key, value, ttl, expiresAt, keepTtl, initialTtl, ifAbsent, ifRevision },
      options,
    )
  }

  /** Removes a key; `changed` says whether it existed. */
  delete(
    key: string,
    options: ConditionOptions & CommitOptions & { readonly previous?: boolean } = {},
  ): Promise<BucketWriteResult> {
    return this.#write({ ...options, op: 'delete', key }, options)
  }

  /**
   * Applies one operation.
   *
   * @throws {KvasirError} `KV_CONFLICT` when its condition does not hold.
   */
  async apply(operation: BucketOperation, options?: CommitOptions): Promise<BucketOperationResult> {
    const plain = toOperation(operation, this.#ttlUnit)
    const result = await this.#engine.commit(this.ref, [plain], options)
    if (!result.ok) throw conditionFailed(result.conflict)
    return decodeResult(onlyOne(result.results))
  }

  /**
   * Applies all operations in one atomic step, or none.
   *
   * @throws {KvasirError} `KV_CONFLICT` when a condition does not hold.
   */
  async applyAll(
    operations: readonly BucketOperation[],
    options?: CommitOptions,
  ): Promise<readonly BucketOperationResult[]> {
    const result = await this.commit(operations, options)
    if (result.ok) return result.results
    throw conditionFailed(result.conflict)
  }

  /** Applies all operations in one atomic step, or none; a failed condition is a value. */
  async commit(
    operations: readonly BucketOperation[],
    options?: CommitOptions,
  ): Promise<BucketCommitResult> {
    const plain = operations.map((operation) => toOperation(operation, this.#ttlUnit))
    const result = await this.#engine.commit(this.ref, plain, options)
    return result.ok ? { ok: true, results: result.results.map(decodeResult) } : result
  }

  /**
   * Reads a key, lets `change` work out the new value, and stores it, atomically: nobody writes in
   * between. `change` runs again when somebody did, so it must not act on anything else.
   *
   * @throws {KvasirError} `KV_CONFLICT` when others keep winning; whatever `change` throws.
   */
  update(
    key: string,
    change: (current: BucketEntry | undefined) => unknown,
    options: ExpiryOptions & CallOptions = {},
  ): Promise<{ readonly value: unknown; readonly revision: Revision }> {
    return unopposed(this.#queue, { ...this.ref, key }, async () => {
      const current = await this.get(key, options)
      const value = await change(current)
      const condition = { ifRevision: current?.revision ?? 0 }
      const result = await this.put(key, value, {
        keepTtl: true,
        ...withTtl(options),
        ...condition,
      })
      return result.ok ? { value, revision: result.revision } : undefined
    })
  }

  /**
   * As `update`, for changes that also depend on the TTL or decide about it; `undefined` leaves
   * everything as it is. Resolves with the value from before, `undefined` when there was none.
   */
  transform(
    key: string,
    decide: (current: TransformInput) => Promise<Transformation | undefined>,
  ): Promise<unknown> {
    return unopposed(this.#queue, { ...this.ref, key }, async () => {
      const [whole, lifetime] = await this.read([{ key }, { key, ttl: true }])
      const read = (): unknown => whole?.entry && decodeValue(whole.entry.value)
      const decided = await decide({ read, ttlMs: lifetime?.ttlMs })
      if (!decided) return { previous: read() }
      const { value, ...expiry } = decided
      const ifRevision = whole?.entry?.revision ?? 0
      const result = await this.put(key, value, { keepTtl: true, ...withTtl(expiry), ifRevision })
      return result.ok ? { previous: read() } : undefined
    }).then(({ previous }) => previous)
  }

  /** The entries of the bucket. */
  entries<Value = unknown>(options: ListOptions = {}): Listing<BucketEntry<Value>> {
    const decode = (entry: EntryHead): BucketEntry<Value> =>
      decodeEntry(entry as Entry) as BucketEntry<Value>
    return this.#listing(options, { keysOnly: false, decode })
  }

  /** The keys of the bucket, which costs less than their entries. */
  keys(options: ListOptions = {}): Listing<string> {
    return this.#listing(options, { keysOnly: true, decode: ({ key }) => key })
  }

  /** The kept changes of a key, oldest first; empty when nothing is known of it. */
  async history(
    key: string,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<BucketHistoryItem[]> {
    const changes = await this.#engine.history(this.ref, key, options)
    return changes.map(toHistoryItem)
  }

  /** Watches the bucket's changes; begins at the call. */
  watch(options: WatchOptions = {}): BucketWatch<BucketEvent> {
    const { signal, initial, ...query } = options
    const watch = this.#engine.watch(
      this.ref,
      { ...query, ...(initial && { initial }) },
      signal && { signal },
    )
    return createBucketWatch(watch)
  }

  info(options?: CallOptions): Promise<BucketInfo> {
    return this.#engine.getBucket(this.ref, options)
  }

  /** Changes settings in one atomic step; those not named stay, and `null` takes one away. */
  configure(changes: BucketChanges, options?: CallOptions): Promise<BucketInfo> {
    return this.#engine.updateBucket(this.ref, changes, options)
  }

  /** Removes every key and all history, in one step. */
  purge(options?: CallOptions): Promise<BucketInfo> {
    return this.#engine.purgeBucket(this.ref, options)
  }

  async #write(operation: BucketOperation, options: CommitOptions): Promise<BucketWriteResult> {
    const plain = toOperation(operation, this.#ttlUnit)
    const result = await this.#engine.commit(this.ref, [plain], options)
    if (!result.ok) return result
    return { ok: true, ...decodeResult(onlyOne(result.results)) }
  }

  #listing<Item>(
    { limit: total, ...options }: ListOptions,
    { keysOnly, decode }: { keysOnly: boolean; decode: (entry: EntryHead) => Item },
  ): Listing<Item> {
    const readPage = async (page: PageOptions): Promise<Page<Item>> => {
      const query = toListQuery(options, page)
      const { entries, hasMore } = await this.#engine.list(this.ref, { ...query, keysOnly })
      const last = entries.at(-1)
      const cursor = hasMore && last ? cursorAfter(last, query.order) : undefined
      return { items: entries.map(decode), ...(cursor && { cursor }) }
    }
    return createListing(readPage, {
      pageLength: limits.pageLengthMax,
      ...(total !== undefined && { total }),
    })
  }
}
