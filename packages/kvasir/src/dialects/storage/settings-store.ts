import type { Bucket } from '../../front/bucket.ts'
import { createRecordStore } from './record-store.ts'
import type { BaseKVStore, KVStore, PatchUpdater } from './storage-types.ts'

/** Speaks what all stores of the dialect have over a bucket: records that never expire. */
export function createSettingsStore(bucket: Bucket): BaseKVStore {
  return new SettingsStore(createRecordStore(bucket))
}

class SettingsStore implements BaseKVStore {
  readonly #records: KVStore

  constructor(records: KVStore) {
    this.#records = records
  }

  get<T extends object>(key: string, fields?: string[]): Promise<T> {
    return this.#records.get<T>(key, fields)
  }

  async put<T extends object>(key: string, value: T): Promise<true> {
    await this.#records.put(key, value)
    return true
  }

  patch<T extends object>(key: string, change: T | PatchUpdater<T>): Promise<T> {
    if (typeof change !== 'function') return this.#records.patch(key, change)
    // Without the second argument: there is no TTL to see or to change.
    const updater = change as PatchUpdater<T>
    return this.#records.patch<T>(key, (previous) => updater(previous))
  }

  async delete(key: string, fields?: string[]): Promise<true> {
    await this.#records.delete(key, fields)
    return true
  }

  exists(key: string): Promise<boolean> {
    return this.#records.exists(key)
  }
}
