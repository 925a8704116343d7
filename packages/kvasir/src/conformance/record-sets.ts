import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { codeOf, errorOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

const noStringSets: readonly (readonly [name: string, value: unknown])[] = [
  ['a number', 1],
  ['a string', 'text'],
  ['null', null],
  ['a list', ['a']],
  ['an object', { a: 1 }],
  ['a NumberSet', new NumberSet([1])],
]

export function recordSetTests({ describe, it, expect }: Suite): void {
  describe('adding to a set', () => {
    it('creates record and field, and answers the members added', async ({ bucket }) => {
      const result = await bucket.commit([
        { op: 'add', type: 'string', key: 'post', fields: { tags: ['a', 'b'] } },
      ])

      expect(result).toMatchObject({ results: [{ changed: true, members: { tags: ['a', 'b'] } }] })
      expect((await bucket.get('post'))?.value).toStrictEqual({ tags: new StringSet(['a', 'b']) })
    })

    it('answers only members that are new, each once', async ({ bucket }) => {
      await bucket.put('post', { tags: new StringSet(['a']) })

      const result = await bucket.commit([
        { op: 'add', type: 'string', key: 'post', fields: { tags: ['a', 'b', 'b'] } },
      ])

      expect(result).toMatchObject({ results: [{ members: { tags: ['b'] } }] })
    })

    it('changes nothing when all are members already', async ({ bucket }) => {
      await bucket.put('post', { tags: new StringSet(['a']) })

      const result = await bucket.commit([
        { op: 'add', type: 'string', key: 'post', fields: { tags: ['a'] } },
      ])

      expect(result).toMatchObject({ results: [{ changed: false, revision: 1 }] })
    })

    it('changes and creates nothing when there are no members', async ({ bucket }) => {
      const result = await bucket.commit([
        { op: 'add', type: 'number', key: 'post', fields: { likes: [] } },
      ])

      expect(result).toMatchObject({ results: [{ changed: false, members: { likes: [] } }] })
      expect(await bucket.get('post')).toBe(undefined)
    })

    it('keeps the order in which members came', async ({ bucket }) => {
      await bucket.commit([
        { op: 'add', type: 'number', key: 'post', fields: { likes: [30, 10] } },
        { op: 'add', type: 'number', key: 'post', fields: { likes: [20, 10] } },
      ])

      expect((await bucket.get('post'))?.value).toStrictEqual({
        likes: new NumberSet([30, 10, 20]),
      })
    })

    it('holds strings and numbers apart', async ({ bucket }) => {
      await bucket.commit([
        { op: 'add', type: 'number', key: 'post', fields: { likes: [1, -0.5, 1e21] } },
        { op: 'add', type: 'string', key: 'post', fields: { tags: ['1', '', '__proto__'] } },
      ])

      expect((await bucket.get('post'))?.value).toStrictEqual({
        likes: new NumberSet([1, -0.5, 1e21]),
        tags: new StringSet(['1', '', '__proto__']),
      })
    })

    it('refuses members of the other type', async ({ bucket }) => {
      const number = codeOf(
        bucket.commit([{ op: 'add', type: 'string', key: 'post', fields: { tags: ['a', 1] } }]),
      )
      const text = codeOf(
        bucket.commit([{ op: 'add', type: 'number', key: 'post', fields: { likes: ['1'] } }]),
      )
      const infinite = codeOf(
        bucket.commit([
          { op: 'add', type: 'number', key: 'post', fields: { likes: [Number.NaN] } },
        ]),
      )

      expect(await number).toBe('KV_INVALID_ARGUMENT')
      expect(await text).toBe('KV_INVALID_ARGUMENT')
      expect(await infinite).toBe('KV_INVALID_ARGUMENT')
      expect(await bucket.get('post')).toBe(undefined)
    })
  })

  describe('removing from a set', () => {
    it('answers the members removed, and keeps the rest', async ({ bucket }) => {
      await bucket.put('post', { tags: new StringSet(['a', 'b', 'c']) })

      const result = await bucket.commit([
        { op: 'remove', type: 'string', key: 'post', fields: { tags: ['c', 'x', 'a'] } },
      ])

      expect(result).toMatchObject({ results: [{ changed: true, members: { tags: ['c', 'a'] } }] })
      expect((await bucket.get('post'))?.value).toStrictEqual({ tags: new StringSet(['b']) })
    })

    it('keeps an empty set a set of its type', async ({ bucket }) => {
      await bucket.put('post', { tags: new StringSet(['a']) })

      await bucket.commit([{ op: 'remove', type: 'string', key: 'post', fields: { tags: ['a'] } }])

      expect((await bucket.get('post'))?.value).toStrictEqual({ tags: new StringSet() })
    })

    it('creates nothing when record or field are missing', async ({ bucket }) => {
      const result = await bucket.commit([
        { op: 'remove', type: 'string', key: 'post', fields: { tags: ['a'] } },
      ])

      expect(result).toMatchObject({ results: [{ changed: false, members: { tags: [] } }] })
      expect(await bucket.get('post')).toBe(undefined)
    })

    it('takes a member out of a large set', async ({ bucket, engine, at }) => {
      await bucket.commit([
        { op: 'add', type: 'number', key: 'post', fields: { likes: range(3000) } },
      ])

      await bucket.commit([
        { op: 'remove', type: 'number', key: 'post', fields: { likes: [1500] } },
      ])
      const [result] = await engine.read(at, [
        { key: 'post', has: [['likes', [1499, 1500, 1501]]], type: 'number' },
      ])

      expect(result?.members).toEqual([['likes', [1499, 1501]]])
      const post = await bucket.get<{ likes: NumberSet }>('post')
      expect(post?.value.likes.size).toBe(2999)
    })
  })

  describe('asking a set for members', () => {
    it('answers those it holds', async ({ bucket, engine, at }) => {
      await bucket.put('post', { tags: new StringSet(['a', 'b']), likes: new NumberSet([1]) })

      const results = await engine.read(at, [
        { key: 'post', has: [['tags', ['b', 'x']]], type: 'string' },
        { key: 'post', has: [['likes', [1, 2]]], type: 'number' },
      ])

      expect(results.map(({ members }) => members)).toEqual([[['tags', ['b']]], [['likes', [1]]]])
    })

    it('answers none where record or field are missing, and creates neither', async (scene) => {
      const { bucket, engine, at } = scene
      await bucket.put('post', {})

      const results = await engine.read(at, [
        { key: 'post', has: [['tags', ['a']]], type: 'string' },
        { key: 'nowhere', has: [['tags', ['a']]], type: 'string' },
      ])

      expect(results.map(({ members }) => members)).toEqual([[['tags', []]], [['tags', []]]])
      expect(await bucket.info()).toMatchObject({ keys: 1, revision: 1 })
    })

    it('answers none of an expired record', async ({ bucket, engine, at, clock }) => {
      await bucket.put('post', { tags: new StringSet(['a']) }, { ttl: 1000 })
      clock.setWall(clock.wallMs() + 1000)

      const [result] = await engine.read(at, [
        { key: 'post', has: [['tags', ['a']]], type: 'string' },
      ])

      expect(result?.members).toEqual([['tags', []]])
    })
  })

  describe('a set operation on a field that is no such set', () => {
    for (const [name, value] of noStringSets) {
      it(`is refused when it is ${name}, naming what was found`, async (scene) => {
        const { bucket, engine, at } = scene
        await bucket.put('post', { tags: value })

        const shared = { type: 'string', key: 'post', fields: { tags: ['a'] } } as const
        const add = await errorOf(bucket.commit([{ op: 'add', ...shared }]))
        const remove = await codeOf(bucket.commit([{ op: 'remove', ...shared }]))
        const has = await codeOf(
          engine.read(at, [{ key: 'post', has: [['tags', ['a']]], type: 'string' }]),
        )

        expect(add.code).toBe('KV_WRONG_TYPE')
        expect(add.message).toContain(name)
        expect(add.message).toContain('StringSet')
        expect(remove).toBe('KV_WRONG_TYPE')
        expect(has).toBe('KV_WRONG_TYPE')
        expect(await bucket.get('post')).toMatchObject({ revision: 1 })
      })
    }

    it('is refused when the key holds no record', async ({ bucket }) => {
      await bucket.put('post', new StringSet(['a']))

      const call = bucket.commit([
        { op: 'add', type: 'string', key: 'post', fields: { tags: ['a'] } },
      ])

      expect(await codeOf(call)).toBe('KV_WRONG_TYPE')
    })
  })
}
