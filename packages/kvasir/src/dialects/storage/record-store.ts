import type { SetType, StoredValue } from '../../codec/stored-value.ts'
import { NumberSet, StringSet } from '../../codec/typed-sets.ts'
import { decodeValue } from '../../codec/value.ts'
import type { Fields, ReadResult } from '../../engine/operation.ts'
import type { Bucket } from '../../front/bucket.ts'
import {
  type BucketOperation,
  type BucketOperationResult,
  pairs,
  toMembers,
} from '../../front/bucket-operation.ts'
import { checkFieldNames } from '../../front/check-fields.ts'
import { asRecord, emptyUnlessRecord, pick, toRecord } from './record-value.ts'
import type {
  KVHash,
  KVPatchUpdater,
  KVRowOptions,
  KVStore,
  KVValue,
  MultiValue,
} from './storage-types.ts'
import { updateRecord } from './update-record.ts'

/** Speaks the records dialect over a bucket whose bare durations are seconds. */
export function createRecordStore(bucket: Bucket): KVStore {
  return new RecordStore(bucket)
}

class RecordStore implements KVStore {
  readonly #bucket: Bucket

  constructor(bucket: Bucket) {
    this.#bucket = bucket
  }

  async get<T extends object = KVHash>(key: string, fields?: string[]): Promise<T> {
    if (!fields) return asRecord(key, await this.#bucket.getValue(key)) as T
    const { entry } = await this.#read({ key, fields })
    return (entry ? decodeValue(entry.value) : {}) as T
  }

  async put<T extends object = KVHash>(
    key: string,
    record: T,
    { ttl = null }: KVRowOptions = {},
  ): Promise<T> {
    const value = toRecord(key, record)
    const { previous } = await this.#write({ op: 'put', key, value, ttl, previous: true })
    return emptyUnlessRecord(previous?.value) as T
  }

  async patch<T extends object = KVHash>(
    key: string,
    change: T | KVPatchUpdater<T>,
    options: KVRowOptions = {},
  ): Promise<T> {
    if (typeof change === 'function') {
      return updateRecord(this.#bucket, { key, updater: change as KVPatchUpdater<T>, options })
    }
    const fields = toRecord(key, change)
    const operation = { op: 'patch', key, fields, ...ttlOf(options), previous: true } as const
    const { previous } = await this.#write(operation)
    return emptyUnlessRecord(previous?.value) as T
  }

  async delete<T extends object = KVHash>(key: string, fields?: string[]): Promise<T> {
    const operation = { op: 'delete', key, ...(fields && { fields }), previous: true } as const
    const { previous } = await this.#write(operation)
    const record = emptyUnlessRecord(previous?.value)
    return (fields ? pick(record, fields) : record) as T
  }

  async exists(key: string): Promise<boolean> {
    const { ttlMs } = await this.#read({ key, ttl: true })
    return ttlMs !== undefined
  }

  async increment(...given: Parameters<KVStore['increment']>): Promise<number> {
    const [key, field, amount = 1, options = {}] = given
    const numbers = await this.incrementMulti(key, one(key, field, amount), options)
    return numbers[field] as number
  }

  async incrementMulti(
    key: string,
    fieldAmounts: MultiValue<number>,
    options: KVRowOptions = {},
  ): Promise<MultiValue<number>> {
    const operation = { op: 'increment', key, fields: fieldAmounts, ...ttlOf(options) } as const
    const { numbers = {} } = await this.#write(operation)
    return numbers
  }

  async append<T = KVValue>(key: string, field: string, value: T): Promise<void> {
    await this.appendMulti(key, one(key, field, [value]))
  }

  async appendMulti<T = KVValue>(key: string, fieldValues: MultiValue<T[]>): Promise<void> {
    await this.#write({ op: 'append', key, fields: fieldValues })
  }

  async unshift<T = KVValue>(key: string, field: string, value: T): Promise<void> {
    await this.unshiftMulti(key, one(key, field, [value]))
  }

  async unshiftMulti<T = KVValue>(key: string, fieldValues: MultiValue<T[]>): Promise<void> {
    await this.#write({ op: 'unshift', key, fields: fieldValues })
  }

  async peek<T = KVValue>(key: string, field: string): Promise<T | undefined> {
    const elements = await this.peekMulti<T>(key, one(key, field, 1))
    return elements[field]?.[0]
  }

  async peekMulti<T = KVValue>(
    key: string,
    fieldCounts: MultiValue<number>,
  ): Promise<MultiValue<T[]>> {
    const peek = pairs<number>({ key, fields: fieldCounts })
    const { elements } = await this.#read({ key, peek })
    return decodeElements(elements) as MultiValue<T[]>
  }

  async shift<T = KVValue>(key: string, field: string): Promise<T | undefined> {
    const elements = await this.shiftMulti<T>(key, one(key, field, 1))
    return elements[field]?.[0]
  }

  async shiftMulti<T = KVValue>(
    key: string,
    fieldCounts: MultiValue<number>,
  ): Promise<MultiValue<T[]>> {
    const { elements = {} } = await this.#write({ op: 'shift', key, fields: fieldCounts })
    return elements as MultiValue<T[]>
  }

  async addString(key: string, field: string, value: string): Promise<boolean> {
    return hasMember(await this.addStringMulti(key, one(key, field, [value])), field)
  }

  addStringMulti(key: string, fieldValues: MultiValue<string[]>): Promise<MultiValue<StringSet>> {
    return this.#changeSets(key, fieldValues, { op: 'add', type: 'string' })
  }

  async hasString(key: string, field: string, value: string): Promise<boolean> {
    return hasMember(await this.hasStringMulti(key, one(key, field, [value])), field)
  }

  hasStringMulti(key: string, fieldValues: MultiValue<string[]>): Promise<MultiValue<StringSet>> {
    return this.#readSets(key, fieldValues, 'string')
  }

  async removeString(key: string, field: string, value: string): Promise<boolean> {
    return hasMember(await this.removeStringMulti(key, one(key, field, [value])), field)
  }

  removeStringMulti(
    key: string,
    fieldValues: MultiValue<string[]>,
  ): Promise<MultiValue<StringSet>> {
    return this.#changeSets(key, fieldValues, { op: 'remove', type: 'string' })
  }

  async addNumber(key: string, field: string, value: number): Promise<boolean> {
    return hasMember(await this.addNumberMulti(key, one(key, field, [value])), field)
  }

  addNumberMulti(key: string, fieldValues: MultiValue<number[]>): Promise<MultiValue<NumberSet>> {
    return this.#changeSets(key, fieldValues, { op: 'add', type: 'number' })
  }

  async hasNumber(key: string, field: string, value: number): Promise<boolean> {
    return hasMember(await this.hasNumberMulti(key, one(key, field, [value])), field)
  }

  hasNumberMulti(key: string, fieldValues: MultiValue<number[]>): Promise<MultiValue<NumberSet>> {
    return this.#readSets(key, fieldValues, 'number')
  }

  async removeNumber(key: string, field: string, value: number): Promise<boolean> {
    return hasMember(await this.removeNumberMulti(key, one(key, field, [value])), field)
  }

  removeNumberMulti(
    key: string,
    fieldValues: MultiValue<number[]>,
  ): Promise<MultiValue<NumberSet>> {
    return this.#changeSets(key, fieldValues, { op: 'remove', type: 'number' })
  }

  async #changeSets<SetOfType>(
    key: string,
    fields: MultiValue<readonly (string | number)[]>,
    { op, type }: { op: 'add' | 'remove'; type: SetType },
  ): Promise<MultiValue<SetOfType>> {
    const { members = {} } = await this.#write({ op, key, type, fields })
    return toSets(Object.entries(members), type)
  }

  async #readSets<SetOfType>(
    key: string,
    fields: MultiValue<readonly (string | number)[]>,
    type: SetType,
  ): Promise<MultiValue<SetOfType>> {
    const { members = [] } = await this.#read({ key, has: toMembers({ key, fields }), type })
    return toSets(members, type)
  }

  async #read(read: Parameters<Bucket['read']>[0][number]): Promise<ReadResult> {
    const [result] = await this.#bucket.read([read])
    return result ?? {}
  }

  #write(operation: BucketOperation): Promise<BucketOperationResult> {
    return this.#bucket.apply(operation)
  }
}

/** Where a record is changed, an absent TTL leaves the one there is. */
function ttlOf({ ttl }: KVRowOptions): KVRowOptions {
  return ttl === undefined ? {} : { ttl }
}

/** One field as a `Multi` call takes it; the name may be anything, `__proto__` included. */
function one<Content>(key: string, field: string, content: Content): MultiValue<Content> {
  checkFieldNames(key, [field])
  return Object.fromEntries([[field, content]])
}

function decodeElements(elements: Fields<readonly StoredValue[]> = []): MultiValue<unknown[]> {
  return Object.fromEntries(elements.map(([field, values]) => [field, values.map(decodeValue)]))
}

function toSets<SetOfType>(
  members: Fields<readonly (string | number)[]>,
  type: SetType,
): MultiValue<SetOfType> {
  const create = (found: readonly (string | number)[]): StringSet | NumberSet =>
    type === 'string' ? new StringSet(found as string[]) : new NumberSet(found as number[])
  const sets = members.map(([field, found]) => [field, create(found)])
  return Object.fromEntries(sets) as MultiValue<SetOfType>
}

function hasMember(sets: MultiValue<StringSet | NumberSet>, field: string): boolean {
  return (sets[field]?.size ?? 0) > 0
}
