import type { BucketEntry, BucketWatch, Kv, KvChange, KvLock, Listing } from 'kvasir'
import { openMemoryStore } from 'kvasir/memory'
import { describe, expectTypeOf, it } from 'vitest'

interface Order {
  readonly id: string
}

const open = (): Kv => openMemoryStore().project().kv()

describe('the types of kv', () => {
  it('let get be told what it reads, and say that it may be null', async () => {
    const kv = open()

    expectTypeOf(await kv.get('order')).toEqualTypeOf<unknown>()
    expectTypeOf(await kv.get<Order>('order')).toEqualTypeOf<Order | null>()
    expectTypeOf(await kv.getMany<Order>(['order'])).toEqualTypeOf<(Order | null)[]>()
    expectTypeOf(await kv.getEntry<Order>('order')).toEqualTypeOf<BucketEntry<Order> | null>()
    expectTypeOf(await kv.getAndDelete<Order>('order')).toEqualTypeOf<Order | null>()
  })

  it('say that set resolves a revision only with a condition', async () => {
    const kv = open()

    expectTypeOf(await kv.set('order', 1)).toEqualTypeOf<void>()
    expectTypeOf(await kv.set('order', 1, '1h')).toEqualTypeOf<void>()
    expectTypeOf(await kv.set('order', 1, { ttl: 5 })).toEqualTypeOf<void>()
    expectTypeOf(await kv.set('other', 1, { ifAbsent: true })).toEqualTypeOf<number>()
    expectTypeOf(await kv.set('order', 1, { ifRevision: 3 })).toEqualTypeOf<number>()
  })

  it('infer what update and getOrSet give from their functions', async () => {
    const kv = open()

    expectTypeOf(await kv.update<number>('n', (n) => (n ?? 0) + 1)).toEqualTypeOf<number>()
    expectTypeOf(await kv.getOrSet('order', () => ({ id: '1' }))).toEqualTypeOf<{ id: string }>()
    expectTypeOf(await kv.getOrSet('text', async () => 'text')).toEqualTypeOf<string>()
  })

  it('make listings iterable and pageable', async () => {
    const kv = open()

    expectTypeOf(kv.keys()).toEqualTypeOf<Listing<string>>()
    expectTypeOf(kv.entries<Order>()).toEqualTypeOf<Listing<BucketEntry<Order>>>()
    expectTypeOf((await kv.keys().page()).items).toEqualTypeOf<readonly string[]>()
    expectTypeOf(kv.watch()).toEqualTypeOf<BucketWatch<KvChange>>()
  })

  it('tell the kinds of changes apart', () => {
    const change = {} as KvChange

    expectTypeOf(change.type).toEqualTypeOf<'put' | 'delete' | 'expire' | 'clear' | 'gap'>()
    expectTypeOf<Extract<KvChange, { type: 'put' }>['value']>().toEqualTypeOf<unknown>()
    expectTypeOf<Extract<KvChange, { type: 'clear' }>>().not.toHaveProperty('key')
  })

  it('say that a lock may not be had', async () => {
    const kv = open()

    expectTypeOf(await kv.lock('door', { ttl: '5s' })).toEqualTypeOf<KvLock | null>()
    expectTypeOf(await kv.ttl('order')).toEqualTypeOf<number | undefined | null>()
    expectTypeOf(await kv.has('order')).toEqualTypeOf<boolean>()
    expectTypeOf(await kv.increment('n')).toEqualTypeOf<number>()
  })

  it('refuse what the calls refuse', () => {
    expectTypeOf<Parameters<Kv['lock']>[1]>().toEqualTypeOf<{ readonly ttl: number | string }>()
    expectTypeOf({}).not.toExtend<Parameters<Kv['lock']>[1]>()
    expectTypeOf(5).not.toExtend<Parameters<Kv['get']>[0]>()
  })
})
