import { codeOf, errorOf, range } from './observe.ts'
import { withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

interface Order {
  id?: number
  status?: string
}

interface Counter {
  n?: number
}

export function storagePatchTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  describe('kvStore.patch with fields', () => {
    it('sets them, leaves the others, and resolves with all from before', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending' })

      const previous = await records.patch<object>('order', { status: 'sent', city: 'Oslo' })

      expect(previous).toStrictEqual({ id: 123, status: 'pending' })
      expect(await records.get('order')).toStrictEqual({ id: 123, status: 'sent', city: 'Oslo' })
    })

    it('creates a missing record and resolves with {}', async ({ records }) => {
      expect(await records.patch<object>('order', { id: 123 })).toStrictEqual({})
      expect(await records.get('order')).toStrictEqual({ id: 123 })
    })

    it('creates a missing record from no fields, empty', async ({ records }) => {
      expect(await records.patch('order', {})).toStrictEqual({})
      expect(await records.exists('order')).toBe(true)
    })

    it('removes a field that is given as undefined', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending' })

      await records.patch('order', { status: undefined, city: undefined })

      expect(await records.get('order')).toStrictEqual({ id: 123 })
    })

    it('replaces a nested object whole', async ({ records }) => {
      await records.put('order', { to: { city: 'Oslo', zip: '0150' } })

      await records.patch('order', { to: { city: 'Bergen' } })

      expect(await records.get('order')).toStrictEqual({ to: { city: 'Bergen' } })
    })

    it('replaces a field of any type by any other', async ({ records }) => {
      await records.append('order', 'field', 'element')
      await records.patch('order', { field: 1 })
      expect(await records.increment('order', 'field')).toBe(2)

      await records.patch('order', { field: ['list again'] })

      expect(await records.peek('order', 'field')).toBe('list again')
    })

    it('keeps the TTL, to the millisecond', async ({ records, kv, clock }) => {
      await records.put('order', { id: 123 }, { ttl: 10 })
      await clock.advance(1)

      await records.patch('order', { id: 124 })
      await records.patch('order', { id: 125 }, {})

      expect(await kv.ttl('order')).toBe(9999)
    })

    it('replaces the TTL by one that is given, in seconds or as text', async ({ records, kv }) => {
      await records.put('order', { id: 123 }, { ttl: 10 })

      await records.patch('order', { id: 124 }, { ttl: 0.5 })
      const seconds = await kv.ttl('order')
      await records.patch('order', { id: 125 }, { ttl: '1h' })

      expect([seconds, await kv.ttl('order')]).toEqual([500, 3_600_000])
    })

    it('removes the TTL for a ttl of null', async ({ records, kv }) => {
      await records.put('order', { id: 123 }, { ttl: 10 })

      await records.patch('order', { id: 124 }, { ttl: null })

      expect(await kv.ttl('order')).toBe(undefined)
    })

    it('gives a TTL to the record that it creates', async ({ records, kv }) => {
      await records.patch('order', { id: 123 }, { ttl: 10 })

      expect(await kv.ttl('order')).toBe(10_000)
    })

    it('takes the fields from an object’s toJSON', async ({ records }) => {
      await records.patch('price', { toJSON: () => ({ amount: 5 }) })

      expect(await records.get('price')).toStrictEqual({ amount: 5 })
    })

    it('refuses an instance of a class, as put does', async ({ records }) => {
      class Point {
        readonly x = 1
      }

      expect(await codeOf(records.put('point', new Point()))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(records.patch('point', new Point()))).toBe('KV_INVALID_VALUE')
      expect(await records.exists('point')).toBe(false)
    })

    it('loses none of 64 that set a field each at once', async ({ records }) => {
      await Promise.all(range(64).map((n) => records.patch('order', { [`field ${n}`]: n })))

      expect(Object.keys(await records.get('order'))).toHaveLength(64)
    })
  })

  describe('kvStore.patch with an updater', () => {
    it('stores what it returns, and resolves with the record from before', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending' })

      const previous = await records.patch<Order>('order', ({ id }) => ({ id, status: 'sent' }))

      expect(previous).toStrictEqual({ id: 123, status: 'pending' })
      expect(await records.get('order')).toStrictEqual({ id: 123, status: 'sent' })
    })

    it('drops the fields that it does not return', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending' })

      await records.patch<Order>('order', ({ id }) => ({ id, status: undefined }))

      expect(await records.get('order')).toStrictEqual({ id: 123 })
    })

    it('gives it {} and no TTL for a missing record', async ({ records }) => {
      const seen: unknown[] = []

      const previous = await records.patch<Order>('order', (record, options) => {
        seen.push({ ...record }, options.ttl)
        return { id: 1 }
      })

      expect(seen).toStrictEqual([{}, undefined])
      expect(previous).toStrictEqual({})
      expect(await records.get('order')).toStrictEqual({ id: 1 })
    })

    it('may change and return what it was given', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending' })

      const previous = await records.patch<Order>('order', (record) => {
        record.status = 'sent'
        return record
      })

      expect(previous).toStrictEqual({ id: 123, status: 'pending' })
      expect(await records.get('order')).toStrictEqual({ id: 123, status: 'sent' })
    })

    it('may be async', async ({ records }) => {
      await records.put('order', { id: 123 })

      await records.patch<Order>('order', async (record) => {
        const { id = 0 } = await records.get<Order>('order')
        return { ...record, status: `${id} is sent` }
      })

      expect(await records.get('order')).toStrictEqual({ id: 123, status: '123 is sent' })
    })

    it('writes nothing when it throws, and passes that on', async ({ records, bucket }) => {
      await records.put('order', { id: 123 }, { ttl: 10 })
      const before = await bucket.get('order')
      const refusal = new Error('not today')
      const throwing = (): never => {
        throw refusal
      }
      const rejecting = async (): Promise<Order> => throwing()

      const outcomes = await Promise.allSettled([
        records.patch('order', (record, options) => {
          record.id = 0
          options.ttl = 1
          return throwing()
        }),
        records.patch<Order>('order', rejecting),
      ])

      expect(outcomes.map((outcome) => 'reason' in outcome && outcome.reason === refusal)).toEqual([
        true,
        true,
      ])
      expect(await bucket.get('order')).toEqual(before)
    })

    it('lets the next one work when one has thrown', async ({ records }) => {
      await codeOf(records.patch('order', () => Promise.reject(new Error('not today'))))

      await records.patch<Order>('order', () => ({ id: 1 }))

      expect(await records.get('order')).toEqual({ id: 1 })
    })

    for (const returned of [undefined, null, 'text', 7, [1], new Map()]) {
      const name = returned instanceof Map ? 'a Map' : (JSON.stringify(returned) ?? 'undefined')

      it(`fails when it returns no hash: ${name}`, async ({ records }) => {
        await records.put('order', { id: 123 })

        const error = await errorOf(records.patch('order', () => returned as object))

        expect([error.code, error.details]).toEqual(['KV_INVALID_VALUE', { key: 'order' }])
        expect(await records.get('order')).toEqual({ id: 123 })
      })
    }

    it('fails when it returns what cannot be stored', async ({ records }) => {
      await records.put('order', { id: 123 })

      expect(await codeOf(records.patch<object>('order', () => ({ id: 1n })))).toBe(
        'KV_INVALID_VALUE',
      )
      expect(await records.get('order')).toEqual({ id: 123 })
    })

    it('is called again when another write came between', async ({ records }) => {
      await records.put('order', { id: 1 })
      const seen: unknown[] = []

      await records.patch<Order>('order', async (record) => {
        seen.push(record.id)
        if (seen.length === 1) await records.put('order', { id: 2 })
        return { ...record, status: 'sent' }
      })

      expect(seen).toEqual([1, 2])
      expect(await records.get('order')).toEqual({ id: 2, status: 'sent' })
    })

    it('is called again, with {}, when the record expired meanwhile', async (scene) => {
      const { records, clock } = scene
      await records.put('order', { id: 1 }, { ttl: 1 })
      const seen: unknown[] = []

      await records.patch<Order>('order', async (record, options) => {
        seen.push([record.id, options.ttl])
        if (seen.length === 1) clock.setWall(clock.wallMs() + 1000)
        return { ...record, status: 'sent' }
      })

      expect(seen).toEqual([
        [1, 1],
        [undefined, undefined],
      ])
      expect(await records.get('order')).toEqual({ status: 'sent' })
    })

    it('loses nothing when 64 run at once, sync and async, of several handles', async (scene) => {
      const { project, store } = scene
      const stores = [project.storage(), project.storage(), store.project('shop').storage()]
      const increase = (record: Counter): Counter => ({ n: (record.n ?? 0) + 1 })

      await Promise.all(
        range(64).map((n) =>
          stores[n % 3]?.kvStore.patch<Counter>(
            'counter',
            n % 2 === 0 ? increase : async (record) => increase(record),
          ),
        ),
      )

      expect(await scene.records.get('counter')).toEqual({ n: 64 })
    })

    it('loses nothing beside increments of the same record', async ({ records }) => {
      const updates = range(32).map(() =>
        records.patch<Counter>('counter', (record) => ({ ...record, n: (record.n ?? 0) + 1 })),
      )
      const increments = range(32).map(() => records.increment('counter', 'n'))

      await Promise.all([...updates, ...increments])

      expect(await records.get('counter')).toEqual({ n: 64 })
    })
  })
}
