import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newSecretsKey, openStore } from 'kvasir'
import { openEngine } from 'kvasir/engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp } from '../../src/app.ts'
import { startServer } from '../../src/http/listen.ts'
import { type Given, kvasir, newDataDirectory } from './command-harness.ts'

const [redKey, blueKey] = [newSecretsKey(), newSecretsKey()]
const account = { user: 'ada', password: 'hunter2' }

const red = { KVASIR_SECRETS_KEY: redKey }
const ring = { KVASIR_SECRETS_KEY: `${blueKey},${redKey}` }
const blue = { KVASIR_SECRETS_KEY: blueKey }

/** A data directory with secrets under the red key: project → secret → record. */
async function dataWith(projects: Record<string, Record<string, object>>): Promise<string> {
  const data = await newDataDirectory()
  await using store = await openStore(data, { secretsKey: redKey, durability: 'relaxed' })
  for (const [project, secrets] of Object.entries(projects)) {
    const storage = store.project(project).storage()
    for (const [key, record] of Object.entries(secrets)) await storage.secrets.put(key, record)
  }
  return data
}

/** Runs `kvasir secrets …` on a data directory. */
function secrets(data: string, argv: readonly string[], given: Given = {}) {
  return kvasir(['secrets', ...argv, '--data', data], { env: red, ...given })
}

/** A server on the data, with a token for everything. */
async function serve(data: string): Promise<string> {
  const engine = await openEngine(data)
  const scopes = ['read', 'write'] as const
  const app = createApp({ engine, verifyToken: async () => ({ id: 'all', project: '*', scopes }) })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    await server.close({ graceMs: 0 })
    await engine.close()
  })
  return server.url
}

describe('kvasir secrets new-key', () => {
  it('prints a key alone, another each time', async () => {
    const first = await kvasir(['secrets', 'new-key'])
    const second = await kvasir(['secrets', 'new-key', '--json'])

    expect(first).toMatchObject({ exitCode: 0, stderr: '' })
    expect(first.stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    expect(JSON.parse(second.stdout)).toEqual({ key: expect.stringMatching(/^.{43}$/) })
    expect(second.stdout).not.toContain(first.stdout.trim())
  })

  it('makes a key that the other commands take from a file', async () => {
    const data = await newDataDirectory()
    const file = `${data}.key`
    await writeFile(file, (await kvasir(['secrets', 'new-key'])).stdout)
    const withFile = ['--secrets-key-file', file]

    const set = await secrets(data, ['set', 'db', ...withFile], { stdin: '{"a":1}', env: red })
    const get = await secrets(data, ['get', 'db', ...withFile], { env: red })

    expect([set.exitCode, get.stdout]).toEqual([0, '{"a":1}\n'])
    expect((await secrets(data, ['get', 'db'])).exitCode).toBe(5)
  })
})

describe('kvasir secrets set and get', () => {
  it('store a record from standard input and print it', async () => {
    const data = await newDataDirectory()

    const set = await secrets(data, ['set', 'db/main'], { stdin: JSON.stringify(account) })
    const get = await secrets(data, ['get', 'db/main'])
    const json = await secrets(data, ['get', 'db/main', '--json'])

    expect(set).toEqual({ exitCode: 0, stdout: '', stderr: 'Stored secret "db/main".\n' })
    expect(JSON.parse(get.stdout)).toEqual(account)
    expect(JSON.parse(json.stdout)).toEqual({ key: 'db/main', record: account })
  })

  it('store one field as text, without the line break at its end, and print it', async () => {
    const data = await dataWith({ default: { db: account } })

    await secrets(data, ['set', 'db', '--field', 'password'], { stdin: 'two\nlines\n' })
    const field = await secrets(data, ['get', 'db', '--field', 'password'])
    const whole = await secrets(data, ['get', 'db'])

    expect(field.stdout).toBe('two\nlines\n')
    expect(JSON.parse(whole.stdout)).toEqual({ user: 'ada', password: 'two\nlines' })
  })

  it('store what is in a file', async () => {
    const data = await newDataDirectory()
    const file = `${data}.json`
    await writeFile(file, JSON.stringify(account))

    await secrets(data, ['set', 'db', '--file', file])

    expect(JSON.parse((await secrets(data, ['get', 'db'])).stdout)).toEqual(account)
  })

  it('leave nothing of the secret in the files of the data directory', async () => {
    const data = await dataWith({ default: { db: account } })

    await secrets(data, ['set', 'db', '--field', 'password'], { stdin: 'sk_live_4711' })

    const files = await readdir(data)
    const texts = await Promise.all(files.map((file) => readFile(join(data, file), 'latin1')))
    expect(texts.join()).not.toMatch(/sk_live_4711|hunter2|password/)
  })

  it('end with 3 for a secret or a field that does not exist', async () => {
    const data = await dataWith({ default: { db: account, empty: {} } })

    expect(await secrets(data, ['get', 'none'])).toMatchObject({ exitCode: 3, stdout: '' })
    expect((await secrets(data, ['get', 'db', '--field', 'none'])).exitCode).toBe(3)
    expect(await secrets(data, ['get', 'empty'])).toMatchObject({ exitCode: 0, stdout: '{}\n' })
  })

  it.each([
    ['text that is no JSON', ['set', 'db'], 'hunter2-is-it'],
    ['JSON that is no record', ['set', 'db'], '"hunter2-is-it"'],
    ['a key of other characters', ['set', 'a b'], '{"password":"hunter2-is-it"}'],
  ])('refuse %s with 2, and repeat nothing of it', async (_what, argv, stdin) => {
    const data = await dataWith({})

    const plain = await secrets(data, argv, { stdin })
    const json = await secrets(data, [...argv, '--json'], { stdin })

    expect(plain.exitCode).toBe(2)
    expect(plain.stderr + json.stderr).not.toContain('hunter2')
  })

  it.each([
    { what: 'no key', env: {}, exitCode: 2, code: 'KV_SECRETS_KEY_MISSING' },
    {
      what: 'a key that is none',
      env: { KVASIR_SECRETS_KEY: 'hunter2' },
      exitCode: 2,
      code: 'KV_SECRETS_KEY_INVALID',
    },
    { what: 'another key', env: blue, exitCode: 5, code: 'KV_SECRETS_KEY_WRONG' },
  ])('fail with $what', async ({ env, exitCode, code }) => {
    const data = await dataWith({ default: { db: account } })

    const ended = await secrets(data, ['get', 'db'], { env })

    expect(ended).toMatchObject({ exitCode, stdout: '' })
    expect(ended.stderr).toContain(code)
    expect(ended.stderr).not.toContain('hunter2')
  })

  it('refuse a key file that lies with the data', async () => {
    const data = await dataWith({ default: { db: account } })
    await writeFile(join(data, 'key'), redKey)

    const ended = await secrets(data, ['get', 'db', '--secrets-key-file', join(data, 'key')])

    expect(ended.exitCode).toBe(2)
    expect(ended.stderr).toContain('Keep it elsewhere')
  })
})

describe('kvasir secrets del', () => {
  it('deletes a field, or all of a secret, and is content with none', async () => {
    const data = await dataWith({ default: { db: account } })

    expect((await secrets(data, ['del', 'db', '--field', 'user'])).exitCode).toBe(0)
    expect((await secrets(data, ['get', 'db'])).stdout).toBe('{"password":"hunter2"}\n')
    expect((await secrets(data, ['del', 'db'])).exitCode).toBe(0)
    expect((await secrets(data, ['del', 'db'])).exitCode).toBe(0)
    expect((await secrets(data, ['get', 'db'])).exitCode).toBe(3)
  })
})

describe('kvasir secrets ls', () => {
  it('lists keys alone, and needs no key for it', async () => {
    const data = await dataWith({ default: { 'db/main': account, 'db/log': account, mail: {} } })

    const all = await secrets(data, ['ls'], { env: {} })
    const some = await secrets(data, ['ls', 'db/', '--json'], { env: {} })

    expect(all).toEqual({ exitCode: 0, stdout: 'db/log\ndb/main\nmail\n', stderr: '' })
    expect(some.stdout).toBe('{"key":"db/log"}\n{"key":"db/main"}\n')
  })

  it('leaves secrets out of what other commands list', async () => {
    const data = await dataWith({ default: { db: account } })

    expect((await kvasir(['ls', '--values', '--data', data])).stdout).toBe('')
    expect((await kvasir(['bucket', 'list', '--data', data])).stdout).not.toContain('secrets')
    const named = await kvasir(['ls', '--bucket', 'default.secrets', '--data', data])
    expect(named.exitCode).toBe(2)
  })
})

describe('kvasir secrets rotate', () => {
  it('encrypts the secrets of all projects with the first key', async () => {
    const data = await dataWith({ shop: { db: account, mail: account }, web: { db: account } })

    const ended = await secrets(data, ['rotate', '--json'], { env: ring })

    expect(ended.exitCode).toBe(0)
    expect(JSON.parse(ended.stdout)).toEqual({ rotated: 3, current: 0, failed: 0, total: 3 })
    for (const project of ['shop', 'web']) {
      const get = await secrets(data, ['get', 'db', '--project', project], { env: blue })
      expect(JSON.parse(get.stdout)).toEqual(account)
    }
  })

  it('does nothing the second time, and says so on standard error', async () => {
    const data = await dataWith({ shop: { db: account } })
    await secrets(data, ['rotate'], { env: ring })

    const again = await secrets(data, ['rotate'], { env: ring })

    expect(again).toMatchObject({ exitCode: 0, stdout: '' })
    expect(again.stderr).toBe('Of 1 secrets: 0 rotated, 1 current before.\n')
  })

  it('keeps to one project when told, and never for a variable', async () => {
    const data = await dataWith({ shop: { db: account }, web: { db: account } })

    const shop = await secrets(data, ['rotate', '--json', '--project', 'shop'], { env: ring })
    const env = { ...ring, KVASIR_PROJECT: 'shop' }
    const rest = await secrets(data, ['rotate', '--json'], { env })

    expect(JSON.parse(shop.stdout)).toMatchObject({ rotated: 1, total: 1 })
    expect(JSON.parse(rest.stdout)).toMatchObject({ rotated: 1, current: 1, total: 2 })
  })

  it('rotates what it can read, names the rest, and fails at the end', async () => {
    const data = await dataWith({ shop: { b: account } })
    const other = { KVASIR_SECRETS_KEY: newSecretsKey() }
    await secrets(data, ['set', 'a', '--project', 'shop'], { stdin: '{}', env: other })

    const ended = await secrets(data, ['rotate', '--json'], { env: ring })

    expect(ended.exitCode).toBe(5)
    expect(JSON.parse(ended.stdout)).toEqual({ rotated: 1, current: 0, failed: 1, total: 2 })
    expect(ended.stderr).toContain('Failed: shop a (KV_SECRETS_KEY_WRONG)')
  })

  it('works through a server, with a token for all projects', async () => {
    const data = await dataWith({ shop: { db: account }, web: { db: account } })
    const url = await serve(data)

    const argv = ['secrets', 'rotate', '--json', '--url', url, '--token', 'all']
    const ended = await kvasir(argv, { env: ring })

    expect(JSON.parse(ended.stdout)).toEqual({ rotated: 2, current: 0, failed: 0, total: 2 })
    const get = await secrets(data, ['get', 'db', '--project', 'shop'], { env: blue })
    expect(JSON.parse(get.stdout)).toEqual(account)
  })

  it('refuses a directory without a store', async () => {
    const data = dirname(await newDataDirectory())

    expect((await secrets(data, ['rotate'])).exitCode).toBe(2)
  })
})
