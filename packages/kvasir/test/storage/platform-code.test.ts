// Code as apps have it that were written for the original platform. Its types are checked by tsc
// (`npm run types`); here it also runs.

import {
  type BaseKVStore,
  type KVHash,
  type KVStore,
  NumberSet,
  newSecretsKey,
  openStore,
  StringSet,
  type ValueHash,
} from 'kvasir'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'

interface PendingOrder {
  id: number
  status: string
}

interface Countdown {
  counter: number
  step: number
}

interface Visit {
  page: string
  at: number
}

const orderId = 123
const key = `pending_order|${orderId}`
const order: PendingOrder = { id: orderId, status: 'pending' }

let close: () => Promise<void>
let storage: {
  kvStore: KVStore
  sharedKvStore: KVStore
  settings: BaseKVStore
  secrets: BaseKVStore
}

beforeEach(async () => {
  const store = await openStore('memory:', { secretsKey: newSecretsKey() })
  close = () => store.close()
  storage = store.project('shop').storage()
})

afterEach(() => close())

describe('code written for the original platform', () => {
  it('puts and reads records by an interface of its own', async () => {
    const previousValue = await storage.kvStore.put(key, order)
    await storage.kvStore.put(key, order, { ttl: 600 })
    const pendingOrder = await storage.kvStore.get<PendingOrder>(key)
    const status = await storage.kvStore.get<Pick<PendingOrder, 'status'>>(key, ['status'])

    expectTypeOf(previousValue).toEqualTypeOf<PendingOrder>()
    expectTypeOf(pendingOrder).toEqualTypeOf<PendingOrder>()
    expect([previousValue, pendingOrder, status]).toEqual([{}, order, { status: 'pending' }])
  })

  it('reads records without a type as hashes', async () => {
    await storage.kvStore.put(key, { id: 1, tags: new StringSet(['new']) })

    const record = await storage.kvStore.get(key)

    expectTypeOf(record).toEqualTypeOf<KVHash>()
    expect(record.tags instanceof StringSet && record.tags.has('new')).toBe(true)
  })

  it('patches fields, with and without a type', async () => {
    const update: Partial<PendingOrder> = { status: 'completed' }
    await storage.kvStore.put(key, order)

    await storage.kvStore.patch(key, { status: 'sent' })
    const previous = await storage.kvStore.patch<Partial<PendingOrder>>(key, update)
    await storage.kvStore.patch(key, { note: undefined }, { ttl: '10m' })

    expectTypeOf(previous).toEqualTypeOf<Partial<PendingOrder>>()
    expect(previous).toEqual({ id: orderId, status: 'sent' })
    expect(await storage.kvStore.get(key)).toEqual({ id: orderId, status: 'completed' })
  })

  it('patches with an updater that changes value and TTL', async () => {
    await storage.kvStore.put('countdown', { counter: 5, step: 2 })

    const previous = await storage.kvStore.patch<Countdown>('countdown', (value, options) => {
      // set the TTL to 60 seconds
      options.ttl = 60
      // change the value
      value.counter -= value.step || 1
      if (value.counter < 0) {
        value.counter = 0
      }
      // return the value we want to set given the previous value
      return value
    })

    expectTypeOf(previous).toEqualTypeOf<Countdown>()
    expect(previous).toEqual({ counter: 5, step: 2 })
    expect(await storage.kvStore.get('countdown')).toEqual({ counter: 3, step: 2 })
  })

  it('patches with an updater that has no type, or is async', async () => {
    await storage.kvStore.patch('countdown', (value, options) => {
      expectTypeOf(value).toEqualTypeOf<KVHash>()
      expectTypeOf(options.ttl).toEqualTypeOf<number | undefined>()
      options.ttl = 60
      value.counter = 10
      return value
    })
    await storage.kvStore.patch<Countdown>('countdown', async ({ counter }) => {
      return { counter: counter + 1, step: 1 }
    })

    expect(await storage.kvStore.get('countdown')).toEqual({ counter: 11, step: 1 })
  })

  it('lets an updater remove the TTL', async () => {
    await storage.kvStore.put('countdown', { counter: 1 }, { ttl: 60 })
    await storage.kvStore.patch<Partial<Countdown>>('countdown', (value, options) => {
      delete options.ttl
      return value
    })

    await storage.kvStore.patch<Partial<Countdown>>('countdown', (value, options) => {
      return { ...value, step: options.ttl ?? -1 }
    })

    expect(await storage.kvStore.get('countdown')).toEqual({ counter: 1, step: -1 })
  })

  it('asks whether a record exists, and deletes it', async () => {
    await storage.kvStore.put(key, order)

    const exists = await storage.kvStore.exists(key)
    const status = await storage.kvStore.delete<Partial<PendingOrder>>(key, ['status'])
    const deleted = await storage.kvStore.delete(key)

    expectTypeOf(exists).toEqualTypeOf<boolean>()
    expectTypeOf(status).toEqualTypeOf<Partial<PendingOrder>>()
    expect([exists, status, deleted]).toEqual([true, { status: 'pending' }, { id: orderId }])
  })

  it('counts', async () => {
    let remaining = await storage.kvStore.increment('coupons', 'summer15')
    remaining = await storage.kvStore.increment('coupons', 'summer15', -5)
    remaining = await storage.kvStore.increment('coupons', 'summer15', 1, { ttl: 60 })
    const sums = await storage.kvStore.incrementMulti('coupons', { summer15: 10, freeship: 10 })

    expectTypeOf(remaining).toEqualTypeOf<number>()
    expectTypeOf(sums.freeship).toEqualTypeOf<number | undefined>()
    expect([remaining, sums]).toEqual([-3, { summer15: 7, freeship: 10 }])
  })

  it('keeps lists, of elements with an interface too', async () => {
    const visit: Visit = { page: '/', at: 1 }
    await storage.kvStore.append('visits', 'latest', visit)
    await storage.kvStore.unshift<Visit>('visits', 'latest', { page: '/cart', at: 2 })
    await storage.kvStore.appendMulti('visits', { latest: [visit], all: [visit] })
    await storage.kvStore.unshiftMulti<string | number>('visits', { names: ['a'], ids: [1] })

    const first = await storage.kvStore.peek<Visit>('visits', 'latest')
    const some = await storage.kvStore.peekMulti<Visit>('visits', { latest: 2, all: 1 })
    const taken = await storage.kvStore.shift<Visit>('visits', 'latest')
    const rest = await storage.kvStore.shiftMulti<Visit>('visits', { latest: 10 })

    expectTypeOf(first).toEqualTypeOf<Visit | undefined>()
    expectTypeOf(some.latest).toEqualTypeOf<Visit[] | undefined>()
    expect(first).toEqual({ page: '/cart', at: 2 })
    expect(some).toEqual({ latest: [first, visit], all: [visit] })
    expect([taken, rest]).toEqual([first, { latest: [visit, visit] }])
  })

  it('keeps sets', async () => {
    interface Tags {
      words?: StringSet
      ids?: NumberSet
    }
    const empty: Tags = { words: new StringSet(), ids: new NumberSet([1]) }
    await storage.kvStore.put('tags', empty)

    const isNew = await storage.kvStore.addString('tags', 'words', 'a')
    const added = await storage.kvStore.addNumberMulti('tags', { ids: [1, 2] })
    const has = await storage.kvStore.hasStringMulti('tags', { words: ['a', 'b'] })
    const removed = await storage.kvStore.removeNumber('tags', 'ids', 1)
    const { words, ids } = await storage.kvStore.get<Tags>('tags')

    expectTypeOf(isNew).toEqualTypeOf<boolean>()
    expectTypeOf(added.ids).toEqualTypeOf<NumberSet | undefined>()
    expectTypeOf(has.words).toEqualTypeOf<StringSet | undefined>()
    expect([isNew, removed]).toEqual([true, true])
    expect([added, has]).toStrictEqual([
      { ids: new NumberSet([2]) },
      { words: new StringSet(['a']) },
    ])
    expect([words, ids]).toStrictEqual([new StringSet(['a']), new NumberSet([2])])
  })
})

describe('code of the original platform for the other stores', () => {
  interface Account {
    user: string
    password: string
    isLive?: boolean
    roles: string[]
  }
  const account: Account = { user: 'ada', password: 'hunter2', roles: ['admin'] }

  it.each(['settings', 'secrets'] as const)('keeps records in %s', async (name) => {
    const store = storage[name]

    const isPut = await store.put('account', account)
    const read = await store.get<Account>('account')
    const some = await store.get<Pick<Account, 'user'>>('account', ['user'])
    const untyped = await store.get('account')

    expectTypeOf(isPut).toEqualTypeOf<true>()
    expectTypeOf(read).toEqualTypeOf<Account>()
    expectTypeOf(untyped).toEqualTypeOf<ValueHash>()
    expect([isPut, read, some, untyped]).toEqual([true, account, { user: 'ada' }, account])
  })

  it.each(['settings', 'secrets'] as const)('changes records in %s', async (name) => {
    const store = storage[name]
    await store.put('account', account)

    const first = await store.patch('account', { user: 'bob' })
    const second = await store.patch<Partial<Account>>('account', { isLive: true })
    await store.patch<Account>('account', (previous) => {
      previous.roles.push('owner')
      return previous
    })
    const isDeleted = await store.delete('account', ['password'])
    const exists = await store.exists('account')

    expectTypeOf(second).toEqualTypeOf<Partial<Account>>()
    expectTypeOf(isDeleted).toEqualTypeOf<true>()
    expectTypeOf(exists).toEqualTypeOf<boolean>()
    expect([first, second]).toEqual([account, { ...account, user: 'bob' }])
    expect([isDeleted, exists, await store.delete('none')]).toEqual([true, true, true])
    expect(await store.get('account')).toEqual({
      user: 'bob',
      isLive: true,
      roles: ['admin', 'owner'],
    })
  })

  it('keeps records for all projects', async () => {
    const previous = await storage.sharedKvStore.put(key, order, { ttl: 600 })
    const remaining = await storage.sharedKvStore.increment('coupons', 'summer15')

    expectTypeOf(previous).toEqualTypeOf<PendingOrder>()
    expect([previous, remaining]).toEqual([{}, 1])
    expect(await storage.sharedKvStore.get<PendingOrder>(key)).toEqual(order)
  })
})

describe('the types of the kvStore', () => {
  it('refuse what is no record, and values that it cannot hold', () => {
    type Given = Parameters<KVStore['put']>[1]

    expectTypeOf<string>().not.toExtend<Given>()
    expectTypeOf<number>().not.toExtend<Given>()
    expectTypeOf<{ at: Date }>().not.toExtend<KVHash>()
    expectTypeOf<{ seen: Map<string, string> }>().not.toExtend<KVHash>()
    expectTypeOf<{ n: bigint }>().not.toExtend<KVHash>()
  })

  it('take every value that a record holds', () => {
    expectTypeOf<{
      text: string
      number: number
      flag: boolean
      nothing: null
      missing?: undefined
      nested: { deep: { list: (string | null)[] } }
      list: number[]
      words: StringSet
      ids: NumberSet
    }>().toExtend<KVHash>()
  })
})
