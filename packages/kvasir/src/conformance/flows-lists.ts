import { bodyOf, failureOf, messageOf, withFlows } from './flows-scene.ts'
import { range } from './observe.ts'
import type { Suite } from './suite.ts'

const users = { bucket: 'users' }

export function flowListTests(suite: Suite): void {
  const { describe, it, expect } = withFlows(suite)

  describe('kv-key-list', () => {
    it('answers items in the order of their last change, values as text', async (scene) => {
      const { flows, clock } = scene
      await bodyOf(flows.kvKeyPut({ ...users, key: 'b', value: { n: 1 } }))
      await bodyOf(flows.kvKeyPut({ ...users, key: 'a', value: 'text' }))
      await bodyOf(flows.kvKeyPut({ ...users, key: 'b', value: 2 }))

      const created = new Date(clock.wallMs()).toISOString()
      expect(await bodyOf(flows.kvKeyList(users))).toEqual({
        items: [
          { key: 'a', value: 'text', sequence: 2, created },
          { key: 'b', value: '2', sequence: 3, created },
        ],
      })
    })

    it('answers nothing of an empty bucket, and no next_seq', async ({ flows }) => {
      expect(await bodyOf(flows.kvKeyList(users))).toEqual({ items: [] })
    })

    it('leaves out what was removed or has expired', async ({ flows, clock }) => {
      for (const key of ['a', 'b', 'c']) {
        await bodyOf(flows.kvKeyPut({ ...users, key, value: key }))
      }
      await bodyOf(flows.kvKeyPut({ ...users, key: 'b', value: 1, ttl: 1_000_000_000 }))
      await bodyOf(flows.kvKeyDelete({ ...users, key: 'c' }))
      clock.setWall(clock.wallMs() + 1000)

      const { items } = await bodyOf(flows.kvKeyList(users))

      expect(items.map(({ key }) => key)).toEqual(['a'])
    })

    it('answers 100 items when asked for no number, 1,000 at most', async ({ flows }) => {
      await bodyOf(
        flows.kvKeysPut({
          ...users,
          entries: range(1000).map((index) => ({ key: `k${index}`, value: index })),
        }),
      )
      await bodyOf(flows.kvKeyPut({ ...users, key: 'last', value: 1 }))

      const first = await bodyOf(flows.kvKeyList(users))
      const whole = await bodyOf(flows.kvKeyList({ ...users, limit: 1000 }))

      expect(first.items).toHaveLength(100)
      expect(first.next_seq).toBe(100)
      expect(whole.items).toHaveLength(1000)
      expect(await messageOf(flows.kvKeyList({ ...users, limit: 1001 }))).toContain('limit')
      expect(await failureOf(flows.kvKeyList({ ...users, limit: 0 }))).toBe(
        '400 KV_INVALID_ARGUMENT',
      )
    })

    it('goes on beyond start_seq, without repeating it, until the last page', async (scene) => {
      const { flows } = scene
      const entries = range(5).map((index) => ({ key: `k${index}`, value: index }))
      await bodyOf(flows.kvKeysPut({ ...users, entries }))

      const first = await bodyOf(flows.kvKeyList({ ...users, limit: 2 }))
      const second = await bodyOf(flows.kvKeyList({ ...users, limit: 2, start_seq: 2 }))
      const third = await bodyOf(flows.kvKeyList({ ...users, limit: 2, start_seq: 4 }))

      expect(first.items.map(({ key }) => key)).toEqual(['k0', 'k1'])
      expect(first.next_seq).toBe(2)
      expect(second.items.map(({ key }) => key)).toEqual(['k2', 'k3'])
      expect(third).toMatchObject({ items: [{ key: 'k4', sequence: 5 }] })
      expect('next_seq' in third).toBe(false)
    })

    it('begins at the start for a start_seq of 0', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...users, key: 'a', value: 1 }))

      const whole = await bodyOf(flows.kvKeyList({ ...users, start_seq: 0 }))

      expect(whole).toEqual(await bodyOf(flows.kvKeyList(users)))
    })

    it('takes a prefix', async ({ flows }) => {
      for (const key of ['a:1', 'b:1', 'a:2']) {
        await bodyOf(flows.kvKeyPut({ ...users, key, value: 1 }))
      }

      const page = await bodyOf(flows.kvKeyList({ ...users, prefix: 'a:', limit: 1 }))
      const next = page.next_seq ?? 0
      const rest = await bodyOf(flows.kvKeyList({ ...users, prefix: 'a:', start_seq: next }))

      expect(page.items.map(({ key }) => key)).toEqual(['a:1'])
      expect(rest.items.map(({ key }) => key)).toEqual(['a:2'])
    })

    it('ends a page of large values early, and goes on with the next', async ({ flows }) => {
      const value = 'x'.repeat(100_000)
      const keys = range(150).map((index) => `k${index}`)
      await bodyOf(flows.kvKeysPut({ ...users, entries: keys.map((key) => ({ key, value })) }))

      const first = await bodyOf(flows.kvKeyList({ ...users, limit: 1000 }))
      const next = first.next_seq ?? 0
      const second = await bodyOf(flows.kvKeyList({ ...users, limit: 1000, start_seq: next }))

      expect(first.items.length).toBeLessThanOrEqual(149)
      expect([...first.items, ...second.items].map(({ key }) => key)).toEqual(keys)
      expect('next_seq' in second).toBe(false)
    })
  })

  describe('kv-keys-put', () => {
    it('stores all in one step, with a revision each', async ({ flows, project }) => {
      const body = await bodyOf(
        flows.kvKeysPut({
          ...users,
          entries: [
            { key: 'a', value: { n: 1 } },
            { key: 'b', value: 'text', ttl: 1_000_000_000, if_absent: true },
            { key: 'c', value: 3, if_revision: 0 },
          ],
        }),
      )

      expect(body).toEqual({ revisions: [1, 2, 3] })
      expect(await project.kv(users).getMany(['a', 'b', 'c'])).toEqual([{ n: 1 }, 'text', 3])
      expect(await project.kv(users).ttl('b')).toBe(1000)
    })

    it('stores none when one condition fails, and says which', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...users, key: 'b', value: 'here' }))
      const entries = [
        { key: 'a', value: 1 },
        { key: 'b', value: 2, if_absent: true },
      ]

      const call = flows.kvKeysPut({ ...users, entries })

      expect(await failureOf(call)).toBe('409 KV_CONFLICT')
      expect(await messageOf(call)).toContain('entries[1] does not hold: key "b" is at revision 1')
      expect((await bodyOf(flows.kvBucketGet(users))).last_seq).toBe(1)
    })

    for (const [what, entries, place] of [
      ['no entry', [], 'entries'],
      ['1,001 entries', range(1001).map((key) => ({ key: `k${key}`, value: 1 })), 'entries'],
      ['a key twice', ['a', 'b', 'a'].map((key) => ({ key, value: 1 })), 'entries[2].key'],
      [
        'two conditions at once',
        [{ key: 'a', value: 1, if_absent: true, if_revision: 0 }],
        'entries[0].if_absent',
      ],
      ['an entry without a value', [{ key: 'a' }], 'entries[0].value'],
    ] as const) {
      it(`refuses ${what}`, async ({ flows }) => {
        const call = flows.call('kv-keys-put' as string, { ...users, entries })

        expect(await failureOf(call)).toBe('400 KV_INVALID_ARGUMENT')
        expect(await messageOf(call)).toContain(place)
        expect((await bodyOf(flows.kvBucketGet(users))).last_seq).toBe(0)
      })
    }
  })
}
