import { all, codeOf, range, take } from './observe.ts'
import type { Suite } from './suite.ts'

export function listPageTests({ describe, it, expect }: Suite): void {
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
}
