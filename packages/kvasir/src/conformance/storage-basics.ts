import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { codeOf, errorOf, range } from './observe.ts'
import { withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

/** What a key may hold that is no record, and how errors name it. */
const noRecords: readonly (readonly [found: string, value: unknown])[] = [
  ['a string', 'text'],
  ['a number', 7],
  ['a boolean', true],
  ['null', null],
  ['a list', [1, 2]],
  ['bytes', new Uint8Array([1, 2])],
  ['a StringSet', new StringSet(['a'])],
  ['a NumberSet', new NumberSet([1])],
]

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

  describe('an expired record', () => {
    it('has never existed, for every call that reads', async ({ records, clock }) => {
      const record = { jobs: ['a'], tags: new StringSet(['x']), ids: new NumberSet([1]) }
      await records.put('order', record, { ttl: 1 })
      clock.setWall(clock.wallMs() + 1000)

      expect(await records.exists('order')).toBe(false)
      expect(await records.get('order')).toEqual({})
      expect(await records.get('order', ['jobs'])).toEqual({})
      expect(await records.peek('order', 'jobs')).toBe(undefined)
      expect(await records.hasString('order', 'tags', 'x')).toBe(false)
      expect(await records.hasNumber('order', 'ids', 1)).toBe(false)
      expect(await records.shift('order', 'jobs')).toBe(undefined)
      expect(await records.removeString('order', 'tags', 'x')).toBe(false)
      expect(await records.delete('order', ['jobs'])).toEqual({})
      expect(await records.delete('order')).toEqual({})
    })

    it('has never existed, for every call that writes', async ({ records, kv, clock }) => {
      const keys = ['put', 'patch', 'update', 'increment', 'append', 'unshift', 'add']
      for (const key of keys) await records.put(key, { n: 5, old: true }, { ttl: 1 })
      clock.setWall(clock.wallMs() + 1000)

      expect(await records.put<object>('put', { n: 1 })).toEqual({})
      expect(await records.patch<object>('patch', { n: 1 })).toEqual({})
      expect(await records.patch<object>('update', (seen) => ({ n: 1, seen }))).toEqual({})
      expect(await records.increment('increment', 'n')).toBe(1)
      await records.append('append', 'n', 1)
      await records.unshift('unshift', 'n', 1)
      await records.addNumber('add', 'n', 1)

      const after = await Promise.all(keys.map((key) => records.get(key)))
      const n = 1
      const lists = [{ n: [1] }, { n: [1] }, { n: new NumberSet([1]) }]
      expect(after).toEqual([{ n }, { n }, { n, seen: {} }, { n }, ...lists])
      expect(await Promise.all(keys.map((key) => kv.ttl(key)))).toEqual(keys.map(() => undefined))
    })
  })

  describe('a key that holds no record', () => {
    for (const [found, value] of noRecords) {
      it(`fails for all but put, delete and exists, naming ${found}`, async (scene) => {
        const { kv, records } = scene
        await kv.set('order', value)

        const errors = await Promise.all([
          errorOf(records.get('order')),
          errorOf(records.get('order', ['id'])),
          errorOf(records.patch('order', { id: 1 })),
          errorOf(records.patch('order', (record) => record)),
          errorOf(records.delete('order', ['id'])),
          errorOf(records.increment('order', 'id')),
          errorOf(records.append('order', 'jobs', 1)),
          errorOf(records.unshift('order', 'jobs', 1)),
          errorOf(records.peek('order', 'jobs')),
          errorOf(records.shift('order', 'jobs')),
          errorOf(records.addString('order', 'tags', 'x')),
          errorOf(records.hasString('order', 'tags', 'x')),
          errorOf(records.removeString('order', 'tags', 'x')),
          errorOf(records.addNumber('order', 'ids', 1)),
          errorOf(records.hasNumber('order', 'ids', 1)),
          errorOf(records.removeNumber('order', 'ids', 1)),
        ])

        for (const { code, message, details } of errors) {
          expect([code, details]).toEqual(['KV_WRONG_TYPE', { key: 'order', found }])
          expect(message).toContain(`"order" holds ${found}`)
        }
        expect(await kv.get('order')).toEqual(value)
      })
    }

    it('is replaced by put, which resolves with {}', async ({ kv, records }) => {
      await kv.set('order', 'text')

      expect(await records.put<object>('order', { id: 1 })).toStrictEqual({})
      expect(await records.get('order')).toEqual({ id: 1 })
    })

    it('is removed by delete, which resolves with {}', async ({ kv, records }) => {
      await kv.set('order', ['text'])

      expect(await records.delete('order')).toStrictEqual({})
      expect(await kv.has('order')).toBe(false)
    })

    it('exists', async ({ kv, records }) => {
      await kv.set('order', null)

      expect(await records.exists('order')).toBe(true)
    })
  })

  describe('the dialects kv and kvStore', () => {
    it('read what the other has stored', async ({ kv, records }) => {
      const record = { id: 1, tags: new StringSet(['a']), deep: { ids: [new NumberSet([1])] } }
      await kv.set('by kv', record)
      await records.put('by kvStore', record)

      expect(await records.get('by kv')).toStrictEqual(record)
      expect(await kv.get('by kvStore')).toStrictEqual(record)
    })

    it('see the TTL that the other has given', async ({ kv, records }) => {
      const seen: (number | undefined)[] = []
      await kv.set('by kv', { id: 1 }, 1500)
      await records.put('by kvStore', { id: 1 }, { ttl: 1.5 })

      await records.patch('by kv', (record, options) => {
        seen.push(options.ttl)
        return record
      })

      expect(seen).toEqual([1.5])
      expect(await kv.ttl('by kvStore')).toBe(1500)
    })

    it('remove each other’s keys', async ({ kv, records }) => {
      await records.put('order', { id: 1 })
      await kv.set('user', { id: 2 })

      expect(await kv.delete('order')).toBe(true)
      expect(await records.delete('user')).toEqual({ id: 2 })
      expect([await records.exists('order'), await kv.has('user')]).toEqual([false, false])
    })

    it('belong to one project, and know nothing of another’s', async ({ store, records }) => {
      await records.put('order', { id: 1 })
      const { kvStore: others } = store.project('other').storage()

      expect(await others.get('order')).toEqual({})
      await others.put('order', { id: 2 })

      expect(await records.get('order')).toEqual({ id: 1 })
    })
  })
}
