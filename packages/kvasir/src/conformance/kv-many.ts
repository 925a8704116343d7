import { all, codeOf, errorOf, range, take } from './observe.ts'
import type { Suite } from './suite.ts'

export function kvManyTests({ describe, it, expect }: Suite): void {
  describe('kv.getMany', () => {
    it('gives values in the order asked, null for those missing', async ({ kv }) => {
      await kv.set('alice', 1)
      await kv.set('bob', null)
      await kv.set('carol', [3])

      const values = await kv.getMany(['carol', 'nobody', 'bob', 'alice', 'carol'])

      expect(values).toEqual([[3], null, null, 1, [3]])
    })

    it('gives nothing when asked nothing', async ({ kv }) => {
      expect(await kv.getMany([])).toEqual([])
    })

    it('gives null for a key that has expired', async ({ kv, clock }) => {
      await kv.set('alice', 1, 1000)
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.getMany(['alice'])).toEqual([null])
    })

    it('refuses what is no array', async ({ kv }) => {
      const keys = 'alice' as unknown as string[]

      expect(await codeOf(kv.getMany(keys))).toBe('KV_INVALID_ARGUMENT')
    })
  })

  describe('kv.setMany', () => {
    it('stores all and gives their revisions', async ({ kv }) => {
      const revisions = await kv.setMany([
        { key: 'alice', value: 1 },
        { key: 'bob', value: 2, ttl: '1h' },
      ])

      expect(revisions).toEqual([1, 2])
      expect(await kv.getMany(['alice', 'bob'])).toEqual([1, 2])
      expect(await kv.ttl('bob')).toBe(3_600_000)
    })

    it('stores none when one condition fails, and says which', async ({ kv }) => {
      await kv.set('bob', 'here')

      const error = await errorOf(
        kv.setMany([
          { key: 'alice', value: 1 },
          { key: 'bob', value: 2, ifAbsent: true },
        ]),
      )

      expect(error.code).toBe('KV_CONFLICT')
      expect(error.details).toMatchObject({ key: 'bob', index: 1, revision: 1 })
      expect(await kv.getMany(['alice', 'bob'])).toEqual([null, 'here'])
    })

    it('takes ifRevision for each', async ({ kv }) => {
      await kv.set('alice', 1)

      const revisions = await kv.setMany([
        { key: 'alice', value: 2, ifRevision: 1 },
        { key: 'bob', value: 2, ifRevision: 0 },
      ])

      expect(revisions).toEqual([2, 3])
    })

    it('stores nothing when given nothing', async ({ kv }) => {
      expect(await kv.setMany([])).toEqual([])
    })

    it('lets the last of one key win', async ({ kv }) => {
      await kv.setMany([
        { key: 'alice', value: 1 },
        { key: 'alice', value: 2 },
      ])

      expect(await kv.getEntry('alice')).toMatchObject({ value: 2, revision: 2 })
    })

    it('refuses what is no array', async ({ kv }) => {
      const entries = { alice: 1 } as unknown as []

      expect(await codeOf(kv.setMany(entries))).toBe('KV_INVALID_ARGUMENT')
    })
  })

  describe('kv.deleteMany', () => {
    it('removes all and gives how many existed', async ({ kv, clock }) => {
      await kv.set('alice', 1)
      await kv.set('bob', 1)
      await kv.set('carol', 1, 1000)
      clock.setWall(clock.wallMs() + 1000)

      expect(await kv.deleteMany(['alice', 'carol', 'nobody', 'alice'])).toBe(1)
      expect(await all(kv.keys())).toEqual(['bob'])
    })

    it('removes nothing when given nothing', async ({ kv }) => {
      expect(await kv.deleteMany([])).toBe(0)
    })
  })

  describe('kv.keys', () => {
    it('iterates the keys in the order of their UTF-8 bytes', async ({ kv }) => {
      for (const key of ['😀', 'b', '\uffff', 'a', 'B']) await kv.set(key, 1)

      expect(await all(kv.keys())).toEqual(['B', 'a', 'b', '\uffff', '😀'])
    })

    it('takes prefix, limit and reverse', async ({ kv }) => {
      for (const key of ['a:1', 'a:2', 'a:3', 'b:1']) await kv.set(key, 1)

      expect(await all(kv.keys({ prefix: 'a:' }))).toEqual(['a:1', 'a:2', 'a:3'])
      expect(await all(kv.keys({ prefix: 'a:', limit: 2 }))).toEqual(['a:1', 'a:2'])
      expect(await all(kv.keys({ prefix: 'a:', reverse: true, limit: 1 }))).toEqual(['a:3'])
    })

    it('does not see what has expired', async ({ kv, clock }) => {
      await kv.set('alice', 1, 1000)
      await kv.set('bob', 1)
      clock.setWall(clock.wallMs() + 1000)

      expect(await all(kv.keys())).toEqual(['bob'])
    })

    it('gives pages with a cursor', async ({ kv }) => {
      for (const key of ['a', 'b', 'c']) await kv.set(key, 1)

      const first = await kv.keys().page({ limit: 2 })
      const second = await kv.keys().page({ cursor: first.cursor ?? '', limit: 2 })

      expect(first.items).toEqual(['a', 'b'])
      expect(second).toEqual({ items: ['c'] })
    })

    it('judges a key at the moment its page is read', async ({ kv, clock }) => {
      await kv.setMany(
        range(1200).map((index) => ({ key: `key-${1000 + index}`, value: 1, ttl: 1000 })),
      )

      const found: string[] = []
      for await (const key of kv.keys()) {
        if (found.length === 0) clock.setWall(clock.wallMs() + 1000)
        found.push(key)
      }

      expect(found).toHaveLength(1000)
    })
  })

  describe('kv.entries', () => {
    it('iterates the entries, and pages by itself', async ({ kv }) => {
      await kv.setMany(range(1100).map((index) => ({ key: `key-${1000 + index}`, value: index })))

      const entries = await all(kv.entries<number>())

      expect(entries.map(({ value }) => value)).toEqual(range(1100))
      expect(entries[0]).toMatchObject({ key: 'key-1000', revision: 1 })
    })

    it('takes a prefix and gives pages', async ({ kv }) => {
      for (const key of ['a:1', 'a:2', 'b:1']) await kv.set(key, key)

      const page = await kv.entries({ prefix: 'a:' }).page({ limit: 1 })

      expect(page.items.map(({ value }) => value)).toEqual(['a:1'])
      expect(typeof page.cursor).toBe('string')
      expect(await take(kv.entries({ prefix: 'b:' }), 1)).toMatchObject([{ value: 'b:1' }])
    })
  })
}
