import { functionNames, methodNameOf } from '../dialects/flows/function-names.ts'
import { bodyOf, failureOf, messageOf, withFlows } from './flows-scene.ts'
import type { Suite } from './suite.ts'

export function flowCallTests(suite: Suite): void {
  const { describe, it, expect } = withFlows(suite)

  describe('calling a function by name', () => {
    it('answers status, body, and metadata with bucket, key and duration', async ({ flows }) => {
      const parameters = { bucket: 'users', key: 'user_123', value: 'alice' }

      const answer = await flows.call('kv-key-put', parameters)

      const { duration, ...metadata } = answer.metadata
      expect(answer.status_code).toBe(200)
      expect(answer.body).toEqual({ key: 'user_123', revision: 1 })
      expect(metadata).toEqual({ bucket: 'users', key: 'user_123' })
      expect(/^\d+\.\d\dms$/.test(duration)).toBe(true)
    })

    it('resolves with a failure of status, code and message', async ({ flows }) => {
      const answer = await flows.call('kv-key-get', { bucket: 'users', key: 'nobody' })

      const { duration, ...metadata } = answer.metadata
      expect(answer.status_code).toBe(404)
      expect(answer.error).toEqual({
        code: 'KV_KEY_NOT_FOUND',
        message: 'Key "nobody" does not exist in bucket "users", or has expired.',
      })
      expect(metadata).toEqual({ bucket: 'users', key: 'nobody' })
      expect(duration.endsWith('ms')).toBe(true)
    })

    it('takes no parameters for none', async ({ flows }) => {
      const { buckets } = await bodyOf(flows.call('kv-bucket-list'))

      expect(buckets.map(({ bucket }) => bucket)).toEqual(['default', 'users'])
      expect(await bodyOf(flows.call('kv-bucket-list', {}))).toEqual({ buckets })
      expect(await failureOf(flows.call('kv-key-get' as string))).toBe('400 KV_INVALID_ARGUMENT')
    })

    it('knows each function as a method', async ({ flows }) => {
      const methods = functionNames.map(methodNameOf)

      expect(Object.keys(flows).sort()).toEqual(['call', ...methods].sort())
      expect(await bodyOf(flows.kvKeyIncrement({ bucket: 'users', key: 'n' }))).toEqual({
        value: 1,
        revision: 1,
      })
    })

    for (const parameters of [null, [], 'text', 7, true]) {
      it(`refuses parameters that are no object: ${JSON.stringify(parameters)}`, async ({
        flows,
      }) => {
        const call = flows.call('kv-bucket-list' as string, parameters)

        expect(await messageOf(call)).toContain('come as one object')
      })
    }

    it('answers 404 to an unknown function, with names that are near', async ({ flows }) => {
      const calls = ['kv-key-putt', 'kv_key_put', 'KV-KEY-PUT'].map((name) => flows.call(name))

      for (const call of calls) {
        expect(await failureOf(call)).toBe('404 KV_FUNCTION_NOT_FOUND')
        expect(await messageOf(call)).toContain('kv-key-put')
      }
    })

    for (const name of ['', '__proto__', 'constructor', '../kv-key-put', 'k'.repeat(1_000_000)]) {
      it(`answers 404 to a function called ${JSON.stringify(name.slice(0, 20))}`, async ({
        flows,
      }) => {
        const call = flows.call(name)

        expect(await failureOf(call)).toBe('404 KV_FUNCTION_NOT_FOUND')
        expect((await messageOf(call)).length).toBeLessThanOrEqual(400)
      })
    }

    it('answers 404 for a bucket that does not exist', async ({ flows }) => {
      const at = { bucket: 'nowhere', key: 'k' }
      const calls = [
        flows.kvKeyPut({ ...at, value: 1 }),
        flows.kvKeyGet(at),
        flows.kvKeyList({ bucket: 'nowhere' }),
        flows.kvKeyHistory(at),
        flows.kvKeyIncrement(at),
        flows.kvKeysPut({ bucket: 'nowhere', entries: [{ key: 'k', value: 1 }] }),
        flows.kvKeyDelete(at),
        flows.kvKeyPurge(at),
        flows.kvBucketGet({ bucket: 'nowhere' }),
        flows.kvBucketUpdate({ bucket: 'nowhere' }),
        flows.kvBucketDelete({ bucket: 'nowhere' }),
        flows.kvBucketPurge({ bucket: 'nowhere' }),
      ]

      const failures = new Set(await Promise.all(calls.map(failureOf)))

      expect([...failures]).toEqual(['404 KV_BUCKET_NOT_FOUND'])
    })

    it('applies a repeated call with an idempotency key once', async ({ flows }) => {
      const visit = { bucket: 'users', key: 'visits' }
      const once = { idempotencyKey: 'visit-1' }

      const first = await bodyOf(flows.kvKeyIncrement(visit, once))
      const again = await bodyOf(flows.kvKeyIncrement(visit, once))

      expect(again).toEqual(first)
      expect(await bodyOf(flows.kvKeyIncrement(visit))).toEqual({ value: 2, revision: 2 })
    })

    it('refuses an idempotency key where it could not keep to it', async ({ flows }) => {
      const call = flows.kvBucketPurge({ bucket: 'users' }, { idempotencyKey: 'purge-1' })

      expect(await messageOf(call)).toContain('takes no idempotency key')
    })

    it('resolves with a failure when the caller aborts or the store is closed', async (scene) => {
      const { flows, store } = scene
      const aborted = flows.kvKeyGet({ bucket: 'users', key: 'k' }, { signal: AbortSignal.abort() })
      const abortion = await failureOf(aborted)

      await store.close()

      expect(abortion).toBe('499 KV_ABORTED')
      expect(await failureOf(flows.kvBucketList())).toBe('503 KV_CLOSED')
    })

    it('stays within the project', async ({ flows, store }) => {
      const others = store.project('other').flows()

      expect(await failureOf(others.kvBucketGet({ bucket: 'users' }))).toBe(
        '404 KV_BUCKET_NOT_FOUND',
      )
      expect(await failureOf(flows.kvBucketGet({ bucket: 'users' }))).toBe('200')
    })
  })
}
