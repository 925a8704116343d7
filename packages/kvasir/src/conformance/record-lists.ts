import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { codeOf, errorOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

/** What a field may hold that is no list. */
const noLists: readonly (readonly [name: string, value: unknown])[] = [
  ['a number', 1],
  ['a string', 'text'],
  ['a boolean', false],
  ['null', null],
  ['an object', { a: 1 }],
  ['a StringSet', new StringSet(['a'])],
  ['a NumberSet', new NumberSet([1])],
]

export function recordListTests({ describe, it, expect }: Suite): void {
  describe('appending to a list', () => {
    it('creates record and field', async ({ bucket }) => {
      const result = await bucket.commit([
        { op: 'append', key: 'queue', fields: { jobs: ['a', 'b'] } },
      ])

      expect(result).toMatchObject({ results: [{ changed: true, revision: 1 }] })
      expect((await bucket.get('queue'))?.value).toEqual({ jobs: ['a', 'b'] })
    })

    it('adds at the end in the given order', async ({ bucket }) => {
      await bucket.put('queue', { jobs: ['a'] })

      await bucket.commit([{ op: 'append', key: 'queue', fields: { jobs: ['b', 'c'] } }])

      expect((await bucket.get('queue'))?.value).toEqual({ jobs: ['a', 'b', 'c'] })
    })

    it('takes elements of every type', async ({ bucket }) => {
      const jobs = [1, 'two', null, true, { three: [3] }, [4], new StringSet(['five'])]

      await bucket.commit([{ op: 'append', key: 'queue', fields: { jobs } }])

      expect((await bucket.get('queue'))?.value).toStrictEqual({ jobs })
    })

    it('refuses bytes as an element', async ({ bucket }) => {
      const jobs = [new Uint8Array([1])]

      const call = bucket.commit([{ op: 'append', key: 'queue', fields: { jobs } }])

      expect(await codeOf(call)).toBe('KV_INVALID_VALUE')
      expect(await bucket.get('queue')).toBe(undefined)
    })

    it('extends several lists in one step', async ({ bucket }) => {
      await bucket.commit([{ op: 'append', key: 'queue', fields: { high: [1], low: [2, 3] } }])

      expect((await bucket.get('queue'))?.value).toEqual({ high: [1], low: [2, 3] })
    })

    it('changes and creates nothing when there are no elements', async ({ bucket }) => {
      const result = await bucket.commit([{ op: 'append', key: 'queue', fields: { jobs: [] } }])

      expect(result).toMatchObject({ results: [{ changed: false, revision: 0 }] })
      expect(await bucket.get('queue')).toBe(undefined)
    })

    it('keeps the TTL', async ({ bucket, clock }) => {
      const expiresAt = clock.wallMs() + 1000
      await bucket.put('queue', { jobs: [] }, { ttl: 1000 })
      await clock.advance(10)

      await bucket.commit([{ op: 'append', key: 'queue', fields: { jobs: [1] } }])

      expect((await bucket.get('queue'))?.expiresAt).toBe(expiresAt)
    })
  })

  describe('unshifting onto a list', () => {
    it('puts the values at the front in the given order', async ({ bucket }) => {
      await bucket.put('queue', { jobs: ['c'] })

      await bucket.commit([{ op: 'unshift', key: 'queue', fields: { jobs: ['a', 'b'] } }])

      expect((await bucket.get('queue'))?.value).toEqual({ jobs: ['a', 'b', 'c'] })
    })

    it('creates record and field', async ({ bucket }) => {
      await bucket.commit([{ op: 'unshift', key: 'queue', fields: { jobs: ['a'] } }])

      expect((await bucket.get('queue'))?.value).toEqual({ jobs: ['a'] })
    })
  })

  describe('shifting from a list', () => {
    it('takes the first elements and answers them', async ({ bucket }) => {
      await bucket.put('queue', { jobs: ['a', 'b', 'c'] })

      const result = await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 2 } }])

      expect(result).toMatchObject({ results: [{ changed: true, elements: { jobs: ['a', 'b'] } }] })
      expect((await bucket.get('queue'))?.value).toEqual({ jobs: ['c'] })
    })

    it('takes what there is when there is less', async ({ bucket }) => {
      await bucket.put('queue', { jobs: ['a'] })

      const result = await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 5 } }])

      expect(result).toMatchObject({ results: [{ elements: { jobs: ['a'] } }] })
      expect((await bucket.get('queue'))?.value).toEqual({ jobs: [] })
    })

    it('creates nothing when record or field are missing', async ({ bucket }) => {
      await bucket.put('queue', {})

      const result = await bucket.commit([
        { op: 'shift', key: 'queue', fields: { jobs: 1 } },
        { op: 'shift', key: 'nowhere', fields: { jobs: 1 } },
      ])

      expect(result).toMatchObject({
        results: [
          { changed: false, elements: { jobs: [] } },
          { changed: false, elements: { jobs: [] } },
        ],
      })
      expect((await bucket.get('queue'))?.value).toEqual({})
      expect(await bucket.get('nowhere')).toBe(undefined)
    })

    it('takes nothing with a count of 0', async ({ bucket }) => {
      await bucket.put('queue', { jobs: ['a'] })

      const result = await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 0 } }])

      expect(result).toMatchObject({ results: [{ changed: false, elements: { jobs: [] } }] })
    })

    it('gives back elements of every type as they were', async ({ bucket }) => {
      const jobs = [{ deep: { tags: new StringSet(['x']) } }, new NumberSet([1]), 'text', null]
      await bucket.put('queue', { jobs })

      const result = await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 4 } }])

      const [first] = result.ok ? result.results : []
      expect(first?.elements).toStrictEqual({ jobs })
    })

    it('gives back text with half a character', async ({ bucket, engine, at }) => {
      await bucket.put('queue', { jobs: ['\ud83d', 'whole'] })

      const [peeked] = await engine.read(at, [{ key: 'queue', peek: [['jobs', 1]] }])
      const result = await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 1 } }])

      expect(peeked?.elements?.[0]?.[1]).toHaveLength(1)
      expect(result).toMatchObject({ results: [{ elements: { jobs: ['\ud83d'] } }] })
    })

    it('refuses counts that are none', async ({ bucket }) => {
      const negative = await codeOf(
        bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: -1 } }]),
      )
      const broken = await codeOf(
        bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 1.5 } }]),
      )

      expect(negative).toBe('KV_INVALID_ARGUMENT')
      expect(broken).toBe('KV_INVALID_ARGUMENT')
    })

    it('empties a long list in order, with appends in between', async ({ bucket }) => {
      await bucket.commit([{ op: 'append', key: 'queue', fields: { jobs: range(3000) } }])
      await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 1000 } }])
      await bucket.commit([{ op: 'append', key: 'queue', fields: { jobs: [3000] } }])
      await bucket.commit([{ op: 'unshift', key: 'queue', fields: { jobs: [998, 999] } }])

      const result = await bucket.commit([{ op: 'shift', key: 'queue', fields: { jobs: 5000 } }])

      const [first] = result.ok ? result.results : []
      expect(first?.elements?.jobs).toEqual(range(3001).slice(998))
      expect((await bucket.get('queue'))?.value).toEqual({ jobs: [] })
    })
  })

  describe('peeking into a list', () => {
    it('gives the first elements and leaves them', async ({ bucket, engine, at }) => {
      await bucket.put('queue', { jobs: ['a', 'b', 'c'] })

      const [result] = await engine.read(at, [{ key: 'queue', peek: [['jobs', 2]] }])

      const first = [
        { kind: 'text', data: 'a' },
        { kind: 'text', data: 'b' },
      ]
      expect(result?.elements).toEqual([['jobs', first]])
      expect((await bucket.get('queue'))?.value).toEqual({ jobs: ['a', 'b', 'c'] })
    })

    it('gives none of what is missing', async ({ bucket, engine, at }) => {
      await bucket.put('queue', {})

      const results = await engine.read(at, [
        { key: 'queue', peek: [['jobs', 2]] },
        { key: 'nowhere', peek: [['jobs', 2]] },
      ])

      expect(results.map(({ elements }) => elements)).toEqual([[['jobs', []]], [['jobs', []]]])
    })

    it('gives none of an expired record', async ({ bucket, engine, at, clock }) => {
      await bucket.put('queue', { jobs: ['a'] }, { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const [result] = await engine.read(at, [{ key: 'queue', peek: [['jobs', 1]] }])

      expect(result?.elements).toEqual([['jobs', []]])
    })

    for (const [name, value] of noLists) {
      it(`reads a field that is ${name} as missing`, async ({ bucket, engine, at }) => {
        await bucket.put('queue', { jobs: value })

        const [result] = await engine.read(at, [{ key: 'queue', peek: [['jobs', 1]] }])

        expect(result?.elements).toEqual([['jobs', []]])
      })
    }

    it('refuses a key that holds no record', async ({ bucket, engine, at }) => {
      await bucket.put('queue', ['a'])

      const call = engine.read(at, [{ key: 'queue', peek: [['0', 1]] }])

      expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
    })
  })

  describe('a list operation on a field that is no list', () => {
    for (const [name, value] of noLists) {
      it(`is refused when it is ${name}, naming what was found`, async ({ bucket }) => {
        await bucket.put('queue', { jobs: value })

        const list = { key: 'queue', fields: { jobs: [1] } }
        const error = await errorOf(bucket.commit([{ op: 'append', ...list }]))
        const unshift = await codeOf(bucket.commit([{ op: 'unshift', ...list }]))
        const take = { key: 'queue', fields: { jobs: 1 } }
        const shift = await codeOf(bucket.commit([{ op: 'shift', ...take }]))

        expect(error.code).toBe('KV_WRONG_TYPE')
        expect(error.message).toContain(name)
        expect(unshift).toBe('KV_WRONG_TYPE')
        expect(shift).toBe('KV_WRONG_TYPE')
        expect(await bucket.get('queue')).toMatchObject({ revision: 1 })
      })
    }
  })
}
