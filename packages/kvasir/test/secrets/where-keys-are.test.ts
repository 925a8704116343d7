import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KvasirError, newSecretsKey, openStore, type Store, type StoreOptions } from 'kvasir'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const [redKey, blueKey] = [newSecretsKey(), newSecretsKey()]

let home: string
let data: string
const opened: Store[] = []

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'kvasir-secrets-')))
  data = join(home, 'data')
  vi.stubEnv('KVASIR_SECRETS_KEY', undefined)
  vi.stubEnv('KVASIR_SECRETS_KEY_FILE', undefined)
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await rm(home, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

async function secretsWith(options: StoreOptions = {}) {
  const store = await openStore(data, options)
  opened.push(store)
  return store.project('shop').storage().secrets
}

async function keyFile(content: string, name = 'key'): Promise<string> {
  const path = join(home, name)
  await writeFile(path, content)
  return path
}

/** Stores a secret under the red key. */
async function putWithRed(): Promise<void> {
  const secrets = await secretsWith({ secretsKey: redKey })
  await secrets.put('payments', { apiKey: 'a' })
}

async function errorOf(call: Promise<unknown>): Promise<KvasirError> {
  const error = await call.catch((thrown: unknown) => thrown)
  if (!KvasirError.is(error)) throw new Error('The call was expected to fail.')
  return error
}

describe('the key for secrets', () => {
  it('comes from a file, without the line break at its end', async () => {
    await putWithRed()

    const secrets = await secretsWith({ secretsKeyFile: await keyFile(`${redKey}\n`) })

    expect(await secrets.get('payments')).toEqual({ apiKey: 'a' })
  })

  it('comes from KVASIR_SECRETS_KEY, several with commas between them', async () => {
    await putWithRed()
    vi.stubEnv('KVASIR_SECRETS_KEY', `${blueKey},${redKey}`)

    const secrets = await secretsWith()

    expect(await secrets.get('payments')).toEqual({ apiKey: 'a' })
  })

  it('comes from the file that KVASIR_SECRETS_KEY_FILE names', async () => {
    await putWithRed()
    vi.stubEnv('KVASIR_SECRETS_KEY', '')
    vi.stubEnv('KVASIR_SECRETS_KEY_FILE', await keyFile(redKey))

    const secrets = await secretsWith()

    expect(await secrets.get('payments')).toEqual({ apiKey: 'a' })
  })

  it('is rather what the program gives than what the environment says', async () => {
    await putWithRed()
    vi.stubEnv('KVASIR_SECRETS_KEY', blueKey)

    const given = await secretsWith({ secretsKey: redKey })
    const fromFile = await secretsWith({ secretsKeyFile: await keyFile(redKey) })

    expect(await given.get('payments')).toEqual({ apiKey: 'a' })
    expect(await fromFile.get('payments')).toEqual({ apiKey: 'a' })
  })

  it('is rather in the variable than in the file that another one names', async () => {
    await putWithRed()
    vi.stubEnv('KVASIR_SECRETS_KEY', redKey)
    vi.stubEnv('KVASIR_SECRETS_KEY_FILE', await keyFile(blueKey))

    const secrets = await secretsWith()

    expect(await secrets.get('payments')).toEqual({ apiKey: 'a' })
  })

  it('is taken from the environment for stores in memory and behind a server, too', async () => {
    vi.stubEnv('KVASIR_SECRETS_KEY', redKey)
    const store = await openStore('memory:')
    opened.push(store)
    const { secrets } = store.project().storage()

    expect(await secrets.put('payments', { apiKey: 'a' })).toBe(true)
  })

  it('is asked for at the first use only', async () => {
    const store = await openStore(data, { secretsKeyFile: join(home, 'none') })
    opened.push(store)
    const { secrets, settings } = store.project().storage()
    await settings.put('mail', { on: true })

    const error = await errorOf(secrets.get('payments'))

    expect(error.code).toBe('KV_SECRETS_KEY_MISSING')
    expect(error.message).toContain(join(home, 'none'))
  })

  it('is missing when nothing says it', async () => {
    const error = await errorOf((await secretsWith()).get('payments'))

    expect(error.code).toBe('KV_SECRETS_KEY_MISSING')
    expect(error.message).toContain('KVASIR_SECRETS_KEY')
  })

  it('is missing when its file is empty', async () => {
    const secrets = await secretsWith({ secretsKeyFile: await keyFile(' \n') })

    expect((await errorOf(secrets.get('payments'))).code).toBe('KV_SECRETS_KEY_MISSING')
  })

  it('is found once its file is there', async () => {
    const path = join(home, 'later')
    const secrets = await secretsWith({ secretsKeyFile: path })
    await errorOf(secrets.get('payments'))

    await writeFile(path, redKey)

    expect(await secrets.get('payments')).toEqual({})
  })

  it('is never repeated by an error, in whatever file it was looked for', async () => {
    const secrets = await secretsWith({ secretsKeyFile: await keyFile('no-key-but-4711-secret') })

    const error = await errorOf(secrets.get('payments'))

    expect(error.code).toBe('KV_SECRETS_KEY_INVALID')
    expect(JSON.stringify(error) + error.message + String(error.stack)).not.toContain('4711')
  })

  it('is not repeated when it is given in place of a file', async () => {
    const error = await errorOf((await secretsWith({ secretsKeyFile: redKey })).get('payments'))

    expect(error.code).toBe('KV_INVALID_ARGUMENT')
    expect(error.message + JSON.stringify(error)).not.toContain(redKey)
  })

  it('is given in one way', async () => {
    const secrets = await secretsWith({ secretsKey: redKey, secretsKeyFile: await keyFile(redKey) })

    expect((await errorOf(secrets.get('payments'))).code).toBe('KV_INVALID_ARGUMENT')
  })
})

describe('a key file within the data directory', () => {
  it('is refused, be it by a link', async () => {
    await putWithRed()
    await mkdir(join(data, 'deep'))
    await writeFile(join(data, 'deep/key'), redKey)
    await writeFile(join(data, '..key'), redKey)
    await symlink(join(data, 'deep/key'), join(home, 'link'))
    await symlink(data, join(home, 'way'))

    for (const path of ['data/deep/key', 'data/..key', 'link', 'way/deep/key']) {
      const secrets = await secretsWith({ secretsKeyFile: join(home, path) })
      const error = await errorOf(secrets.get('payments'))

      expect(error.code).toBe('KV_INVALID_ARGUMENT')
      expect(error.message).toContain('Keep it elsewhere')
    }
  })

  it('is told from one beside it', async () => {
    await putWithRed()

    for (const name of ['data-key', '..data', 'data.key']) {
      const secrets = await secretsWith({ secretsKeyFile: await keyFile(redKey, name) })

      expect(await secrets.get('payments')).toEqual({ apiKey: 'a' })
    }
  })

  it('is refused when a variable names it', async () => {
    await putWithRed()
    await writeFile(join(data, 'key'), redKey)
    await chmod(join(data, 'key'), 0o600)
    vi.stubEnv('KVASIR_SECRETS_KEY_FILE', join(data, 'key'))

    const error = await errorOf((await secretsWith()).get('payments'))

    expect(error.code).toBe('KV_INVALID_ARGUMENT')
  })
})

describe('a new key', () => {
  it('is 32 random bytes that fit into a variable, and another each time', async () => {
    expect(newSecretsKey()).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(newSecretsKey()).not.toBe(newSecretsKey())
    expect(await (await secretsWith({ secretsKey: newSecretsKey() })).get('a')).toEqual({})
  })
})
