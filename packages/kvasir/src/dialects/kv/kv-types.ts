import type { Duration } from '../../codec/duration.ts'
import type { EpochMs, Revision } from '../../engine/entry.ts'
import type { BucketEntry } from '../../front/bucket-operation.ts'
import type { BucketWatch } from '../../front/bucket-watch.ts'
import type { Listing } from '../../front/paged.ts'

export interface KvSetOptions {
  /** How long the value lives: a number in the handle's unit, or text such as `'90s'`, `'1h'`. */
  readonly ttl?: Duration | null
  /** When the value goes: a `Date` or epoch milliseconds. */
  readonly expiresAt?: Date | number
  /** Keeps the TTL that the key has. */
  readonly keepTtl?: boolean
}

export interface KvDurability {
  /**
   * When this call resolves: once the write outlives a power cut (`'durable'`), or once it outlives
   * the process (`'relaxed'`). Default: as the store is set.
   */
  readonly durability?: 'durable' | 'relaxed'
}

/** A condition on a write; when it fails, the write throws `KV_CONFLICT` and changes nothing. */
export interface KvConditions {
  /** Writes only if the key does not exist. */
  readonly ifAbsent?: boolean
  /** Writes only if the key is at this revision; 0 means that it does not exist. */
  readonly ifRevision?: Revision
}

export interface KvTtlOptions {
  readonly ttl?: Duration | null
}

export interface KvListOptions {
  readonly prefix?: string
  /** Ends the iteration after so many. */
  readonly limit?: number
  readonly reverse?: boolean
}

export interface KvWatchOptions {
  readonly key?: string
  readonly prefix?: string
  /** Begins beyond this revision; default: with the first change from now on. */
  readonly since?: Revision
  readonly signal?: AbortSignal
}

/**
 * A change as `watch` tells it. `clear` means that every key went at once; `gap`, that of the changes
 * beyond `revision` and up to `to` only the last one of each key follows.
 */
export type KvChange =
  | {
      readonly type: 'put'
      readonly key: string
      readonly value: unknown
      readonly revision: Revision
    }
  | { readonly type: 'delete' | 'expire'; readonly key: string; readonly revision: Revision }
  | { readonly type: 'clear'; readonly revision: Revision }
  | { readonly type: 'gap'; readonly revision: Revision; readonly to: Revision }

/** A lock that is held. */
export interface KvLock {
  /** Names this holder; unguessable. */
  readonly token: string
  /**
   * Grows with every acquisition of the key, for ever. Pass it along with what you do under the
   * lock, so that whoever stores it can refuse a holder that came too late.
   */
  readonly fence: number
  /** Frees the lock; `true` only if it was still held, and never somebody else's. */
  release(): Promise<boolean>
}

export interface KvRateLimit {
  readonly allowed: boolean
  /** Calls left in this window. */
  readonly remaining: number
  /** When the window ends, in epoch milliseconds. */
  readonly resetAt: EpochMs
}

/**
 * The `kv` dialect: the key-value store that functions use.
 *
 * Every call is one atomic step. A key that has expired does not exist, to the millisecond. Values
 * read back deep-equal and are never shared with what was written.
 */
export interface Kv {
  /**
   * The value of a key, or `null` when it does not exist. A stored `null` reads `null` as well;
   * `has` tells them apart.
   */
  get<Value = unknown>(key: string): Promise<Value | null>

  /**
   * Stores a value. Without a TTL the key becomes permanent, even if it had one before.
   *
   * With a condition it resolves with the new revision.
   *
   * @throws {KvasirError} `KV_CONFLICT` when a condition fails, with the key's current revision in
   * `details.revision`; `KV_INVALID_VALUE`, `KV_INVALID_KEY`, `KV_INVALID_TTL`, `KV_TOO_LARGE`.
   */
  set(key: string, value: unknown, ttl?: Duration | null): Promise<void>
  set(
    key: string,
    value: unknown,
    options: KvSetOptions & KvDurability & ({ ifAbsent: boolean } | { ifRevision: Revision }),
  ): Promise<Revision>
  set(key: string, value: unknown, options: KvSetOptions & KvDurability): Promise<void>

  has(key: string): Promise<boolean>

  /** Removes a key; `true` if it existed. */
  delete(key: string, options?: KvDurability): Promise<boolean>

  /** Removes every key of the namespace, its locks and rate limits included. */
  clear(): Promise<void>

  /** The values of several keys in the order asked, `null` for each that does not exist. */
  getMany<Value = unknown>(keys: readonly string[]): Promise<(Value | null)[]>

  /** Stores several values in one atomic step; resolves with their revisions. */
  setMany(
    entries: readonly ({ key: string; value: unknown } & KvSetOptions & KvConditions)[],
    options?: KvDurability,
  ): Promise<Revision[]>

  /** Removes several keys in one atomic step; resolves with how many existed. */
  deleteMany(keys: readonly string[], options?: KvDurability): Promise<number>

  /** The keys in the order of their UTF-8 bytes. */
  keys(options?: KvListOptions): Listing<string>

  /** The entries in the order of their keys' UTF-8 bytes. */
  entries<Value = unknown>(options?: KvListOptions): Listing<BucketEntry<Value>>

  /**
   * Adds to a number and resolves with the sum. A missing key starts at 0; the TTL stays unless
   * one is given.
   *
   * @throws {KvasirError} `KV_WRONG_TYPE` when the value is no number and no numeric string.
   */
  increment(key: string, by?: number, options?: KvTtlOptions & KvDurability): Promise<number>

  /**
   * Replaces a value by what `change` makes of it (`null` when the key does not exist), with nobody
   * writing in between. `change` may run again. The TTL stays unless one is given.
   */
  update<Value = unknown>(
    key: string,
    change: (value: Value | null) => Value | Promise<Value>,
    options?: KvTtlOptions,
  ): Promise<Value>

  /** The value with its revision and times, or `null`. */
  getEntry<Value = unknown>(key: string): Promise<BucketEntry<Value> | null>

  /** Removes a key and resolves with the value it had, or `null`. */
  getAndDelete<Value = unknown>(key: string): Promise<Value | null>

  /**
   * The value of a key or, when it does not exist, what `make` makes, which is then stored. For
   * concurrent callers in one process `make` runs once. A stored `null` counts as existing.
   */
  getOrSet<Value = unknown>(
    key: string,
    make: () => Value | Promise<Value>,
    options?: KvTtlOptions,
  ): Promise<Value>

  /** Sets the TTL of a key; `false` when it does not exist. */
  expire(key: string, ttl: Duration): Promise<boolean>

  /** Makes a key permanent; `true` only if there was a TTL to remove. */
  persist(key: string): Promise<boolean>

  /**
   * What is left of a key's TTL in milliseconds, whatever the handle's unit; `undefined` when it
   * has none, `null` when the key does not exist.
   */
  ttl(key: string): Promise<number | undefined | null>

  /** Watches keys; begins at the call. Await `ready` to be sure that the next write is seen. */
  watch(options?: KvWatchOptions): BucketWatch<KvChange>

  /** Takes a lock for at most `ttl`; resolves with `null` when somebody else holds it. */
  lock(key: string, options: { readonly ttl: Duration }): Promise<KvLock | null>

  /** Counts a call against `limit` calls in a `window`, which begins with its first call. */
  rateLimit(
    key: string,
    options: { readonly limit: number; readonly window: Duration },
  ): Promise<KvRateLimit>
}
