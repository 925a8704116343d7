import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { codeOf } from './observe.ts'
import type { Suite } from './suite.ts'

/** Names that trip over prototypes, arrays, paths or encodings. */
export const oddNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'length',
  'then',
  '',
  ' ',
  '0',
  '01',
  '-1',
  'a.b',
  'a/b~c',
  '$ref',
  '"quoted"',
  'line\nbreak',
  'nul\0byte',
  'éß漢字',
  '👩‍👩‍👧',
]

export function recordTests({ describe, it, expect }: Suite): void {
  describe('patching a record', () => {
    it('sets the given fields and keeps the others', async ({ bucket }) => {
      await bucket.put('alice', { name: 'Alice', age: 30 })

      await bucket.commit([{ op: 'patch', key: 'alice', fields: { age: 31, city: 'Oslo' } }])

      expect((await bucket.get('alice'))?.value).toEqual({ name: 'Alice', age: 31, city: 'Oslo' })
    })

    it('creates a missing record', async ({ bucket }) => {
      await bucket.commit([{ op: 'patch', key: 'alice', fields: { age: 31 } }])

      expect((await bucket.get('alice'))?.value).toEqual({ age: 31 })
    })

    it('creates a missing record even with no fields', async ({ bucket }) => {
      const result = await bucket.commit([{ op: 'patch', key: 'alice', fields: {} }])

      expect(result).toMatchObject({ results: [{ changed: true, revision: 1 }] })
      expect((await bucket.get('alice'))?.value).toEqual({})
    })

    it('removes fields that are undefined or named in unset', async ({ bucket }) => {
      await bucket.put('alice', { name: 'Alice', age: 30, city: 'Oslo' })

      const fields = { age: undefined }
      await bucket.commit([{ op: 'patch', key: 'alice', fields, unset: ['city'] }])

      expect((await bucket.get('alice'))?.value).toEqual({ name: 'Alice' })
    })

    it('replaces a field whole, not deeply', async ({ bucket }) => {
      await bucket.put('alice', { address: { city: 'Oslo', zip: '0150' } })

      await bucket.commit([{ op: 'patch', key: 'alice', fields: { address: { city: 'Bergen' } } }])

      expect((await bucket.get('alice'))?.value).toEqual({ address: { city: 'Bergen' } })
    })

    it('may replace a field by one of another type', async ({ bucket }) => {
      await bucket.put('alice', { tags: new StringSet(['a']) })

      await bucket.commit([{ op: 'patch', key: 'alice', fields: { tags: new NumberSet([1]) } }])

      expect((await bucket.get('alice'))?.value).toStrictEqual({ tags: new NumberSet([1]) })
    })

    it('keeps the TTL unless one is given', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      await bucket.put('alice', { age: 30 }, { ttl: 1000 })
      await clock.advance(10)

      await bucket.commit([{ op: 'patch', key: 'alice', fields: { age: 31 } }])
      const kept = await bucket.get('alice')
      await bucket.commit([{ op: 'patch', key: 'alice', fields: { age: 32 }, ttl: '5s' }])

      expect(kept?.expiresAt).toBe(expiresAt)
      expect((await bucket.get('alice'))?.expiresAt).toBe(clock.wallMs() + 5000)
    })

    it('gives the record from before when asked for it', async ({ bucket }) => {
      await bucket.put('alice', { age: 30 })

      const result = await bucket.commit([
        { op: 'patch', key: 'alice', fields: { age: 31 }, previous: true },
      ])

      expect(result).toMatchObject({ results: [{ previous: { value: { age: 30 } } }] })
    })

    it('starts anew when the record has expired', async ({ bucket, clock }) => {
      await bucket.put('alice', { name: 'Alice' }, { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      await bucket.commit([{ op: 'patch', key: 'alice', fields: { age: 30 } }])

      expect(await bucket.get('alice')).toMatchObject({ value: { age: 30 } })
      expect((await bucket.get('alice'))?.expiresAt).toBe(undefined)
    })

    it('refuses bytes as a field', async ({ bucket }) => {
      const fields = { logo: new Uint8Array([1]) }

      const call = bucket.commit([{ op: 'patch', key: 'alice', fields }])

      expect(await codeOf(call)).toBe('KV_INVALID_VALUE')
      expect(await bucket.get('alice')).toBe(undefined)
    })

    it('takes text with half a character as a field', async ({ bucket }) => {
      await bucket.commit([{ op: 'patch', key: 'alice', fields: { half: '\ud83d' } }])

      expect((await bucket.get('alice'))?.value).toEqual({ half: '\ud83d' })
    })

    const noRecords = ['text', 5, true, null, ['list'], new Uint8Array([1])]
    for (const value of noRecords) {
      it(`refuses a key that holds ${JSON.stringify(value)}`, async ({ bucket }) => {
        await bucket.put('alice', value)

        const call = bucket.commit([{ op: 'patch', key: 'alice', fields: { age: 31 } }])

        expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
        expect(await bucket.get('alice')).toMatchObject({ value, revision: 1 })
      })
    }
  })

  describe('a field with an odd name', () => {
    for (const name of oddNames) {
      it(`${JSON.stringify(name)} is a field like any other`, async ({ bucket, engine, at }) => {
        const fields = Object.fromEntries([[name, 1]])
        await bucket.commit([
          { op: 'patch', key: 'record', fields: { before: 1 } },
          { op: 'patch', key: 'record', fields },
          { op: 'increment', key: 'record', fields },
          { op: 'append', key: 'lists', fields: Object.fromEntries([[name, ['a', 'b']]]) },
          { op: 'add', type: 'string', key: 'sets', fields: Object.fromEntries([[name, ['m']]]) },
        ])

        const [part, list, set] = await engine.read(at, [
          { key: 'record', fields: [name] },
          { key: 'lists', peek: [[name, 1]] },
          { key: 'sets', has: [[name, ['m', 'n']]], type: 'string' },
        ])
        const record = (await bucket.get('record'))?.value as object

        expect(Object.entries(record)).toEqual(
          [
            ['before', 1],
            [name, 2],
          ].sort(integersFirst),
        )
        expect(Object.getPrototypeOf(record)).toBe(Object.prototype)
        expect(part?.entry?.value.data).toBe(`{${JSON.stringify(name)}:2}`)
        expect(list?.elements).toEqual([[name, [{ kind: 'text', data: 'a' }]]])
        expect(set?.members).toEqual([[name, ['m']]])
      })
    }
  })

  describe('reading fields of a record', () => {
    it('gives only those named', async ({ bucket, engine, at }) => {
      await bucket.put('alice', { name: 'Alice', age: 30, city: 'Oslo' })

      const [result] = await engine.read(at, [{ key: 'alice', fields: ['city', 'nothing'] }])

      expect(result?.entry?.value).toEqual({ kind: 'record', data: '{"city":"Oslo"}' })
    })

    it('gives no entry when the record is missing', async ({ engine, at }) => {
      expect(await engine.read(at, [{ key: 'alice', fields: ['age'] }])).toEqual([{}])
    })

    it('gives sets among them as sets', async ({ bucket, engine, at }) => {
      await bucket.put('alice', { tags: new StringSet(['a']), age: 30 })

      const [result] = await engine.read(at, [{ key: 'alice', fields: ['tags'] }])

      expect(result?.entry?.value).toMatchObject({
        data: '{"tags":["a"]}',
        sets: { '/tags': 'string' },
      })
    })

    it('refuses a key that holds no record', async ({ bucket, engine, at }) => {
      await bucket.put('alice', 'text')

      const call = engine.read(at, [{ key: 'alice', fields: ['age'] }])

      expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
    })
  })
}

/** JavaScript puts integer-like names first, whatever the order in which they were set. */
function integersFirst([left]: unknown[], [right]: unknown[]): number {
  return Number(isIndex(right)) - Number(isIndex(left))
}

function isIndex(name: unknown): boolean {
  return /^(0|[1-9]\d*)$/.test(String(name))
}
