import type { Kv, KvListOptions, KvTtlOptions } from '../dialects/kv/kv-types.ts'
import type { BucketEntry } from '../front/bucket-operation.ts'
import type { Listing } from '../front/paged.ts'
import type { Untyped } from './untyped.ts'

/**
 * The `kv` dialect as the global of a function. It is `Kv`, but values that nobody gives a type may
 * be used as they are. In TypeScript, `kv.get<Session>(key)` says the type.
 */
export interface FunctionKv extends Kv {
  /**
   * The value of a key, or `null` when it does not exist. A stored `null` reads `null` as well;
   * `has` tells them apart.
   */
  get<Value = Untyped>(key: string): Promise<Value | null>

  /** The values of several keys in the order asked, `null` for each that does not exist. */
  getMany<Value = Untyped>(keys: readonly string[]): Promise<(Value | null)[]>

  /** The entries in the order of their keys' UTF-8 bytes. */
  entries<Value = Untyped>(options?: KvListOptions): Listing<BucketEntry<Value>>

  /**
   * Replaces a value by what `change` makes of it (`null` when the key does not exist), with nobody
   * writing in between. `change` may run again. The TTL stays unless one is given.
   */
  update<Value = Untyped>(
    key: string,
    change: (value: Value | null) => Value | Promise<Value>,
    options?: KvTtlOptions,
  ): Promise<Value>

  /** The value with its revision and times, or `null`. */
  getEntry<Value = Untyped>(key: string): Promise<BucketEntry<Value> | null>

  /** Removes a key and resolves with the value it had, or `null`. */
  getAndDelete<Value = Untyped>(key: string): Promise<Value | null>
}
