import { toBase64 } from '../codec/base64.ts'
import type { SecretsKeys } from '../secrets/secrets-key.ts'
import { all, codeOf, errorOf, range, take } from './observe.ts'
import { blueKey, redKey, withSecrets } from './secrets-scene.ts'
import type { Suite } from './suite.ts'

const redHex = '01'.repeat(32)
const redText = toBase64(redKey)
/** A key whose text differs between base64 and base64url. */
const highKey = new Uint8Array(32).fill(255)

/** The red key in the forms that people have it in, alone and among others. */
const formsOfRed: Readonly<Record<string, SecretsKeys>> = {
  base64: redText,
  'base64 without its end': redText.replace('=', ''),
  'hexadecimal digits': redHex,
  'upper-case digits': redHex.toUpperCase(),
  'text with a line break': `${redText}\n`,
  'the second of a text': `${toBase64(blueKey)},${redText}`,
  'the second of several lines': `${toBase64(blueKey)}\n${redHex}\n`,
  'the second of a list': [toBase64(blueKey), redKey],
}

const malformed: Readonly<Record<string, SecretsKeys>> = {
  'too short': toBase64(redKey.subarray(1)),
  'too long': new Uint8Array(33),
  'a password': 'correct-horse-battery-staple',
  'too few digits': redHex.slice(2),
  'the second of two': `${redText},4711`,
}

export function storageRotationTests(suite: Suite): void {
  const { describe, it, expect } = withSecrets(suite)

  describe('a key for secrets', () => {
    for (const [form, keys] of Object.entries(formsOfRed)) {
      it(`may be given as ${form}`, async ({ secrets, secretsWith }) => {
        await secrets.put('payments', { apiKey: 'a' })

        expect(await secretsWith(keys).get('payments')).toStrictEqual({ apiKey: 'a' })
      })
    }

    it('may be given as base64url', async ({ secretsWith }) => {
      await secretsWith(highKey).put('payments', { apiKey: 'a' })
      const text = toBase64(highKey).replaceAll('/', '_').replace('=', '')

      expect(await secretsWith(text).get('payments')).toStrictEqual({ apiKey: 'a' })
    })

    it('may come from a function, which is asked once', async ({ secretsWith }) => {
      let calls = 0
      const secrets = secretsWith(async () => {
        calls++
        return redKey
      })

      await secrets.put('payments', { apiKey: 'a' })
      await secrets.get('payments')

      expect(calls).toBe(1)
    })

    for (const [what, keys] of Object.entries(malformed)) {
      it(`is refused, and not repeated, when it is ${what}`, async ({ secretsWith }) => {
        const error = await errorOf(secretsWith(keys).get('payments'))

        expect(error.code).toBe('KV_SECRETS_KEY_INVALID')
        expect(error.message).not.toContain(String(keys))
        expect(error.message).not.toContain('4711')
      })
    }

    for (const [what, keys] of Object.entries({ 'an empty text': ' ,\n', 'no key': [] })) {
      it(`is missing when there is ${what}`, async ({ secretsWith }) => {
        expect(await codeOf(secretsWith(keys).get('payments'))).toBe('KV_SECRETS_KEY_MISSING')
      })
    }
  })

  describe('a ring of keys', () => {
    it('decrypts with all of them, and encrypts with the first', async (scene) => {
      const { secrets, secretsWith } = scene
      await secrets.put('old', { a: 1 })
      const ring = secretsWith([blueKey, redKey])
      await ring.put('new', { b: 2 })

      expect(await ring.get('old')).toStrictEqual({ a: 1 })
      expect(await secretsWith(blueKey).get('new')).toStrictEqual({ b: 2 })
      expect(await codeOf(secrets.get('new'))).toBe('KV_SECRETS_KEY_WRONG')
    })
  })

  describe('rotating secrets', () => {
    it('encrypts all of them with the first key, so that the old one can go', async (scene) => {
      const { secrets, secretsWith } = scene
      for (const key of ['a', 'b']) await secrets.put(key, { key })
      const ring = secretsWith([blueKey, redKey])
      await ring.put('c', { key: 'c' })

      const rotations = await all(ring.rotate())

      expect(rotations).toEqual([
        { key: 'a', outcome: 'rotated' },
        { key: 'b', outcome: 'rotated' },
        { key: 'c', outcome: 'current' },
      ])
      for (const key of ['a', 'b', 'c']) {
        expect(await secretsWith(blueKey).get(key)).toStrictEqual({ key })
      }
      expect(await codeOf(secrets.get('a'))).toBe('KV_SECRETS_KEY_WRONG')
    })

    it('goes on where it was left', async ({ secrets, secretsWith }) => {
      for (const key of ['a', 'b', 'c']) await secrets.put(key, { key })
      const ring = secretsWith([blueKey, redKey])
      await take(ring.rotate(), 2)

      const outcomes = (await all(ring.rotate())).map(({ outcome }) => outcome)

      expect(outcomes).toEqual(['current', 'current', 'rotated'])
    })

    it('writes nothing where nothing is to be done', async ({ engine, sealed, secrets }) => {
      await secrets.put('a', { key: 'a' })
      const before = await engine.getBucket(sealed)

      await all(secrets.rotate())

      expect((await engine.getBucket(sealed)).revision).toBe(before.revision)
    })

    it('tells of those that it cannot read, and rotates the others', async (scene) => {
      const { engine, sealed, secrets, secretsWith } = scene
      await secretsWith(highKey).put('a', { key: 'a' })
      const value = { kind: 'record', data: '{"plain":"4711"}' } as const
      await engine.commit(sealed, [{ op: 'put', key: 'b', value }])
      await secrets.put('c', { key: 'c' })

      const rotations = await all(secretsWith([blueKey, redKey]).rotate())

      const codes = rotations.map((rotation) => [
        rotation.outcome,
        'error' in rotation && rotation.error.code,
      ])
      expect(codes).toEqual([
        ['failed', 'KV_SECRETS_KEY_WRONG'],
        ['failed', 'KV_CORRUPT'],
        ['rotated', false],
      ])
      expect(await secretsWith(highKey).get('a')).toStrictEqual({ key: 'a' })
    })

    it('loses nothing that is written meanwhile', async ({ secrets, secretsWith }) => {
      const keys = range(8).map(String)
      for (const key of keys) await secrets.put(key, { count: 0 })
      const [ring, others] = [secretsWith([blueKey, redKey]), secretsWith([blueKey, redKey])]
      const count = (key: string): Promise<object> =>
        others.patch<{ count: number }>(key, (before) => ({ count: before.count + 1 }))

      await Promise.all([
        all(ring.rotate()),
        all(others.rotate()),
        ...range(4).flatMap(() => keys.map(count)),
      ])

      for (const key of keys) {
        expect(await secretsWith(blueKey).get(key)).toStrictEqual({ count: 4 })
      }
    })
  })
}
