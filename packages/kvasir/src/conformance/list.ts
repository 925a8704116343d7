import { all, codeOf, range, take } from './observe.ts'
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

  describe('a page of a listing', () => {
    it('holds at most limit items and a cursor to go on', async ({ bucket }) => {
      for (const key of ['a', 'b', 'c', 'd', 'e']) await bucket.put(key, 1)

      const first = await bucket.keys().page({ limit: 2 })
      const second = await bucket.keys().page({ limit: 2, cursor: first.cursor ?? '' })
      const third = await bucket.keys().page({ limit: 2, cursor: second.cursor ?? '' })

      expect([first.items, second.items, third.items]).toEqual([['a', 'b'], ['c', 'd'], ['e']])
      expect(third.cursor).toBe(undefined)
    })

    it('has no cursor when exactly all were on it', async ({ bucket }) => {
      for (const key of ['a', 'b']) await bucket.put(key, 1)

      expect(await bucket.keys().page({ limit: 2 })).toEqual({ items: ['a', 'b'] })
    })

    it('goes on in reverse from its cursor', async ({ bucket }) => {
      for (const key of ['a', 'b', 'c']) await bucket.put(key, 1)

      const first = await bucket.keys({ reverse: true }).page({ limit: 2 })
      const second = await bucket.keys({ reverse: true }).page({ cursor: first.cursor ?? '' })

      expect([first.items, second.items]).toEqual([['c', 'b'], ['a']])
    })

    it('goes on when the key of the cursor has been deleted', async ({ bucket }) => {
      for (const key of ['a', 'b', 'c']) await bucket.put(key, 1)
      const first = await bucket.keys().page({ limit: 2 })
      await bucket.delete('b')

      const second = await bucket.keys().page({ cursor: first.cursor ?? '' })

      expect(second.items).toEqual(['c'])
    })

    it('holds 100 items unless told otherwise', async ({ bucket }) => {
      await bucket.commit(range(150).map((index) => ({ op: 'put', key: `key-${index}`, value: 1 })))

      const page = await bucket.keys().page()

      expect(page.items).toHaveLength(100)
    })

    for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
      it(`refuses a limit of ${limit}`, async ({ bucket }) => {
        expect(await codeOf(bucket.keys().page({ limit }))).toBe('KV_INVALID_ARGUMENT')
      })
    }

    for (const cursor of ['nonsense!', 'bm9uc2Vuc2U', 'e30']) {
      it(`refuses the cursor ${cursor}`, async ({ bucket }) => {
        expect(await codeOf(bucket.keys().page({ cursor }))).toBe('KV_INVALID_CURSOR')
      })
    }

    it('refuses the cursor of a listing in another order', async ({ bucket }) => {
      for (const key of ['a', 'b']) await bucket.put(key, 1)
      const { cursor = '' } = await bucket.keys({ order: 'revision' }).page({ limit: 1 })

      expect(await codeOf(bucket.keys().page({ cursor }))).toBe('KV_INVALID_CURSOR')
    })
  })

  describe('iterating a listing', () => {
    it('goes over page after page to the end', async ({ bucket }) => {
      const keys = range(2345).map((index) => `key-${String(index).padStart(4, '0')}`)
      await bucket.commit(keys.map((key) => ({ op: 'put', key, value: 1 })))

      expect(await all(bucket.keys())).toEqual(keys)
    })

    it('ends after limit items', async ({ bucket }) => {
      const keys = range(1500).map((index) => `key-${String(index).padStart(4, '0')}`)
      await bucket.commit(keys.map((key) => ({ op: 'put', key, value: 1 })))

      expect(await all(bucket.keys({ limit: 1234 }))).toEqual(keys.slice(0, 1234))
    })

    it('may be left early', async ({ bucket }) => {
      for (const key of ['a', 'b', 'c']) await bucket.put(key, 1)

      expect(await take(bucket.keys(), 2)).toEqual(['a', 'b'])
    })

    it('may be done twice', async ({ bucket }) => {
      for (const key of ['a', 'b']) await bucket.put(key, 1)
      const keys = bucket.keys()

      expect(await all(keys)).toEqual(['a', 'b'])
      expect(await all(keys)).toEqual(['a', 'b'])
    })

    it('misses no key that stays and repeats none, while others come and go', async (scene) => {
      const { bucket } = scene
      const keys = range(1500).map((index) => `key-${String(index).padStart(4, '0')}`)
      await bucket.commit(keys.map((key) => ({ op: 'put', key, value: 1 })))

      const found: string[] = []
      for await (const key of bucket.keys()) {
        found.push(key)
        if (key === 'key-0500') await bucket.put('aaa', 'behind the cursor')
        if (key === 'key-0501') await bucket.delete('key-1400')
        if (key === 'key-0502') await bucket.put('zzz', 'before the cursor')
      }

      const stayed = keys.filter((key) => key !== 'key-1400')
      expect(found).toEqual([...stayed, 'zzz'])
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
