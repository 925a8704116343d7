import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { errorOf } from './observe.ts'
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

/** Where the key has no record, or none any more, or one that `kv` put there. */
export function storageNoRecordTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

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
