import { StringSet } from '../codec/typed-sets.ts'
import { codeOf } from './observe.ts'
import { withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

/** Names that a careless store would take for something of its own. */
const names = ['__proto__', 'constructor', 'length', '', '0', 'a.b/c~d', 'ø😀', '\u0000']

/** An object with one field of any name, `__proto__` included. */
function one<Content>(name: string, content: Content): { [field: string]: Content } {
  return Object.fromEntries([[name, content]])
}

/** The fields as pairs: matchers look at the `constructor` of an object, and set `__proto__`. */
function entriesOf(record: object): unknown[] {
  return Object.entries(record)
}

export function storageFieldTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  describe('a field of any name', () => {
    for (const name of names) {
      const field = JSON.stringify(name)

      it(`is put, read, patched and deleted: ${field}`, async ({ records }) => {
        const [before, after] = [one(name, 1), one(name, { deep: 2 })]
        await records.put('record', before)

        expect(entriesOf(await records.get('record'))).toEqual([[name, 1]])
        expect(entriesOf(await records.patch<object>('record', after))).toEqual([[name, 1]])
        expect(entriesOf(await records.get('record', [name]))).toEqual([[name, { deep: 2 }]])
        expect(entriesOf(await records.delete('record', [name]))).toEqual([[name, { deep: 2 }]])
        expect(entriesOf(await records.get('record'))).toEqual([])
      })

      it(`is a number, a list and a set: ${field}`, async ({ records }) => {
        expect(await records.increment('number', name)).toBe(1)
        const sums = await records.incrementMulti('number', one(name, 2))
        expect(entriesOf(sums)).toEqual([[name, 3]])

        await records.append('list', name, 'b')
        await records.unshift('list', name, 'a')
        expect(await records.peek('list', name)).toBe('a')
        expect(await records.shift('list', name)).toBe('a')
        const rest = await records.shiftMulti('list', one(name, 9))
        expect(entriesOf(rest)).toEqual([[name, ['b']]])

        expect(await records.addString('set', name, 'x')).toBe(true)
        expect(await records.hasString('set', name, 'x')).toBe(true)
        const set = [name, new StringSet(['x'])]
        expect(entriesOf(await records.get('set'))).toStrictEqual([set])
        const removed = await records.removeStringMulti('set', one(name, ['x']))
        expect(entriesOf(removed)).toStrictEqual([set])
      })

      it(`is missing until it is written: ${field}`, async ({ records }) => {
        await records.put('record', { other: 1 })

        expect(Object.keys(await records.get('record', [name]))).toEqual([])
        expect(Object.keys(await records.delete('record', [name]))).toEqual([])
        expect(await records.peek('record', name)).toBe(undefined)
        expect(await records.shift('record', name)).toBe(undefined)
        expect(await records.hasString('record', name, 'x')).toBe(false)
        expect(await records.removeNumber('record', name, 1)).toBe(false)
        expect(await records.get('record')).toStrictEqual({ other: 1 })
      })
    }
  })

  describe('undefined in a record', () => {
    it('leaves the field out', async ({ records }) => {
      await records.put('record', { a: 1, b: undefined })

      expect(await records.get('record')).toStrictEqual({ a: 1 })
    })

    it('is left out of nested objects', async ({ records }) => {
      await records.put('record', { deep: { a: 1, b: undefined } })
      await records.patch('record', { list: [{ a: undefined }] })

      expect(await records.get('record')).toStrictEqual({ deep: { a: 1 }, list: [{}] })
    })

    it('is refused within arrays', async ({ records }) => {
      const record = { list: [1, undefined] } as object

      expect(await codeOf(records.put('record', record))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(records.patch('record', record))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(records.append('record', 'list', [undefined]))).toBe('KV_INVALID_VALUE')
      expect(await records.exists('record')).toBe(false)
    })
  })

  describe('a field’s value', () => {
    it('reads back as it was, whatever its type', async ({ records }) => {
      const record = {
        text: 'ø😀',
        empty: '',
        number: -2.5,
        yes: true,
        nothing: null,
        object: { deep: { deeper: [] } },
        list: [1, 'two', null, { three: [3] }],
      }

      await records.put('record', record)

      expect(await records.get('record')).toStrictEqual(record)
    })

    for (const [name, value] of [
      ['NaN', Number.NaN],
      ['a bigint', 1n],
      ['a function', () => 1],
      ['a Map', new Map()],
      ['bytes', new Uint8Array(1)],
    ] as const) {
      it(`is refused, and nothing is written: ${name}`, async ({ records }) => {
        const record: object = { field: value }

        expect(await codeOf(records.put('record', record))).toBe('KV_INVALID_VALUE')
        expect(await codeOf(records.patch('record', record))).toBe('KV_INVALID_VALUE')
        expect(await codeOf(records.append('record', 'field', value))).toBe('KV_INVALID_VALUE')
        expect(await records.exists('record')).toBe(false)
      })
    }
  })

  describe('a key of the kvStore', () => {
    for (const key of ['', 'k'.repeat(1025), '\ud800']) {
      it(`is refused: ${JSON.stringify(key.slice(0, 8))}`, async ({ records }) => {
        const calls = [
          records.get(key),
          records.put(key, {}),
          records.patch(key, (record) => record),
          records.exists(key),
          records.increment(key, 'n'),
          records.peek(key, 'jobs'),
        ]

        const codes = await Promise.all(calls.map(codeOf))

        expect(new Set(codes)).toEqual(new Set(['KV_INVALID_KEY']))
      })
    }
  })
}
