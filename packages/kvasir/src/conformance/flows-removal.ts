import { bodyOf, failureOf, withFlows } from './flows-scene.ts'
import { letExpire } from './observe.ts'
import type { Suite } from './suite.ts'

const at = { bucket: 'users', key: 'alice' }

export function flowRemovalTests(suite: Suite): void {
  const { describe, it, expect } = withFlows(suite)

  describe('kv-key-delete and kv-key-purge', () => {
    it('remove a key, and say at which revision', async ({ flows }) => {
      for (const remove of [flows.kvKeyDelete, flows.kvKeyPurge]) {
        const put = await bodyOf(flows.kvKeyPut({ ...at, value: 1 }))

        const removed = await bodyOf(remove(at))

        expect(removed).toEqual({ deleted: true, revision: put.revision + 1 })
        expect(await failureOf(flows.kvKeyGet(at))).toBe('404 KV_KEY_NOT_FOUND')
      }
    })

    it('answer 200 with deleted: false for a key that is not there', async ({ flows }) => {
      expect(await bodyOf(flows.kvKeyDelete(at))).toEqual({ deleted: false, revision: 0 })
      expect(await bodyOf(flows.kvKeyPurge(at))).toEqual({ deleted: false, revision: 0 })
    })

    it('remove with if_revision only at that revision', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: 1 }))
      for (const remove of [flows.kvKeyDelete, flows.kvKeyPurge]) {
        expect(await failureOf(remove({ ...at, if_revision: 2 }))).toBe('409 KV_CONFLICT')
      }

      expect(await failureOf(flows.kvKeyDelete({ ...at, if_revision: 1 }))).toBe('200')
      expect(await failureOf(flows.kvKeyGet(at))).toBe('404 KV_KEY_NOT_FOUND')
    })

    it('keep the history, or drop it for one marker', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: 'kept' }))
      await bodyOf(flows.kvKeyDelete(at))
      const kept = await bodyOf(flows.kvKeyGet({ ...at, revision: 1 }))

      await bodyOf(flows.kvKeyPurge(at))

      const { items } = await bodyOf(flows.kvKeyHistory(at))
      expect(kept.value).toBe('kept')
      expect(items).toMatchObject([{ operation: 'purge', value: null, sequence: 3 }])
      expect(await failureOf(flows.kvKeyGet({ ...at, revision: 1 }))).toBe('404 KV_KEY_NOT_FOUND')
    })
  })

  describe('kv-key-history', () => {
    it('answers what was put, oldest first, as far as it is kept', async ({ flows, clock }) => {
      for (const value of ['one', 'two', { n: 3 }, 'four']) {
        await bodyOf(flows.kvKeyPut({ ...at, value }))
      }

      const created = new Date(clock.wallMs()).toISOString()
      expect(await bodyOf(flows.kvKeyHistory(at))).toEqual({
        items: [
          { value: 'two', sequence: 2, created, operation: 'put' },
          { value: '{"n":3}', sequence: 3, created, operation: 'put' },
          { value: 'four', sequence: 4, created, operation: 'put' },
        ],
      })
    })

    it('counts removals and expiries as history', async ({ flows, clock }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: 'one' }))
      await bodyOf(flows.kvKeyDelete(at))
      await bodyOf(flows.kvKeyPut({ ...at, value: 'two', ttl: 1_000_000_000 }))
      await letExpire(clock)

      const { items } = await bodyOf(flows.kvKeyHistory(at))

      const tail = items.slice(-1).map(({ operation, value }) => ({ operation, value }))
      expect(tail).toEqual([{ operation: 'expire', value: null }])
      expect(items.some(({ operation }) => operation === 'delete')).toBe(true)
    })

    it('answers 404 for a key that nothing is known of', async ({ flows }) => {
      expect(await failureOf(flows.kvKeyHistory(at))).toBe('404 KV_KEY_NOT_FOUND')
    })

    it('answers bytes as base64, and says so', async ({ flows, project }) => {
      await project.kv({ bucket: 'users' }).set('alice', new Uint8Array([1]))

      const { items } = await bodyOf(flows.kvKeyHistory(at))

      expect(items).toMatchObject([{ value: 'AQ==', encoding: 'base64' }])
    })
  })
}
