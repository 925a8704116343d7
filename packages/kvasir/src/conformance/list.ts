import { all, codeOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

/** In the order of their UTF-8 bytes, which is neither that of UTF-16 nor that of any locale. */
const ordered: readonly string[] = [
  '\0',
  '\n',
  ' ',
  '!',
  '10',
  '2',
  'A',
  'Z',
  'a',
  'aa',
  'b',
  '~',
  '\u007f',
  '\u0080',
  'ä',
  'é',
  '漢',
  '\ue000',
  '\uffee',
  '\ufffd',
  '\uffff',
  '𐀀',
  '😀',
  '\u{10ffff}',
]

export function listTests({ describe, it, expect }: Suite): void {
  describe('listing by key', () => {
    it('orders keys by their UTF-8 bytes', async ({ bucket }) => {
      const shuffled = [...ordered].sort(
        (left, right) => right.length - left.length || (left < right ? 1 : -1),
      )
      await bucket.commit(shuffled.map((key) => ({ op: 'put', key, value: 1 })))

      expect(await all(bucket.keys())).toEqual(ordered)
    })

    it('turns the order round with reverse', async ({ bucket }) => {
      await bucket.commit(ordered.map((key) => ({ op: 'put', key, value: 1 })))

      expect(await all(bucket.keys({ reverse: true }))).toEqual([...ordered].reverse())
    })

    it('pages through in the same order, one key at a time', async ({ bucket, engine, at }) => {
      await bucket.commit(ordered.map((key) => ({ op: 'put', key, value: 1 })))

      const found: string[] = []
      for (const after of [undefined, ...ordered.slice(0, -1)]) {
        const query = { order: 'key', limit: 1, ...(after !== undefined && { after }) } as const
        const page = await engine.list(at, query)
        found.push(...page.entries.map(({ key }) => key))
      }

      expect(found).toEqual(ordered)
    })

    it('gives entries with value, revision and times', async ({ bucket, clock }) => {
      await bucket.put('alice', { role: 'admin' }, { ttl: 1000 })

      expect(await all(bucket.entries())).toEqual([
        {
          key: 'alice',
          value: { role: 'admin' },
          revision: 1,
          createdAt: clock.wallMs(),
          updatedAt: clock.wallMs(),
          expiresAt: clock.wallMs() + 1000,
        },
      ])
    })

    it('leaves values out when asked for keys only', async ({ bucket, engine, at }) => {
      await bucket.put('alice', 'admin')

      const page = await engine.list(at, { order: 'key', limit: 10, keysOnly: true })

      expect(page.entries).toHaveLength(1)
      expect(page.entries[0]).toMatchObject({ key: 'alice', revision: 1 })
      expect(page.entries[0]?.value).toBe(undefined)
    })

    it('gives an empty page of an empty bucket', async ({ bucket }) => {
      expect(await bucket.keys().page()).toEqual({ items: [] })
    })
  })

  describe('listing with a prefix', () => {
    const prefixes: readonly (readonly [prefix: string, keys: readonly string[]])[] = [
      ['user:', ['user:1', 'user:2']],
      ['user:1', ['user:1']],
      ['users', []],
      ['', ['%', 'User:1', '_', 'user', 'user:1', 'user:2', 'user;', '\uffff', '😀']],
      ['%', ['%']],
      ['_', ['_']],
      ['U', ['User:1']],
      ['\uffff', ['\uffff']],
      ['😀', ['😀']],
    ]
    for (const [prefix, keys] of prefixes) {
      it(`${JSON.stringify(prefix)} gives ${keys.length} of the keys`, async ({ bucket }) => {
        const [, , , everything = []] = prefixes.map(([, some]) => some)
        await bucket.commit(everything.map((key) => ({ op: 'put', key, value: 1 })))

        expect(await all(bucket.keys({ prefix }))).toEqual(keys)
      })
    }

    it('gives the same keys in reverse', async ({ bucket }) => {
      for (const key of ['a', 'b:1', 'b:2', 'c']) await bucket.put(key, 1)

      expect(await all(bucket.keys({ prefix: 'b:', reverse: true }))).toEqual(['b:2', 'b:1'])
    })

    it('refuses a prefix with half a character', async ({ bucket }) => {
      expect(await codeOf(bucket.keys({ prefix: '\ud83d' }).page())).toBe('KV_INVALID_KEY')
    })
  })

  describe('listing by revision', () => {
    it('orders entries by their last change', async ({ bucket }) => {
      for (const key of ['a', 'b', 'c']) await bucket.put(key, 1)
      await bucket.put('a', 2)

      expect(await all(bucket.keys({ order: 'revision' }))).toEqual(['b', 'c', 'a'])
    })

    it('turns the order round with reverse', async ({ bucket }) => {
      for (const key of ['a', 'b', 'c']) await bucket.put(key, 1)

      expect(await all(bucket.keys({ order: 'revision', reverse: true }))).toEqual(['c', 'b', 'a'])
    })

    it('takes a prefix', async ({ bucket }) => {
      for (const key of ['user:2', 'order:1', 'user:1']) await bucket.put(key, 1)

      const keys = await all(bucket.keys({ order: 'revision', prefix: 'user:' }))

      expect(keys).toEqual(['user:2', 'user:1'])
    })

    it('goes on from a revision, which is not repeated', async ({ bucket, engine, at }) => {
      for (const key of ['a', 'b', 'c', 'd']) await bucket.put(key, 1)

      const forth = await engine.list(at, { order: 'revision', limit: 2, after: 1 })
      const back = await engine.list(at, { order: 'revision', limit: 9, after: 3, reverse: true })

      expect(forth.entries.map(({ revision }) => revision)).toEqual([2, 3])
      expect(forth.hasMore).toBe(true)
      expect(back.entries.map(({ revision }) => revision)).toEqual([2, 1])
      expect(back.hasMore).toBe(false)
    })

    it('pages through to the end', async ({ bucket }) => {
      await bucket.commit(range(1200).map((index) => ({ op: 'put', key: `${index}`, value: 1 })))

      const keys = await all(bucket.keys({ order: 'revision' }))

      expect(keys).toEqual(range(1200).map(String))
    })
  })
}
