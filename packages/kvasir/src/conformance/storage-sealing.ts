import { all, codeOf, errorOf, take } from './observe.ts'
import { blueKey, redKey, type SecretsScene, withSecrets } from './secrets-scene.ts'
import type { Suite } from './suite.ts'

const record = { apiKeyField: 'sk_live_4711', deep: { passwordField: 'hunter2hunter2' } }

/** What must never be seen of the record. */
const parts = ['sk_live_4711', 'hunter2hunter2', 'apiKeyField', 'passwordField']

function revealed(...seen: unknown[]): string[] {
  const text = JSON.stringify(seen)
  return parts.filter((part) => text.includes(part))
}

async function storedOf({ engine, sealed }: SecretsScene, key: string) {
  const entry = await engine.get(sealed, key)
  if (entry?.value.kind !== 'record') throw new Error('The secret was expected to be a record.')
  return entry.value
}

/** Puts something in the place of a secret, as whoever can write the data could. */
async function store({ engine, sealed }: SecretsScene, key: string, value: object): Promise<void> {
  const data = JSON.stringify(value)
  await engine.commit(sealed, [{ op: 'put', key, value: { kind: 'record', data } }])
}

export function storageSealingTests(suite: Suite): void {
  const { describe, it, expect } = withSecrets(suite)

  describe('what the engine has of a secret', () => {
    it('shows neither fields nor values, wherever it is looked at', async (scene) => {
      const { secrets, engine, sealed } = scene
      await using watch = engine.watch(sealed, {})
      await watch.ready

      await secrets.put('payments', record)
      await secrets.patch('payments', { more: 1 })

      const events = await take(watch, 2)
      const entry = await engine.get(sealed, 'payments')
      const page = await engine.list(sealed, { order: 'key', limit: 10 })
      const history = await engine.history(sealed, 'payments')
      expect(revealed(events, entry, page, history)).toEqual([])
      expect(page.entries.map(({ key }) => key)).toEqual(['payments'])
    })

    it('differs each time, even for the same record', async (scene) => {
      await scene.secrets.put('payments', record)
      const first = await storedOf(scene, 'payments')
      await scene.secrets.put('payments', record)
      const second = await storedOf(scene, 'payments')

      expect(first.data === second.data).toBe(false)
    })

    it('opens under no other key', async (scene) => {
      await scene.secrets.put('payments', record)
      const { data } = await storedOf(scene, 'payments')
      await store(scene, 'mail', JSON.parse(data))

      const error = await errorOf(scene.secrets.get('mail'))

      expect(error.code).toBe('KV_CORRUPT')
      expect(error.message).toContain('"mail"')
      expect(revealed(error.message, error.details, String(error.cause))).toEqual([])
    })

    it('opens in no other project', async (scene) => {
      await scene.secrets.put('payments', record)
      const { data } = await storedOf(scene, 'payments')
      const sealed = { project: 'other', bucket: 'default.secrets' }
      await store({ ...scene, sealed }, 'payments', JSON.parse(data))

      const elsewhere = scene.secretsWith(redKey, 'other')

      expect(await codeOf(elsewhere.get('payments'))).toBe('KV_CORRUPT')
    })

    it('does not open when it is damaged', async (scene) => {
      await scene.secrets.put('payments', record)
      const { data } = await storedOf(scene, 'payments')
      const envelope = JSON.parse(data)
      const damages = [
        { data: `AAAA${envelope.data.slice(4)}` },
        { data: envelope.data.slice(0, 8) },
        { data: '' },
        { data: '%' },
        { iv: 'AAAAAAAAAAAAAAAA' },
        { iv: '' },
      ]

      for (const damage of damages) {
        await store(scene, 'payments', { ...envelope, ...damage })
        expect(await codeOf(scene.secrets.get('payments'))).toBe('KV_CORRUPT')
        expect(await codeOf(scene.secrets.patch('payments', { a: 1 }))).toBe('KV_CORRUPT')
      }
    })

    it('is refused when it is no encrypted secret, and can be put anew', async (scene) => {
      const { secrets } = scene
      await store(scene, 'payments', record)

      const error = await errorOf(secrets.get('payments'))

      expect(error.code).toBe('KV_CORRUPT')
      expect(revealed(error.message, error.details)).toEqual([])
      expect(await codeOf(secrets.patch('payments', { a: 1 }))).toBe('KV_CORRUPT')
      expect(await secrets.put('payments', { a: 1 })).toBe(true)
      expect(await secrets.get('payments')).toStrictEqual({ a: 1 })
    })

    it('is refused when a newer version wrote it', async (scene) => {
      await scene.secrets.put('payments', record)
      const { data } = await storedOf(scene, 'payments')
      await store(scene, 'payments', { ...JSON.parse(data), version: 2 })

      expect(await codeOf(scene.secrets.get('payments'))).toBe('KV_FORMAT_TOO_NEW')
    })
  })

  describe('secrets without their key', () => {
    it('fail at the first use, and not before', async ({ secretsWith }) => {
      const secrets = secretsWith()

      const error = await errorOf(secrets.get('payments'))

      expect(error.code).toBe('KV_SECRETS_KEY_MISSING')
      expect(error.message).toContain('kvasir secrets new-key')
      expect(await codeOf(secrets.put('payments', record))).toBe('KV_SECRETS_KEY_MISSING')
      expect(await codeOf(secrets.exists('payments'))).toBe('KV_SECRETS_KEY_MISSING')
      expect(await codeOf(all(secrets.rotate()))).toBe('KV_SECRETS_KEY_MISSING')
    })

    it('find a key that was put in its place later', async ({ secretsWith }) => {
      const keys: Uint8Array[] = []
      const secrets = secretsWith(() => keys)
      expect(await codeOf(secrets.get('payments'))).toBe('KV_SECRETS_KEY_MISSING')

      keys.push(redKey)

      expect(await secrets.get('payments')).toStrictEqual({})
    })

    it('say so when the key is another, and how theirs is called', async (scene) => {
      const { secrets, secretsWith } = scene
      await secrets.put('payments', record)
      const { keyId } = JSON.parse((await storedOf(scene, 'payments')).data)
      const others = secretsWith(blueKey)

      const error = await errorOf(others.get('payments'))

      expect(error.code).toBe('KV_SECRETS_KEY_WRONG')
      expect(error.message).toContain(keyId)
      expect(revealed(error.message, error.details)).toEqual([])
    })

    it('are not replaced by those who cannot read them, but can be deleted', async (scene) => {
      const { secrets, secretsWith } = scene
      await secrets.put('payments', record)
      const others = secretsWith(blueKey)

      expect(await codeOf(others.put('payments', {}))).toBe('KV_SECRETS_KEY_WRONG')
      expect(await codeOf(others.patch('payments', {}))).toBe('KV_SECRETS_KEY_WRONG')
      expect(await codeOf(others.delete('payments', ['a']))).toBe('KV_SECRETS_KEY_WRONG')
      expect(await others.exists('payments')).toBe(true)
      expect(await secrets.get('payments')).toStrictEqual(record)
      expect(await others.delete('payments')).toBe(true)
      expect(await secrets.exists('payments')).toBe(false)
    })
  })
}
