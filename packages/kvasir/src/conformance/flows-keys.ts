import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import { bodyOf, failureOf, messageOf, withFlows } from './flows-scene.ts'
import type { Suite } from './suite.ts'

const msInNs = 1_000_000
const at = { bucket: 'users', key: 'alice' }

export function flowKeyTests(suite: Suite): void {
  const { describe, it, expect } = withFlows(suite)

  describe('kv-key-put', () => {
    for (const [what, value, raw] of [
      ['a string as it is', 'Hello "World"', 'Hello "World"'],
      ['an object as its JSON text', { theme: 'dark' }, '{"theme":"dark"}'],
      ['an array as its JSON text', [1, '2', null], '[1,"2",null]'],
      ['a number as its JSON text', -1.5, '-1.5'],
      ['a boolean as its JSON text', true, 'true'],
      ['null as its JSON text', null, 'null'],
      ['the empty string', '', ''],
    ] as const) {
      it(`stores ${what}`, async ({ flows }) => {
        const { revision } = await bodyOf(flows.kvKeyPut({ ...at, value }))

        expect(revision).toBe(1)
        expect((await bodyOf(flows.kvKeyGet(at))).value).toBe(raw)
      })
    }

    it('replaces what was there, with the next revision', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: 'first' }))

      const body = await bodyOf(flows.kvKeyPut({ ...at, value: 'second' }))

      expect(body).toEqual({ key: 'alice', revision: 2 })
      expect((await bodyOf(flows.kvKeyGet(at))).value).toBe('second')
    })

    it('lets the value expire after ttl nanoseconds, to the millisecond', async (scene) => {
      const { flows, clock } = scene
      await bodyOf(flows.kvKeyPut({ ...at, value: 1, ttl: 1000 * msInNs }))

      clock.setWall(clock.wallMs() + 999)
      expect(await failureOf(flows.kvKeyGet(at))).toBe('200')
      clock.setWall(clock.wallMs() + 1)

      expect(await failureOf(flows.kvKeyGet(at))).toBe('404 KV_KEY_NOT_FOUND')
    })

    it('rounds a ttl up to whole milliseconds', async ({ flows, project }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: 1, ttl: 1_000_000_001 }))

      expect(await project.kv({ bucket: 'users' }).ttl('alice')).toBe(1001)
    })

    it('takes a ttl of years, beyond the safe integers', async ({ flows, project }) => {
      const years = 31_536_000_000_000_000 * 30

      await bodyOf(flows.kvKeyPut({ ...at, value: 1, ttl: years }))

      expect(Number.isSafeInteger(years)).toBe(false)
      expect(await project.kv({ bucket: 'users' }).ttl('alice')).toBe(years / msInNs)
    })

    for (const ttl of [0, 1, 999_999, -1, 1.5, 1e30]) {
      it(`refuses a ttl of ${ttl} ns`, async ({ flows }) => {
        const call = flows.kvKeyPut({ ...at, value: 1, ttl })

        expect(await messageOf(call)).toContain('ttl takes an integer of nanoseconds')
        expect(await failureOf(flows.kvKeyGet(at))).toBe('404 KV_KEY_NOT_FOUND')
      })
    }

    it('writes with if_revision only at that revision, 0 being absence', async ({ flows }) => {
      const write = (if_revision: number) =>
        failureOf(flows.kvKeyPut({ ...at, value: 1, if_revision }))

      expect(await write(1)).toBe('409 KV_CONFLICT')
      expect(await write(0)).toBe('200')
      expect(await write(0)).toBe('409 KV_CONFLICT')
      expect(await write(1)).toBe('200')
    })

    it('writes with if_absent only where nothing is', async ({ flows }) => {
      const write = () => failureOf(flows.kvKeyPut({ ...at, value: 1, if_absent: true }))

      expect(await write()).toBe('200')
      expect(await write()).toBe('409 KV_CONFLICT')
    })

    it('says in a conflict where the key is', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: 'secret' }))

      const message = await messageOf(flows.kvKeyPut({ ...at, value: 1, if_revision: 7 }))

      expect(message).toContain('key "alice" is at revision 1')
      expect(message.includes('secret')).toBe(false)
    })

    it('refuses if_absent with if_revision', async ({ flows }) => {
      const call = flows.kvKeyPut({ ...at, value: 1, if_absent: true, if_revision: 0 })

      expect(await messageOf(call)).toContain('if_absent and if_revision exclude each other')
      expect(await failureOf(flows.kvKeyGet(at))).toBe('404 KV_KEY_NOT_FOUND')
    })

    it('stores what other dialects read as it was', async ({ flows, project }) => {
      const kv = project.kv({ bucket: 'users' })

      await bodyOf(flows.kvKeyPut({ ...at, value: { n: 1 } }))
      await bodyOf(flows.kvKeyPut({ bucket: 'users', key: 'text', value: '{"n":1}' }))

      expect(await kv.get('alice')).toEqual({ n: 1 })
      expect(await kv.get('text')).toBe('{"n":1}')
    })
  })

  describe('kv-key-get', () => {
    it('answers the raw string, the revision and when it was written', async (scene) => {
      const { flows, clock } = scene
      await bodyOf(flows.kvKeyPut({ ...at, value: 'first' }))
      clock.setWall(clock.wallMs() + 60_000)
      await bodyOf(flows.kvKeyPut({ ...at, value: { n: 1 } }))

      expect(await bodyOf(flows.kvKeyGet(at))).toEqual({
        key: 'alice',
        value: '{"n":1}',
        revision: 2,
        created: new Date(clock.wallMs()).toISOString(),
      })
    })

    for (const [what, stored, raw, parsed] of [
      ['an object', { a: [1] }, '{"a":[1]}', { a: [1] }],
      ['a number', 123, '123', 123],
      ['text that is JSON', '123', '123', 123],
      ['text that is a JSON string', '"x"', '"x"', 'x'],
      ['a set of strings', new StringSet(['b', 'a']), '["b","a"]', ['b', 'a']],
      ['sets within', { n: new NumberSet([2]) }, '{"n":[2]}', { n: [2] }],
    ] as const) {
      it(`answers raw, and parsed with json: ${what}`, async ({ flows, project }) => {
        await project.kv({ bucket: 'users' }).set('alice', stored)

        expect((await bodyOf(flows.kvKeyGet(at))).value).toBe(raw)
        expect((await bodyOf(flows.kvKeyGet({ ...at, json: true }))).value).toEqual(parsed)
      })
    }

    it('answers bytes as base64, and says so', async ({ flows, project }) => {
      await project.kv({ bucket: 'users' }).set('alice', new Uint8Array([0, 255, 62]))

      expect(await bodyOf(flows.kvKeyGet(at))).toMatchObject({ value: 'AP8+', encoding: 'base64' })
    })

    it('answers 422 when what is stored is no JSON', async ({ flows, project }) => {
      const kv = project.kv({ bucket: 'users' })
      await kv.set('text', 'Hello World')
      await kv.set('bytes', new Uint8Array([49]))

      const calls = ['text', 'bytes'].map((key) =>
        flows.kvKeyGet({ bucket: 'users', key, json: true }),
      )

      for (const call of calls) {
        expect(await failureOf(call)).toBe('422 KV_WRONG_TYPE')
        expect(await messageOf(call)).toContain('no JSON')
        expect((await messageOf(call)).includes('Hello')).toBe(false)
      }
    })

    it('answers a kept value by its revision', async ({ flows }) => {
      for (const value of ['one', 'two', 'three', 'four']) {
        await bodyOf(flows.kvKeyPut({ ...at, value }))
      }
      const read = (revision: number) => flows.kvKeyGet({ ...at, revision })

      expect(await bodyOf(read(2))).toMatchObject({ value: 'two', revision: 2 })
      expect(await bodyOf(read(4))).toMatchObject({ value: 'four', revision: 4 })
      expect(await failureOf(read(1))).toBe('404 KV_KEY_NOT_FOUND')
      expect(await failureOf(read(5))).toBe('404 KV_KEY_NOT_FOUND')
    })
  })

  describe('kv-key-increment', () => {
    it('adds 1, or by, and answers the number', async ({ flows }) => {
      expect(await bodyOf(flows.kvKeyIncrement(at))).toEqual({ value: 1, revision: 1 })
      expect(await bodyOf(flows.kvKeyIncrement({ ...at, by: 10 }))).toEqual({
        value: 11,
        revision: 2,
      })
      expect((await bodyOf(flows.kvKeyIncrement({ ...at, by: -0.5 }))).value).toBe(10.5)
    })

    it('loses nothing among parallel callers', async ({ flows }) => {
      const calls = Array.from({ length: 50 }, () => bodyOf(flows.kvKeyIncrement(at)))

      const values = (await Promise.all(calls)).map(({ value }) => value)

      expect(new Set(values).size).toBe(50)
      expect((await bodyOf(flows.kvKeyGet(at))).value).toBe('50')
    })

    it('counts on from a number given as text', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: '41' }))

      expect((await bodyOf(flows.kvKeyIncrement(at))).value).toBe(42)
    })

    it('answers 422 for what is no number, and changes nothing', async ({ flows }) => {
      await bodyOf(flows.kvKeyPut({ ...at, value: 'many' }))

      expect(await failureOf(flows.kvKeyIncrement(at))).toBe('422 KV_WRONG_TYPE')
      expect(await bodyOf(flows.kvKeyGet(at))).toMatchObject({ value: 'many', revision: 1 })
    })
  })
}
