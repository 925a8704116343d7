import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { all, codeOf, letExpire, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function storageSettingTests({ describe, it, expect }: Suite): void {
  describe('settings', () => {
    it('put resolves with true, and replaces all of the record', async ({ project }) => {
      const { settings } = project.storage()
      await settings.put('mail', { from: 'ada@example.com', copies: 2 })

      const result = await settings.put('mail', { from: 'bob@example.com' })

      expect(result).toBe(true)
      expect(await settings.get('mail')).toStrictEqual({ from: 'bob@example.com' })
    })

    it('get resolves with the record, with named fields of it, or with {}', async ({ project }) => {
      const { settings } = project.storage()
      const mail = { from: 'ada@example.com', to: ['bob', null], limits: { perDay: 10 } }
      await settings.put('mail', mail)

      expect(await settings.get('mail')).toStrictEqual(mail)
      expect(await settings.get('mail', ['limits', 'none'])).toStrictEqual({
        limits: { perDay: 10 },
      })
      expect(await settings.get('mail', [])).toStrictEqual({})
      expect(await settings.get('fax')).toStrictEqual({})
      expect(await settings.get('fax', ['from'])).toStrictEqual({})
    })

    it('patch sets and removes fields, and resolves with the record from before', async ({
      project,
    }) => {
      const { settings } = project.storage()
      await settings.put('mail', { from: 'ada', copies: 2 })

      const previous = await settings.patch('mail', { copies: undefined, reply: true })

      expect(previous).toStrictEqual({ from: 'ada', copies: 2 })
      expect(await settings.get('mail')).toStrictEqual({ from: 'ada', reply: true })
      expect(await settings.patch('fax', { on: false })).toStrictEqual({})
      expect(await settings.get('fax')).toStrictEqual({ on: false })
    })

    it('patch lets an updater make the record anew, and shows it no TTL', async ({ project }) => {
      const { settings } = project.storage()
      const given: unknown[][] = []
      await settings.put('mail', { copies: 2 })

      const previous = await settings.patch<{ copies: number }>('mail', async (...args) => {
        given.push(args)
        return { copies: args[0].copies + 1 }
      })

      expect(given).toStrictEqual([[{ copies: 2 }]])
      expect(previous).toStrictEqual({ copies: 2 })
      expect(await settings.get('mail')).toStrictEqual({ copies: 3 })
    })

    it('delete resolves with true, whether there was anything or not', async ({ project }) => {
      const { settings } = project.storage()
      await settings.put('mail', { from: 'ada', copies: 2 })

      expect(await settings.delete('mail', ['copies', 'none'])).toBe(true)
      expect(await settings.get('mail')).toStrictEqual({ from: 'ada' })
      expect(await settings.delete('mail')).toBe(true)
      expect(await settings.delete('mail')).toBe(true)
      expect(await settings.delete('mail', ['from'])).toBe(true)
      expect(await settings.exists('mail')).toBe(false)
    })

    it('exists tells an empty record from none', async ({ project }) => {
      const { settings } = project.storage()
      await settings.put('mail', {})

      expect(await settings.exists('mail')).toBe(true)
      expect(await settings.exists('fax')).toBe(false)
    })

    it('refuse what is no record', async ({ project }) => {
      const { settings } = project.storage()
      const text = 'text' as unknown as object

      expect(await codeOf(settings.put('mail', text))).toBe('KV_INVALID_VALUE')
      expect(await codeOf(settings.patch('mail', text))).toBe('KV_INVALID_VALUE')
      expect(await settings.exists('mail')).toBe(false)
    })

    it('take keys of any characters, and typed sets', async ({ project }) => {
      const { settings } = project.storage()
      const sets = { words: new StringSet(['a']), ids: new NumberSet([1]) }

      await settings.put('ø 😀/..|x', sets)

      expect(await settings.get('ø 😀/..|x')).toStrictEqual(sets)
    })

    it('lose no update of 64 at once', async ({ project }) => {
      const { settings } = project.storage()
      const count = (): Promise<object> =>
        settings.patch<{ count?: number }>('visits', ({ count = 0 }) => ({ count: count + 1 }))

      await Promise.all(range(64).map(count))

      expect(await settings.get('visits')).toStrictEqual({ count: 64 })
    })

    it('are apart from the records of the kvStore, and of other projects', async ({
      store,
      project,
    }) => {
      const { settings, kvStore } = project.storage()
      await settings.put('mail', { from: 'ada' })

      expect(await kvStore.exists('mail')).toBe(false)
      expect(await store.project('other').storage().settings.exists('mail')).toBe(false)
    })

    it('stay when the bucket default is cleared, or has a TTL', async ({
      project,
      bucket,
      kv,
      clock,
    }) => {
      const { settings } = project.storage()
      await bucket.configure({ ttlMs: 1000 })
      await settings.put('mail', { from: 'ada' })

      await kv.clear()
      await letExpire(clock)

      expect(await settings.get('mail')).toStrictEqual({ from: 'ada' })
    })

    it('are in no bucket that is listed, or that can be named', async ({ project }) => {
      await project.storage().settings.put('mail', { from: 'ada' })

      const names = (await all(project.buckets())).map(({ name }) => name)

      expect(names).toEqual(['default'])
      expect(await codeOf(project.bucket('default.settings'))).toBe('KV_INVALID_ARGUMENT')
      expect(await codeOf(project.deleteBucket('default.settings'))).toBe('KV_INVALID_ARGUMENT')
    })
  })

  describe('settings and secrets', () => {
    for (const space of ['settings', 'secrets']) {
      it(`belong to the bucket default alone: ${space}`, async ({ engine, project }) => {
        await project.createBucket('sessions')
        const at = { project: 'shop', bucket: `sessions.${space}` }

        expect(await codeOf(engine.get(at, 'mail'))).toBe('KV_INVALID_ARGUMENT')
        expect(await codeOf(engine.commit(at, []))).toBe('KV_INVALID_ARGUMENT')
        expect(await codeOf(engine.purgeBucket(at))).toBe('KV_INVALID_ARGUMENT')
      })
    }
  })
}
