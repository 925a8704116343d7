import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openEngine } from 'kvasir/engine'
import { describe, expect, it } from 'vitest'
import { createTokenStore } from '../../src/auth/token-store.ts'
import { kvasir, newDataDirectory } from './command-harness.ts'

async function verify(data: string, token: string) {
  await using engine = await openEngine(data)
  return createTokenStore(engine).verify(token)
}

describe('kvasir token', () => {
  it('prints the token alone, ready for a file', async () => {
    const data = await newDataDirectory()

    const ended = await kvasir(['token', 'create', '--project', 'shop', '--data', data])

    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ended.stdout).toMatch(/^kv_[A-Za-z0-9_-]{43}\n$/)
    expect(await verify(data, ended.stdout.trim())).toMatchObject({
      project: 'shop',
      scopes: ['read', 'write'],
    })
  })

  it('prints the token with what is known of it with --json', async () => {
    const data = await newDataDirectory()

    const argv = ['token', 'create', '--project', '*', '--scopes', 'admin, read', '--label', 'ops']
    const { stdout } = await kvasir([...argv, '--json', '--data', data])

    expect(JSON.parse(stdout)).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      token: expect.stringMatching(/^kv_/),
      project: '*',
      scopes: ['admin', 'read'],
      label: 'ops',
      createdAt: expect.any(Number),
    })
  })

  it('makes a token for the shared store beside that of its project', async () => {
    const data = await newDataDirectory()

    const argv = ['token', 'create', '--project', 'shop', '--scopes', 'read,shared']
    const { stdout } = await kvasir([...argv, '--data', data])

    expect(await verify(data, stdout.trim())).toMatchObject({
      project: 'shop',
      scopes: ['read', 'shared'],
    })
  })

  it('lists tokens without showing them', async () => {
    const data = await newDataDirectory()
    const { stdout: token } = await kvasir(['token', 'create', '--label', 'shop', '--data', data])

    const { stdout: table } = await kvasir(['token', 'list', '--data', data])
    const { stdout: json } = await kvasir(['token', 'list', '--json', '--data', data])

    expect(table).toMatch(/^ID .* LABEL\n[0-9a-f]{16} {2}default {2}read,write .* shop\n$/)
    expect(JSON.parse(json)).toMatchObject([{ project: 'default', label: 'shop' }])
    expect(table + json).not.toContain(token.trim())
  })

  it('revokes a token by its id', async () => {
    const data = await newDataDirectory()
    const created = await kvasir(['token', 'create', '--json', '--data', data])
    const { id, token } = JSON.parse(created.stdout)

    const ended = await kvasir(['token', 'revoke', id, '--data', data])

    expect(ended).toMatchObject({ exitCode: 0, stdout: '' })
    expect(ended.stderr).toContain(id)
    expect(await verify(data, token)).toBeUndefined()
  })

  it('ends with 3 for an id that no token has, without repeating what was given', async () => {
    const data = await newDataDirectory()
    const { stdout } = await kvasir(['token', 'create', '--data', data])
    const token = stdout.trim()

    const ended = await kvasir(['token', 'revoke', token, '--data', data])

    expect(ended.exitCode).toBe(3)
    expect(ended.stderr).not.toContain(token)
  })

  it.each([
    ['an unknown scope', ['--scopes', 'read,fly']],
    ['no scope', ['--scopes', '']],
    ['a project that cannot be', ['--project', '.kvasir']],
  ])('refuses %s with 2', async (_what, args) => {
    const data = await newDataDirectory()

    const ended = await kvasir(['token', 'create', ...args, '--data', data])

    expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it('leaves nothing of the token in the files of the data directory', async () => {
    const data = await newDataDirectory()
    const { stdout } = await kvasir(['token', 'create', '--label', 'canary', '--data', data])
    const secret = stdout.trim().slice(3)

    const files = await readdir(data)
    const contents = await Promise.all(files.map((file) => readFile(join(data, file), 'latin1')))

    expect(contents.join('')).toContain('canary')
    expect(contents.join('')).not.toContain(secret)
  })
})

describe('a token typed in a wrong place', () => {
  const token = `kv_${'s3cret'.repeat(7)}x`

  it.each([
    [['get', 'key', `--tokn=${token}`]],
    [['get', 'key', token]],
    [[token]],
    [['get', 'key', '--data', 'd', '--url', token]],
    [['serve', '--port', token]],
    [['token', 'create', '--project', `${token}!`, '--data', 'memory:']],
    [['token', 'create', '--scopes', token, '--data', 'memory:']],
  ])('is not repeated in the error of %j', async (argv) => {
    const plain = await kvasir(argv)
    const json = await kvasir([...argv, '--json'])

    expect(plain.exitCode).toBe(2)
    expect(plain.stderr).toMatch(/^kvasir: /)
    expect(plain.stderr + json.stderr).not.toContain('s3crets3cret')
  })
})
