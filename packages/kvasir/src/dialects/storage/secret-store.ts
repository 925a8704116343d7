import type { StoredValue } from '../../codec/stored-value.ts'
import { decodeValue, encodeValue } from '../../codec/value.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import type { Bucket, Transformation } from '../../front/bucket.ts'
import type { ListOptions } from '../../front/list-options.ts'
import type { Listing } from '../../front/paged.ts'
import type { Sealer } from '../../secrets/sealer.ts'
import { asRecord, pick, type RecordValue, toRecord } from './record-value.ts'
import type { PatchUpdater, SecretRotation, SecretStore } from './storage-types.ts'

export interface SecretStoreParts {
  readonly bucket: Bucket
  /** Asked at every use, so that `storage()` itself needs no key. */
  readonly openSealer: () => Promise<Sealer>
}

/** Speaks what all stores of the dialect have over a bucket that sees nothing but envelopes. */
export function createSecretStore(parts: SecretStoreParts): SecretStore {
  return new EncryptedStore(parts)
}

class EncryptedStore implements SecretStore {
  readonly #bucket: Bucket
  readonly #openSealer: () => Promise<Sealer>

  constructor({ bucket, openSealer }: SecretStoreParts) {
    this.#bucket = bucket
    this.#openSealer = openSealer
  }

  async get<T extends object>(key: string, fields?: string[]): Promise<T> {
    const sealer = await this.#sealerFor(key)
    const found = await this.#bucket.getValue(key)
    if (found === undefined) return {} as T
    const record = toPlain(key, await sealer.unseal(key, found))
    return (fields ? pick(record, fields) : record) as T
  }

  async put<T extends object>(key: string, value: T): Promise<true> {
    const sealer = await this.#sealerFor(key)
    const record = encodeValue(toRecord(key, value))
    await this.#bucket.transform(key, async ({ read }) => {
      sealer.checkReplaceable(key, read())
      return { value: await sealer.seal(key, record), ttl: null }
    })
    return true
  }

  async patch<T extends object>(key: string, change: T | PatchUpdater<T>): Promise<T> {
    if (typeof change === 'function') {
      const updater = change as PatchUpdater<T>
      return (await this.#update(key, (record) => updater(record as T))) as T
    }
    const fields = toRecord(key, change)
    return (await this.#update(key, (record) => withFields(record, fields))) as T
  }

  async delete(key: string, fields?: string[]): Promise<true> {
    if (fields) {
      await this.#update(key, (record) => withoutFields(record, fields))
      return true
    }
    await this.#sealerFor(key)
    await this.#bucket.apply({ op: 'delete', key })
    return true
  }

  async exists(key: string): Promise<boolean> {
    await this.#sealerFor(key)
    const [lifetime] = await this.#bucket.read([{ key, ttl: true }])
    return lifetime?.ttlMs !== undefined
  }

  keys(options?: ListOptions): Listing<string> {
    return this.#bucket.keys(options)
  }

  async *rotate(): AsyncGenerator<SecretRotation, void, undefined> {
    const sealer = await this.#openSealer()
    for await (const key of this.#bucket.keys()) yield await this.#rotate(sealer, key)
  }

  async #sealerFor(key: string): Promise<Sealer> {
    checkSecretKey(key)
    return this.#openSealer()
  }

  /** Decrypts, changes and encrypts in one step; resolves with the record from before. */
  async #update(key: string, change: (record: RecordValue) => unknown): Promise<RecordValue> {
    const sealer = await this.#sealerFor(key)
    let previous: RecordValue = {}
    await this.#bucket.transform(key, async ({ read }) => {
      const found = read()
      const opened = found === undefined ? undefined : await sealer.unseal(key, found)
      const record = (): RecordValue => (opened ? toPlain(key, opened) : {})
      previous = record()
      const changed = await change(record())
      if (changed === unchanged) return undefined
      return { value: await sealer.seal(key, encodeValue(toRecord(key, changed))) }
    })
    return previous
  }

  async #rotate(sealer: Sealer, key: string): Promise<SecretRotation> {
    let outcome: SecretRotation['outcome'] = 'current'
    const reseal = async (found: unknown): Promise<Transformation | undefined> => {
      outcome = 'current'
      if (found === undefined || sealer.isCurrent(found)) return undefined
      const opened = await sealer.unseal(key, found)
      outcome = 'rotated'
      return { value: await sealer.seal(key, opened) }
    }
    try {
      await this.#bucket.transform(key, ({ read }) => reseal(read()))
      return { key, outcome }
    } catch (error) {
      // One secret that cannot be read must not keep the others from their new key.
      if (!isOfSecret(error)) throw error
      return { key, outcome: 'failed', error }
    }
  }
}

/** What a change says that leaves everything as it is. */
const unchanged = Symbol('unchanged')

function withFields(record: RecordValue, fields: RecordValue): RecordValue {
  // By entries, because a field may be called `__proto__`.
  return Object.fromEntries([...Object.entries(record), ...Object.entries(fields)])
}

function withoutFields(
  record: RecordValue,
  fields: readonly string[],
): RecordValue | typeof unchanged {
  const left = Object.entries(record).filter(([field]) => !fields.includes(field))
  return left.length === Object.keys(record).length ? unchanged : Object.fromEntries(left)
}

function toPlain(key: string, opened: StoredValue): RecordValue {
  return asRecord(key, decodeValue(opened))
}

/** @throws {KvasirError} `KV_INVALID_KEY`, without repeating what was given: it may be a secret. */
function checkSecretKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && /^[a-zA-Z0-9_-]+(\/[a-zA-Z0-9_-]+)*$/.test(key)) return
  throw new KvasirError(
    'KV_INVALID_KEY',
    'The key of a secret is made of the characters a-z A-Z 0-9 _ - in one or more parts, with one "/" between two parts, such as "payments/stripe".',
    { outcome: 'not-applied' },
  )
}

function isOfSecret(error: unknown): error is KvasirError {
  const codes = ['KV_SECRETS_KEY_WRONG', 'KV_CORRUPT', 'KV_FORMAT_TOO_NEW'] as const
  return codes.some((code) => KvasirError.is(error, code))
}
