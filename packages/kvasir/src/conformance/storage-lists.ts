import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { codeOf, errorOf, range } from './observe.ts'
import { withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

const noLists: readonly (readonly [found: string, value: unknown])[] = [
  ['a number', 1],
  ['a string', 'text'],
  ['a boolean', false],
  ['null', null],
  ['an object', { a: 1 }],
  ['a StringSet', new StringSet(['a'])],
  ['a NumberSet', new NumberSet([1])],
]

export function storageListTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  describe('kvStore.append', () => {
    it('adds at the end, and creates record and field', async ({ records }) => {
      expect(await records.append('queue', 'jobs', 'a')).toBe(undefined)
      await records.append('queue', 'jobs', 'b')

      expect(await records.get('queue')).toStrictEqual({ jobs: ['a', 'b'] })
    })

    it('takes elements of every type, a list and a set as one each', async ({ records }) => {
      const elements = [1, null, true, { deep: [1] }, ['x', 'y'], new StringSet(['x'])]

      for (const element of elements) await records.append('queue', 'jobs', element)

      expect(await records.get('queue')).toStrictEqual({ jobs: elements })
    })

    it('keeps the TTL and the other fields', async ({ records, kv, clock }) => {
      await records.put('queue', { name: 'mail', jobs: ['a'] }, { ttl: 10 })
      await clock.advance(1000)

      await records.append('queue', 'jobs', 'b')

      expect(await records.get('queue')).toEqual({ name: 'mail', jobs: ['a', 'b'] })
      expect(await kv.ttl('queue')).toBe(9000)
    })

    it('extends a list that put has stored, and an empty one', async ({ records }) => {
      await records.put('queue', { jobs: ['a'], done: [] })

      await records.append('queue', 'jobs', 'b')
      await records.append('queue', 'done', 'c')

      expect(await records.get('queue')).toEqual({ jobs: ['a', 'b'], done: ['c'] })
    })

    it('refuses undefined', async ({ records }) => {
      expect(await codeOf(records.append('queue', 'jobs', undefined))).toBe('KV_INVALID_VALUE')
      expect(await records.exists('queue')).toBe(false)
    })

    it('loses nothing when 64 run at once', async ({ records }) => {
      await Promise.all(range(64).map((n) => records.append('queue', 'jobs', n)))

      const { jobs = [] } = await records.get<{ jobs?: number[] }>('queue')
      expect(jobs.sort((a, b) => a - b)).toEqual(range(64))
    })
  })

  describe('kvStore.appendMulti', () => {
    it('adds values to several lists in the given order', async ({ records }) => {
      await records.put('queue', { high: [1] })

      const values = { high: [2, 3], low: ['a'] }

      expect(await records.appendMulti<number | string>('queue', values)).toBe(undefined)
      expect(await records.get('queue')).toStrictEqual({ high: [1, 2, 3], low: ['a'] })
    })

    it('adds nothing when one of the fields is no list', async ({ records }) => {
      await records.put('queue', { jobs: [1], name: 'mail' })

      const error = await errorOf(records.appendMulti('queue', { jobs: [2], name: [3] }))

      expect(error).toMatchObject({ code: 'KV_WRONG_TYPE', details: { field: 'name' } })
      expect(await records.get('queue')).toEqual({ jobs: [1], name: 'mail' })
    })

    it('changes and creates nothing for an empty list of values', async ({ records }) => {
      await records.appendMulti('queue', { jobs: [] })
      await records.unshiftMulti('queue', { jobs: [] })
      await records.appendMulti('queue', {})
      expect(await records.exists('queue')).toBe(false)

      await records.appendMulti('queue', { jobs: [], done: [1] })
      expect(await records.get('queue')).toStrictEqual({ done: [1] })
    })

    it('refuses values that do not come as an array', async ({ records }) => {
      const values = { jobs: 'abc' as unknown as string[] }

      expect(await codeOf(records.appendMulti('queue', values))).toBe('KV_INVALID_ARGUMENT')
      expect(await records.exists('queue')).toBe(false)
    })
  })

  describe('kvStore.unshift', () => {
    it('adds at the front, and creates record and field', async ({ records }) => {
      expect(await records.unshift('queue', 'jobs', 'b')).toBe(undefined)
      await records.unshift('queue', 'jobs', 'a')

      expect(await records.get('queue')).toStrictEqual({ jobs: ['a', 'b'] })
    })

    it('keeps the TTL', async ({ records, kv }) => {
      await records.put('queue', { jobs: ['a'] }, { ttl: 10 })

      await records.unshift('queue', 'jobs', 'b')

      expect(await kv.ttl('queue')).toBe(10_000)
    })
  })

  describe('kvStore.unshiftMulti', () => {
    it('puts the values at the front in the given order', async ({ records }) => {
      await records.put('queue', { high: [3] })

      await records.unshiftMulti<number | string>('queue', { high: [1, 2], low: ['a', 'b'] })

      expect(await records.get('queue')).toStrictEqual({ high: [1, 2, 3], low: ['a', 'b'] })
    })

    it('adds nothing when one of the fields is no list', async ({ records }) => {
      await records.put('queue', { jobs: [1], name: 'mail' })

      const code = await codeOf(records.unshiftMulti('queue', { jobs: [2], name: [3] }))

      expect(code).toBe('KV_WRONG_TYPE')
      expect(await records.get('queue')).toEqual({ jobs: [1], name: 'mail' })
    })
  })

  describe('kvStore.peek', () => {
    it('resolves with the first element, which stays', async ({ records }) => {
      await records.put('queue', { jobs: [{ id: 1 }, { id: 2 }] })

      expect(await records.peek('queue', 'jobs')).toStrictEqual({ id: 1 })
      expect(await records.peek('queue', 'jobs')).toStrictEqual({ id: 1 })
    })

    it('tells a null in the list from no element', async ({ records }) => {
      await records.put('queue', { jobs: [null] })

      expect(await records.peek('queue', 'jobs')).toBe(null)
    })

    it('resolves with undefined for no record, no field and an empty list', async (scene) => {
      const { records } = scene
      await records.put('queue', { jobs: [] })

      expect(await records.peek('queue', 'jobs')).toBe(undefined)
      expect(await records.peek('queue', 'done')).toBe(undefined)
      expect(await records.peek('nowhere', 'jobs')).toBe(undefined)
      expect(await records.exists('nowhere')).toBe(false)
    })

    for (const [found, value] of noLists) {
      it(`resolves with undefined for a field that is ${found}`, async ({ records }) => {
        await records.put('queue', { jobs: value } as object)

        expect(await records.peek('queue', 'jobs')).toBe(undefined)
        expect(await records.peekMulti('queue', { jobs: 2 })).toStrictEqual({ jobs: [] })
      })
    }
  })

  describe('kvStore.peekMulti', () => {
    it('resolves with up to so many first elements', async ({ records }) => {
      await records.put('queue', { high: [1, 2, 3], low: [4], none: [] })

      const first = await records.peekMulti('queue', { high: 2, low: 2, none: 2, gone: 2 })

      expect(first).toStrictEqual({ high: [1, 2], low: [4], none: [], gone: [] })
      expect(await records.peekMulti('queue', { high: 0 })).toStrictEqual({ high: [] })
      expect(await records.peekMulti('queue', {})).toStrictEqual({})
    })

    it('resolves with [] for every field of a missing record', async ({ records }) => {
      expect(await records.peekMulti('queue', { high: 1, low: 2 })).toEqual({ high: [], low: [] })
    })
  })

  describe('kvStore.shift', () => {
    it('removes the first element and resolves with it', async ({ records }) => {
      await records.put('queue', { jobs: ['a', null] })

      expect(await records.shift('queue', 'jobs')).toBe('a')
      expect(await records.shift('queue', 'jobs')).toBe(null)
      expect(await records.shift('queue', 'jobs')).toBe(undefined)
    })

    it('leaves an empty list where it took the last element', async ({ records }) => {
      await records.put('queue', { jobs: ['a'] })

      await records.shift('queue', 'jobs')

      expect(await records.get('queue')).toStrictEqual({ jobs: [] })
    })

    it('never creates a record or a field', async ({ records }) => {
      await records.put('queue', { name: 'mail' })

      expect(await records.shift('nowhere', 'jobs')).toBe(undefined)
      expect(await records.shift('queue', 'jobs')).toBe(undefined)

      expect(await records.exists('nowhere')).toBe(false)
      expect(await records.get('queue')).toStrictEqual({ name: 'mail' })
    })

    it('keeps the TTL', async ({ records, kv }) => {
      await records.put('queue', { jobs: ['a'] }, { ttl: 10 })

      await records.shift('queue', 'jobs')

      expect(await kv.ttl('queue')).toBe(10_000)
    })

    it('gives each element to exactly one of many consumers', async ({ records }) => {
      await records.put('queue', { jobs: range(48) })

      const taken = await Promise.all(range(64).map(() => records.shift<number>('queue', 'jobs')))

      const jobs = taken.filter((job) => job !== undefined)
      expect(jobs.sort((a, b) => a - b)).toEqual(range(48))
      expect(await records.get('queue')).toEqual({ jobs: [] })
    })
  })

  describe('kvStore.shiftMulti', () => {
    it('removes and resolves with up to so many first elements', async ({ records }) => {
      await records.put('queue', { high: [1, 2, 3], low: [4], rest: [5] })

      const taken = await records.shiftMulti('queue', { high: 2, low: 2, rest: 0, gone: 1 })

      expect(taken).toStrictEqual({ high: [1, 2], low: [4], rest: [], gone: [] })
      expect(await records.get('queue')).toStrictEqual({ high: [3], low: [], rest: [5] })
    })

    it('removes nothing when one of the fields is no list', async ({ records }) => {
      await records.put('queue', { jobs: [1], name: 'mail' })

      expect(await codeOf(records.shiftMulti('queue', { jobs: 1, name: 1 }))).toBe('KV_WRONG_TYPE')
      expect(await records.get('queue')).toEqual({ jobs: [1], name: 'mail' })
    })

    it('resolves with [] for every field of a missing record', async ({ records }) => {
      expect(await records.shiftMulti('queue', { high: 1, low: 0 })).toEqual({ high: [], low: [] })
      expect(await records.exists('queue')).toBe(false)
    })
  })

  describe('a count of elements', () => {
    for (const count of [-1, 1.5, Number.NaN, '1', null]) {
      it(`is refused as the ${typeof count} ${count}`, async ({ records }) => {
        await records.put('queue', { jobs: [1, 2] })
        const counts = { jobs: count as number }

        expect(await codeOf(records.peekMulti('queue', counts))).toBe('KV_INVALID_ARGUMENT')
        expect(await codeOf(records.shiftMulti('queue', counts))).toBe('KV_INVALID_ARGUMENT')
        expect(await records.get('queue')).toEqual({ jobs: [1, 2] })
      })
    }
  })

  describe('a field that is no list', () => {
    for (const [found, value] of noLists) {
      it(`fails for append, unshift and shift, which say that it is ${found}`, async (scene) => {
        const { records } = scene
        await records.put('queue', { jobs: value } as object)

        const errors = await Promise.all([
          errorOf(records.append('queue', 'jobs', 1)),
          errorOf(records.unshift('queue', 'jobs', 1)),
          errorOf(records.shift('queue', 'jobs')),
        ])

        for (const { code, message, details } of errors) {
          expect(code).toBe('KV_WRONG_TYPE')
          expect(details).toEqual({ key: 'queue', field: 'jobs', found, needs: 'a list' })
          expect(message).toContain(`"jobs" of key "queue" is ${found}`)
        }
        expect(await records.get('queue')).toEqual({ jobs: value })
      })
    }
  })
}
