import type { Duration } from '../../codec/duration.ts'
import { decodeValue, encodeValue } from '../../codec/value.ts'
import type { EpochMs, Revision } from '../../engine/entry.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import type { Bucket } from '../../front/bucket.ts'
import type { BucketEntry } from '../../front/bucket-operation.ts'
import { mapWatch } from '../../front/bucket-watch.ts'
import { checkInteger, checkKey } from '../../front/checks.ts'
import { describe, invalidArgument } from '../../front/invalid-argument.ts'
import type { SingleFlight } from '../../front/single-flight.ts'
import { changeOf } from './kv-change.ts'
import type {
  Kv,
  KvConditions,
  KvDurability,
  KvListOptions,
  KvLock,
  KvRateLimit,
  KvSetOptions,
  KvTtlOptions,
  KvWatchOptions,
} from './kv-types.ts'

export interface KvParts {
  readonly bucket: Bucket
  /** The hidden bucket that holds the locks and rate limits of `bucket`. */
  readonly lockSpace: Bucket
  /** Shared by all handles of a store, so that `getOrSet` runs once for all of them. */
  readonly flights: SingleFlight
}

/** Speaks the `kv` dialect over a bucket. The semantics are in `Kv`. */
export function createKv(parts: KvParts): Kv {
  return new KvHandle(parts)
}

// Within the lock space, so that a lock and a rate limit of one name do not meet.
const lockMark = 'L'
const rateLimitMark = 'R'

class KvHandle implements Kv {
  readonly #bucket: Bucket
  readonly #lockSpace: Bucket
  readonly #flights: SingleFlight

  constructor({ bucket, lockSpace, flights }: KvParts) {
    this.#bucket = bucket
    this.#lockSpace = lockSpace
    this.#flights = flights
  }

  async get<Value>(key: string): Promise<Value | null> {
    let entry = this.#bucket.entryAtOnce(key)
    if (entry === undefined) entry = await this.#bucket.storedEntry(key)
    return entry ? (decodeValue(entry.value) as Value) : null
  }

  async set(
    key: string,
    value: unknown,
    third?: Duration | null | (KvSetOptions & KvConditions & KvDurability),
  ): Promise<never> {
    const options = toSetOptions(third)
    const { ttl, expiresAt, keepTtl, ifAbsent, ifRevision } = options
    const operation = {
      op: 'put',
      key,
      value,
      ttl,
      expiresAt,
      keepTtl,
      ifAbsent,
      ifRevision,
    } as const
    const result = await this.#bucket.apply(operation, durabilityOf(options))
    const isConditional = options.ifAbsent || options.ifRevision !== undefined
    // The overloads of `Kv.set` tell callers which of the two they get.
    return (isConditional ? result.revision : undefined) as never
  }

  async has(key: string): Promise<boolean> {
    const [result] = await this.#bucket.read([{ key, ttl: true }])
    return result?.ttlMs !== undefined
  }

  async delete(key: string, options?: KvDurability): Promise<boolean> {
    const { changed } = await this.#bucket.apply({ op: 'delete', key }, durabilityOf(options))
    return changed
  }

  async clear(): Promise<void> {
    await this.#bucket.purge()
  }

  async getMany<Value>(keys: readonly string[]): Promise<(Value | null)[]> {
    checkArray(keys, 'getMany takes an array of keys')
    const entries = await this.#bucket.getMany<Value>(keys)
    return entries.map((entry) => (entry ? entry.value : null))
  }

  async setMany(
    entries: readonly ({ key: string; value: unknown } & KvSetOptions & KvConditions)[],
    options?: KvDurability,
  ): Promise<Revision[]> {
    checkArray(entries, 'setMany takes an array of { key, value }')
    const results = await this.#bucket.applyAll(
      entries.map((entry) => ({ ...entry, op: 'put' as const })),
      durabilityOf(options),
    )
    return results.map(({ revision }) => revision)
  }

  async deleteMany(keys: readonly string[], options?: KvDurability): Promise<number> {
    checkArray(keys, 'deleteMany takes an array of keys')
    const results = await this.#bucket.applyAll(
      keys.map((key) => ({ op: 'delete' as const, key })),
      durabilityOf(options),
    )
    return results.filter(({ changed }) => changed).length
  }

  keys(options?: KvListOptions) {
    return this.#bucket.keys(options)
  }

  entries<Value>(options?: KvListOptions) {
    return this.#bucket.entries<Value>(options)
  }

  async increment(key: string, by = 1, options: KvTtlOptions & KvDurability = {}): Promise<number> {
    const { ttl } = options
    const plain = { op: 'increment', key, by } as const
    const operation = ttl === undefined ? plain : { ...plain, ttl }
    const { number } = await this.#bucket.apply(operation, durabilityOf(options))
    return number as number
  }

  async update<Value>(
    key: string,
    change: (value: Value | null) => Value | Promise<Value>,
    options: KvTtlOptions = {},
  ): Promise<Value> {
    const decide = (entry?: BucketEntry) => change(entry ? (entry.value as Value) : null)
    const { value } = await this.#bucket.update(key, decide, ttlOf(options))
    return ownCopy(value)
  }

  async getEntry<Value>(key: string): Promise<BucketEntry<Value> | null> {
    return (await this.#bucket.get<Value>(key)) ?? null
  }

  async getAndDelete<Value>(key: string): Promise<Value | null> {
    const { previous } = await this.#bucket.apply({ op: 'delete', key, previous: true })
    return previous ? (previous.value as Value) : null
  }

  async getOrSet<Value>(
    key: string,
    make: () => Value | Promise<Value>,
    options: KvTtlOptions = {},
  ): Promise<Value> {
    const { project, bucket } = this.#bucket.ref
    const found = await this.#bucket.get<Value>(key)
    if (found) return found.value
    const shared = await this.#flights.run(JSON.stringify([project, bucket, key]), async () => {
      const again = await this.#bucket.get<Value>(key)
      if (again) return again.value
      const value = await make()
      const result = await this.#bucket.put(key, value, { ...ttlOf(options), ifAbsent: true })
      if (result.ok) return value
      // Somebody else was quicker; theirs is what everybody reads, unless it has gone already.
      const theirs = await this.#bucket.get<Value>(key)
      return theirs ? theirs.value : value
    })
    return ownCopy(shared)
  }

  async expire(key: string, ttl: Duration): Promise<boolean> {
    const { revision } = await this.#bucket.apply({ op: 'touch', key, ttl })
    return revision !== 0
  }

  async persist(key: string): Promise<boolean> {
    const { changed } = await this.#bucket.apply({ op: 'touch', key, ttl: null })
    return changed
  }

  async ttl(key: string): Promise<number | undefined | null> {
    const [result] = await this.#bucket.read([{ key, ttl: true }])
    if (result?.ttlMs === undefined) return null
    return result.ttlMs ?? undefined
  }

  watch(options: KvWatchOptions = {}) {
    return mapWatch(this.#bucket.watch(options), changeOf)
  }

  async lock(key: string, options: { ttl: Duration }): Promise<KvLock | null> {
    checkKey(key)
    const { ttl } = options ?? {}
    checkGiven(ttl, 'ttl')
    const lockKey = lockMark + key
    const token = crypto.randomUUID()
    const taken = await this.#lockSpace.put(lockKey, token, { ttl, ifAbsent: true })
    if (!taken.ok) return null
    // The revision of the lock space is the fence: it outlives release, expiry and clearing.
    const fence = taken.revision
    const release = async (): Promise<boolean> => {
      const freed = await this.#lockSpace.delete(lockKey, { ifRevision: fence })
      return freed.ok
    }
    return { token, fence, release }
  }

  async rateLimit(
    key: string,
    { limit, window }: { limit: number; window: Duration },
  ): Promise<KvRateLimit> {
    checkKey(key)
    checkInteger(limit, { name: 'limit', min: 1 })
    checkGiven(window, 'window')
    const { number, expiresAt } = await this.#lockSpace.apply({
      op: 'increment',
      key: rateLimitMark + key,
      initialTtl: window,
    })
    const count = number as number
    return {
      allowed: count <= limit,
      remaining: Math.max(0, limit - count),
      resetAt: expiresAt as EpochMs,
    }
  }
}

function toSetOptions(
  third: Duration | null | undefined | (KvSetOptions & KvConditions & KvDurability),
): KvSetOptions & KvConditions & KvDurability {
  if (third === null || third === undefined) return {}
  const isOptions = typeof third === 'object' && !Array.isArray(third) && !(third instanceof Date)
  return isOptions ? third : { ttl: third as Duration }
}

/** What the options say of the durability, for the commit; `undefined` when they say nothing. */
function durabilityOf(options: KvDurability | undefined): KvDurability | undefined {
  return options?.durability === undefined ? undefined : { durability: options.durability }
}

/** What a later reader would get: converted as storing does, and shared with nobody. */
function ownCopy<Value>(value: unknown): Value {
  return decodeValue(encodeValue(value)) as Value
}

/** A lock or a window without an end would never go away. */
function checkGiven(duration: Duration | null | undefined, name: string): void {
  if (duration === undefined || duration === null) {
    throw new KvasirError(
      'KV_INVALID_TTL',
      `${name} is missing. Give a number, or text such as "30s".`,
      {
        outcome: 'not-applied',
      },
    )
  }
}

/** `undefined` says nothing about the TTL, where the write would otherwise take it for "none". */
function ttlOf({ ttl }: KvTtlOptions): KvTtlOptions {
  return ttl === undefined ? {} : { ttl }
}

function checkArray(given: unknown, takes: string): void {
  if (!Array.isArray(given)) throw invalidArgument(`${takes}; it was given ${describe(given)}.`)
}
