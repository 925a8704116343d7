import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { all, codeOf, letExpire, range } from './observe.ts'
import { redKey, withSecrets } from './secrets-scene.ts'
import type { Suite } from './suite.ts'

const badKeys = [
  '',
  '/',
  'a/',
  '/a',
  'a//b',
  'a b',
  'a.b',
  'a|b',
  'ø',
  'a\n',
  '..',
  'a'.repeat(1025),
]

export function storageSecretTests(suite: Suite): void {
  const { describe, it, expect } = withSecrets(suite)

  describe('secrets', () => {
    it('read back as they were put, whatever their fields', async ({ secrets }) => {
      const record = {
        apiKey: 'sk_ø😀"\\',
        port: 5432,
        isLive: true,
        none: null,
        deep: { list: [1, { two: '2' }] },
        ids: new NumberSet([1, 2]),
        names: new StringSet(['a']),
      }

      expect(await secrets.put('payments', record)).toBe(true)
      expect(await secrets.get('payments')).toStrictEqual(record)
    })

    it('keep a field that is called __proto__', async ({ secrets }) => {
      await secrets.put('odd', Object.fromEntries([['__proto__', 1]]))
      await secrets.patch('odd', Object.fromEntries([['constructor', 2]]))

      expect(Object.entries(await secrets.get('odd'))).toEqual([
        ['__proto__', 1],
        ['constructor', 2],
      ])
    })

    it('put replaces all of the record', async ({ secrets }) => {
      await secrets.put('payments', { apiKey: 'a', port: 1 })
      await secrets.put('payments', { apiKey: 'b' })

      expect(await secrets.get('payments')).toStrictEqual({ apiKey: 'b' })
    })

    it('get resolves with the named fields that exist, or with {}', async ({ secrets }) => {
      await secrets.put('payments', { apiKey: 'a', port: 1 })

      expect(await secrets.get('payments', ['port', 'none'])).toStrictEqual({ port: 1 })
      expect(await secrets.get('payments', [])).toStrictEqual({})
      expect(await secrets.get('mail')).toStrictEqual({})
      expect(await secrets.get('mail', ['port'])).toStrictEqual({})
    })

    it('patch sets and removes fields, and resolves with the record from before', async ({
      secrets,
    }) => {
      await secrets.put('payments', { apiKey: 'a', port: 1 })

      const previous = await secrets.patch('payments', { port: undefined, user: 'ada' })

      expect(previous).toStrictEqual({ apiKey: 'a', port: 1 })
      expect(await secrets.get('payments')).toStrictEqual({ apiKey: 'a', user: 'ada' })
      expect(await secrets.patch('mail', { user: 'bob' })).toStrictEqual({})
      expect(await secrets.get('mail')).toStrictEqual({ user: 'bob' })
    })

    it('patch lets an updater change the record, which is its own', async ({ secrets }) => {
      interface Account {
        tries: number
        tags: string[]
      }
      const given: unknown[] = []
      await secrets.put('payments', { tries: 1, tags: ['new'] })

      const previous = await secrets.patch<Account>('payments', async (account, ...rest) => {
        given.push(...rest)
        account.tries++
        account.tags.push('used')
        return account
      })

      expect(given).toEqual([])
      expect(previous).toStrictEqual({ tries: 1, tags: ['new'] })
      expect(await secrets.get('payments')).toStrictEqual({ tries: 2, tags: ['new', 'used'] })
    })

    it('patch changes nothing when its updater throws or returns no record', async ({
      secrets,
    }) => {
      await secrets.put('payments', { apiKey: 'a' })
      const fail = (): never => {
        throw new TypeError('not today')
      }
      const forget = (() => undefined) as unknown as () => object

      const failure = await secrets.patch('payments', fail).catch((error: unknown) => error)

      expect(failure instanceof TypeError).toBe(true)
      expect(await codeOf(secrets.patch('payments', forget))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(secrets.patch('mail', forget))).toBe('KV_INVALID_VALUE')
      expect(await secrets.get('payments')).toStrictEqual({ apiKey: 'a' })
      expect(await secrets.exists('mail')).toBe(false)
    })

    it('delete resolves with true, whether there was anything or not', async ({ secrets }) => {
      await secrets.put('payments', { apiKey: 'a', port: 1 })

      expect(await secrets.delete('payments', ['port', 'none'])).toBe(true)
      expect(await secrets.get('payments')).toStrictEqual({ apiKey: 'a' })
      expect(await secrets.delete('payments', ['apiKey'])).toBe(true)
      expect(await secrets.exists('payments')).toBe(true)
      expect(await secrets.delete('payments')).toBe(true)
      expect(await secrets.delete('payments')).toBe(true)
      expect(await secrets.delete('payments', ['apiKey'])).toBe(true)
      expect(await secrets.exists('payments')).toBe(false)
    })

    it('refuse what is no record, or cannot be stored', async ({ secrets }) => {
      const text = 'text' as unknown as object
      const map = { deep: new Map() } as unknown as object

      expect(await codeOf(secrets.put('payments', text))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(secrets.put('payments', map))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(secrets.patch('payments', map))).toBe('KV_INVALID_VALUE')
      expect(await secrets.exists('payments')).toBe(false)
    })

    for (const key of ['a', 'A-z_0', 'payments/stripe/live', '0/_/-']) {
      it(`take the key ${key}`, async ({ secrets }) => {
        await secrets.put(key, { apiKey: 'a' })

        expect(await secrets.get(key)).toStrictEqual({ apiKey: 'a' })
      })
    }

    for (const key of badKeys) {
      it(`refuse the key ${JSON.stringify(key.slice(0, 10))}`, async ({ secrets }) => {
        const record = { apiKey: 'a' }

        expect(await codeOf(secrets.put(key, record))).toBe('KV_INVALID_KEY')
        expect(await codeOf(secrets.get(key))).toBe('KV_INVALID_KEY')
        expect(await codeOf(secrets.patch(key, record))).toBe('KV_INVALID_KEY')
        expect(await codeOf(secrets.delete(key))).toBe('KV_INVALID_KEY')
        expect(await codeOf(secrets.delete(key, ['apiKey']))).toBe('KV_INVALID_KEY')
        expect(await codeOf(secrets.exists(key))).toBe('KV_INVALID_KEY')
      })
    }

    it('lose no update of 64 at once, from two stores', async ({ secrets, secretsWith }) => {
      const stores = [secrets, secretsWith(redKey)]
      const add = ({ count = 0 }: { count?: number }): object => ({ count: count + 1 })

      await Promise.all(range(32).flatMap(() => stores.map((store) => store.patch('visits', add))))

      expect(await secrets.get('visits')).toStrictEqual({ count: 64 })
    })

    it('are listed by their keys', async ({ secrets }) => {
      for (const key of ['mail', 'db/main', 'db/log']) await secrets.put(key, { a: 1 })

      expect(await all(secrets.keys())).toEqual(['db/log', 'db/main', 'mail'])
      expect(await all(secrets.keys({ prefix: 'db/' }))).toEqual(['db/log', 'db/main'])
    })

    it('stay when the bucket default is cleared, or has a TTL', async (scene) => {
      const { secrets, bucket, kv, clock } = scene
      await bucket.configure({ ttlMs: 1000 })
      await secrets.put('payments', { apiKey: 'a' })

      await kv.clear()
      await letExpire(clock)

      expect(await secrets.get('payments')).toStrictEqual({ apiKey: 'a' })
    })

    it('are apart from settings, from the kvStore and from other projects', async (scene) => {
      const { secrets, secretsWith, project } = scene
      const { kvStore, settings } = project.storage()
      await secrets.put('payments', { apiKey: 'a' })

      expect(await kvStore.exists('payments')).toBe(false)
      expect(await settings.exists('payments')).toBe(false)
      expect(await secretsWith(redKey, 'other').exists('payments')).toBe(false)
    })
  })
}
