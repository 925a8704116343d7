import { StringSet } from '../codec/typed-sets.ts'
import { codeOf, errorOf, range } from './observe.ts'
import { withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

/** What an app may take for a record by mistake. */
const notStored: readonly (readonly [name: string, value: unknown, named: string])[] = [
  ['a string', 'text', 'a string'],
  ['a number', 7, 'a number'],
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['an array', [{ id: 1 }], 'a list'],
  ['a StringSet', new StringSet(['a']), 'a StringSet'],
  ['bytes', new Uint8Array(1), 'bytes'],
  ['a Date', new Date(0), 'Date'],
  ['a Map', new Map([['id', 1]]), 'Map'],
  ['a promise that nobody awaited', Promise.resolve({ id: 1 }), 'Promise'],
  ['a toJSON that gives no object', new URL('https://kvasir.test'), 'URL'],
]

export function storageBasicTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  describe('kvStore.get', () => {
    it('resolves with the record', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending' })

      expect(await records.get('order')).toStrictEqual({ id: 123, status: 'pending' })
    })

    it('resolves with {} when there is no record', async ({ records }) => {
      expect(await records.get('order')).toStrictEqual({})
      expect(await records.get('order', ['id'])).toStrictEqual({})
    })

    it('resolves with only the named fields that exist', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending', total: null })

      expect(await records.get('order', ['id', 'total', 'city'])).toStrictEqual({
        id: 123,
        total: null,
      })
    })

    it('resolves with {} when none of the fields exists, or none is named', async ({ records }) => {
      await records.put('order', { id: 123 })

      expect(await records.get('order', ['status'])).toStrictEqual({})
      expect(await records.get('order', [])).toStrictEqual({})
    })

    it('resolves with a record of the caller’s own', async ({ records }) => {
      const order = { id: 123, tags: ['new'] }
      await records.put('order', order)
      order.tags.push('changed after the put')
      const read = await records.get<typeof order>('order')
      read.tags.push('changed after the get')

      expect(await records.get('order')).toEqual({ id: 123, tags: ['new'] })
    })
  })

  describe('kvStore.put', () => {
    it('resolves with {} when there was no record', async ({ records }) => {
      expect(await records.put('order', { id: 123 })).toStrictEqual({})
    })

    it('resolves with the previous record, and replaces all of it', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending' })

      const previous = await records.put<object>('order', { status: 'sent' })

      expect(previous).toStrictEqual({ id: 123, status: 'pending' })
      expect(await records.get('order')).toStrictEqual({ status: 'sent' })
    })

    it('takes the TTL in seconds', async ({ records, kv, clock }) => {
      await records.put('order', { id: 123 }, { ttl: 600 })

      expect(await kv.ttl('order')).toBe(600_000)
      await clock.advance(599_999)
      expect(await records.exists('order')).toBe(true)
      await clock.advance(1)
      expect(await records.exists('order')).toBe(false)
    })

    it('takes fractions of a second as TTL', async ({ records, kv }) => {
      await records.put('order', { id: 123 }, { ttl: 0.25 })
      await records.put('cart', { id: 7 }, { ttl: 1.1 })

      expect(await kv.ttl('order')).toBe(250)
      expect(await kv.ttl('cart')).toBe(1100)
    })

    it('takes a TTL as text', async ({ records, kv }) => {
      await records.put('order', { id: 123 }, { ttl: '10m' })

      expect(await kv.ttl('order')).toBe(600_000)
    })

    it('replaces the TTL', async ({ records, kv, clock }) => {
      await records.put('order', { id: 123 }, { ttl: 600 })
      await clock.advance(1000)

      await records.put('order', { id: 123 }, { ttl: 60 })

      expect(await kv.ttl('order')).toBe(60_000)
    })

    it('removes the TTL when it is given none', async ({ records, kv }) => {
      await records.put('a', { id: 1 }, { ttl: 600 })
      await records.put('b', { id: 2 }, { ttl: 600 })
      await records.put('c', { id: 3 }, { ttl: 600 })

      await records.put('a', { id: 1 })
      await records.put('b', { id: 2 }, { ttl: undefined as unknown as null })
      await records.put('c', { id: 3 }, { ttl: null })

      const left = await Promise.all(['a', 'b', 'c'].map((key) => kv.ttl(key)))
      expect(left).toEqual([undefined, undefined, undefined])
    })

    for (const ttl of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 'soon', '']) {
      it(`refuses the TTL ${JSON.stringify(ttl)} as ${typeof ttl} ${ttl}`, async ({ records }) => {
        await records.put('order', { id: 123 })

        expect(await codeOf(records.put('order', { id: 124 }, { ttl }))).toBe('KV_INVALID_TTL')
        expect(await records.get('order')).toEqual({ id: 123 })
      })
    }

    it('stores an empty record, which exists', async ({ records }) => {
      await records.put('order', {})

      expect(await records.exists('order')).toBe(true)
      expect(await records.get('order')).toStrictEqual({})
    })

    it('stores what an object’s toJSON gives', async ({ records }) => {
      const money = { toJSON: () => ({ amount: 5, currency: 'NOK' }) }

      await records.put('price', money)

      expect(await records.get('price')).toStrictEqual({ amount: 5, currency: 'NOK' })
    })

    for (const [name, value, named] of notStored) {
      it(`refuses what is no record, saying what it was given: ${name}`, async ({ records }) => {
        await records.put('order', { id: 123 })

        const put = await errorOf(records.put('order', value as object))
        const patched = await errorOf(records.patch('order', value as object))

        expect([put.code, patched.code]).toEqual(['KV_INVALID_VALUE', 'KV_INVALID_VALUE'])
        expect(put.message).toContain(named)
        expect(await records.get('order')).toEqual({ id: 123 })
      })
    }
  })

  describe('kvStore.delete', () => {
    it('removes the record and resolves with it', async ({ records }) => {
      await records.put('order', { id: 123 })

      expect(await records.delete('order')).toStrictEqual({ id: 123 })
      expect(await records.exists('order')).toBe(false)
    })

    it('resolves with {} when there was no record', async ({ records }) => {
      expect(await records.delete('order')).toStrictEqual({})
      expect(await records.delete('order', ['id'])).toStrictEqual({})
      expect(await records.exists('order')).toBe(false)
    })

    it('removes the named fields and resolves with what they held', async ({ records }) => {
      await records.put('order', { id: 123, status: 'pending', total: null })

      const deleted = await records.delete('order', ['status', 'total', 'city'])

      expect(deleted).toStrictEqual({ status: 'pending', total: null })
      expect(await records.get('order')).toStrictEqual({ id: 123 })
    })

    it('keeps the record when its last field goes', async ({ records }) => {
      await records.put('order', { id: 123 })

      await records.delete('order', ['id'])

      expect(await records.exists('order')).toBe(true)
      expect(await records.get('order')).toStrictEqual({})
    })

    it('keeps the TTL when fields go', async ({ records, kv, clock }) => {
      await records.put('order', { id: 123, status: 'pending' }, { ttl: 10 })
      await clock.advance(1000)

      await records.delete('order', ['status'])

      expect(await kv.ttl('order')).toBe(9000)
    })

    it('removes nothing and resolves with {} when no field is named', async ({ records }) => {
      await records.put('order', { id: 123 })

      expect(await records.delete('order', [])).toStrictEqual({})
      expect(await records.get('order')).toEqual({ id: 123 })
    })

    it('gives the record to one of many', async ({ records }) => {
      await records.put('ticket', { seat: 7 })

      const deleted = await Promise.all(range(16).map(() => records.delete('ticket')))

      expect(deleted.filter((record) => 'seat' in record)).toEqual([{ seat: 7 }])
    })
  })

  describe('kvStore.exists', () => {
    it('tells whether there is a record', async ({ records }) => {
      await records.put('order', { id: 123 })

      expect(await records.exists('order')).toBe(true)
      expect(await records.exists('cart')).toBe(false)
    })
  })
}
