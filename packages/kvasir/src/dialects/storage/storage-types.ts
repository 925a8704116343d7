import type { Duration } from '../../codec/duration.ts'
import type { NumberSet, StringSet } from '../../codec/typed-sets.ts'
import type { KvasirError } from '../../errors/kvasir-error.ts'
import type { ListOptions } from '../../front/list-options.ts'
import type { Listing } from '../../front/paged.ts'

/** A value that every store of the dialect can hold. */
export type Value = string | number | boolean | null | ValueHash

/** Named values. */
export interface ValueHash {
  [field: string]: Value | Value[] | undefined
}

/** A value that the key-value stores can hold: typed sets as well. */
export type KVValue = Value | NumberSet | StringSet

/** A record: named fields. A field that is `undefined` is not there. */
export interface KVHash {
  [field: string]: KVValue | KVValue[] | undefined
}

/** What a `Multi` call takes or gives for each of several fields. */
export interface MultiValue<T> {
  [field: string]: T
}

export interface KVRowOptions {
  /**
   * How long the record lives, in seconds (fractions allowed) or as text such as `'10m'`. Where a
   * record is changed, absent leaves its TTL as it is and `null` removes it.
   */
  ttl?: Duration | null
}

/** What an updater is given beside the record. */
export interface KVUpdateOptions {
  /**
   * The seconds that the record still lives, `undefined` when it never expires. Assigning changes
   * it; assigning `undefined` makes the record permanent.
   */
  ttl?: number
}

/**
 * Makes a record of the one from before (`{}` when there was none). It may change and return what
 * it was given, may be async, and may be called several times.
 */
export type PatchUpdater<T> = (previous: T) => T | Promise<T>

/** A `PatchUpdater` that also sees, and may change, the TTL. */
export type KVPatchUpdater<T> = (previous: T, options: KVUpdateOptions) => T | Promise<T>

/** What all stores of the dialect have. Source: the records specification, "The four stores". */
export interface BaseKVStore<R = true> {
  /** The record, or only the named fields; `{}` when none of them exists. */
  get<T extends object = ValueHash>(key: string, fields?: string[]): Promise<T>

  /** Stores a record in place of whatever was there. */
  put<T extends object = ValueHash>(key: string, value: T): Promise<R extends true ? true : T>

  // A function is an object, too: were the fields tried first, they would swallow every updater.
  /** Replaces the record by what `updater` makes of it; resolves with the record from before. */
  patch<T extends object = ValueHash>(key: string, updater: PatchUpdater<T>): Promise<T>
  /** Sets fields and leaves the others; resolves with the record from before. */
  patch<T extends object = ValueHash>(key: string, value: T): Promise<T>

  /** Removes the record, or only the named fields. */
  delete<T extends object = ValueHash>(
    key: string,
    fields?: string[],
  ): Promise<R extends true ? true : T>

  exists(key: string): Promise<boolean>
}

/** What a rotation did with a secret. */
export type SecretRotation = { readonly key: string } & (
  | { readonly outcome: 'rotated' | 'current' }
  /** It cannot be decrypted, and stays as it is. */
  | { readonly outcome: 'failed'; readonly error: KvasirError }
)

/**
 * Records that are encrypted before they leave this process, and that never expire. Their keys are
 * made of `a-z A-Z 0-9 _ -`, in parts with `/` between them.
 *
 * Everything but `keys` throws `KV_SECRETS_KEY_MISSING` or `KV_SECRETS_KEY_INVALID` without a good
 * key, and whatever reads or replaces a secret throws `KV_SECRETS_KEY_WRONG` when it was encrypted
 * with another; `delete(key)` works even then.
 */
export interface SecretStore extends BaseKVStore {
  /** The keys of the secrets, in the order of their bytes. */
  keys(options?: ListOptions): Listing<string>

  /**
   * Encrypts every secret with the first of the keys that is not yet, one by one, each in one
   * atomic step. It goes on where an earlier rotation ended, and may run while others write.
   */
  rotate(): AsyncGenerator<SecretRotation, void, undefined>
}

/**
 * The records dialect: a hash of fields under every key, with atomic operations on its numbers,
 * lists and sets. Every call is one atomic step; a `Multi` call is one over all its fields.
 *
 * On a key that holds no record (a string, a number, a list, bytes) everything but `put`, `delete`
 * and `exists` throws `KV_WRONG_TYPE`, as do list and set operations on fields of another type.
 */
export interface KVStore extends BaseKVStore<KVHash> {
  get<T extends object = KVHash>(key: string, fields?: string[]): Promise<T>

  /** Stores a record, TTL included, and resolves with the one from before (`{}` if none). */
  put<T extends object = KVHash>(key: string, value: T, options?: KVRowOptions): Promise<T>

  patch<T extends object = KVHash>(
    key: string,
    updater: KVPatchUpdater<T>,
    options?: KVRowOptions,
  ): Promise<T>
  patch<T extends object = KVHash>(key: string, value: T, options?: KVRowOptions): Promise<T>

  /** Removes the record or fields of it, and resolves with what was removed. */
  delete<T extends object = KVHash>(key: string, fields?: string[]): Promise<T>

  /** Adds to a field and resolves with the sum. What is missing starts at 0. */
  increment(key: string, field: string, amount?: number, options?: KVRowOptions): Promise<number>
  incrementMulti(
    key: string,
    fieldAmounts: MultiValue<number>,
    options?: KVRowOptions,
  ): Promise<MultiValue<number>>

  /** Adds an element at the end of a list; creates record and field. */
  append<T = KVValue>(key: string, field: string, value: T): Promise<void>
  appendMulti<T = KVValue>(key: string, fieldValues: MultiValue<T[]>): Promise<void>

  /** Adds an element at the front of a list; creates record and field. */
  unshift<T = KVValue>(key: string, field: string, value: T): Promise<void>
  /** The values stand at the front in the given order. */
  unshiftMulti<T = KVValue>(key: string, fieldValues: MultiValue<T[]>): Promise<void>

  /** The first element, which stays; `undefined` when there is none, or no list. */
  peek<T = KVValue>(key: string, field: string): Promise<T | undefined>
  peekMulti<T = KVValue>(key: string, fieldCounts: MultiValue<number>): Promise<MultiValue<T[]>>

  /** Removes the first element and resolves with it. */
  shift<T = KVValue>(key: string, field: string): Promise<T | undefined>
  shiftMulti<T = KVValue>(key: string, fieldCounts: MultiValue<number>): Promise<MultiValue<T[]>>

  /** `true` if the member was newly added. */
  addString(key: string, field: string, value: string): Promise<boolean>
  /** Resolves with the members that were newly added. */
  addStringMulti(key: string, fieldValues: MultiValue<string[]>): Promise<MultiValue<StringSet>>
  hasString(key: string, field: string, value: string): Promise<boolean>
  hasStringMulti(key: string, fieldValues: MultiValue<string[]>): Promise<MultiValue<StringSet>>
  /** `true` if the member was there. */
  removeString(key: string, field: string, value: string): Promise<boolean>
  removeStringMulti(key: string, fieldValues: MultiValue<string[]>): Promise<MultiValue<StringSet>>

  addNumber(key: string, field: string, value: number): Promise<boolean>
  addNumberMulti(key: string, fieldValues: MultiValue<number[]>): Promise<MultiValue<NumberSet>>
  hasNumber(key: string, field: string, value: number): Promise<boolean>
  hasNumberMulti(key: string, fieldValues: MultiValue<number[]>): Promise<MultiValue<NumberSet>>
  removeNumber(key: string, field: string, value: number): Promise<boolean>
  removeNumberMulti(key: string, fieldValues: MultiValue<number[]>): Promise<MultiValue<NumberSet>>
}
