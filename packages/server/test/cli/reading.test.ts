import { access } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import {
  contentsOf,
  dataDirectoryWith,
  kvasir,
  newDataDirectory,
  startKvasir,
} from './command-harness.ts'

const values = {
  'user:1': 'Alice',
  'user:2': { name: 'Bob', age: 42 },
  count: 7,
  logo: new Uint8Array([0, 255, 10, 13]),
}

describe('kvasir get', () => {
  it.each([
    ['text', 'user:1', 'Alice\n'],
    ['an object', 'user:2', '{"name":"Bob","age":42}\n'],
    ['a number', 'count', '7\n'],
  ])('prints %s and a line break', async (_what, key, stdout) => {
    const data = await dataDirectoryWith(values)

    expect(await kvasir(['get', key, '--data', data])).toEqual({ exitCode: 0, stdout, stderr: '' })
  })

  it('prints text without a line break with --raw', async () => {
    const data = await dataDirectoryWith(values)

    expect(await kvasir(['get', 'user:1', '--raw', '--data', data])).toMatchObject({
      stdout: 'Alice',
    })
  })

  it('prints bytes as they are', async () => {
    const data = await dataDirectoryWith(values)
    const { stdout, ended } = startKvasir(['get', 'logo', '--data', data])

    expect(await ended).toBe(0)
    expect([...stdout.bytes]).toEqual([0, 255, 10, 13])
  })

  it('prints an object over several lines on a terminal', async () => {
    const data = await dataDirectoryWith(values)

    const { stdout } = await kvasir(['get', 'user:2', '--data', data], { isTTY: true })

    expect(stdout).toBe('{\n  "name": "Bob",\n  "age": 42\n}\n')
  })

  it.each([
    ['user:1', { type: 'text', value: 'Alice' }],
    ['user:2', { type: 'json', value: { name: 'Bob', age: 42 } }],
    ['logo', { type: 'bytes', value: 'AP8KDQ==' }],
  ])('prints one JSON document about %s with --json', async (key, expected) => {
    const data = await dataDirectoryWith(values)

    const { stdout, exitCode } = await kvasir(['get', key, '--json', '--data', data])

    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      key,
      revision: expect.any(Number),
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      ...expected,
    })
  })

  it('ends with 3 and says so on stderr when the key does not exist', async () => {
    const data = await dataDirectoryWith(values)

    const { exitCode, stdout, stderr } = await kvasir(['get', 'nobody', '--data', data])

    expect(exitCode).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^kvasir: Key "nobody" does not exist .* \(KV_KEY_NOT_FOUND\)\n$/)
  })

  it('puts the problem on stderr as JSON with --json', async () => {
    const data = await dataDirectoryWith(values)

    const { exitCode, stdout, stderr } = await kvasir(['get', 'nobody', '--json', '--data', data])

    expect(exitCode).toBe(3)
    expect(stdout).toBe('')
    expect(JSON.parse(stderr)).toMatchObject({ code: 'KV_KEY_NOT_FOUND', status: 404 })
  })

  it('takes a key that begins with a dash after --', async () => {
    const data = await dataDirectoryWith({ '--json': 'odd' })

    expect(await kvasir(['get', '--data', data, '--', '--json'])).toMatchObject({ stdout: 'odd\n' })
  })

  it('sees the bucket and the project that are named', async () => {
    const data = await dataDirectoryWith(values)

    const elsewhere = ['get', 'user:1', '--data', data]

    expect(await kvasir([...elsewhere, '--project', 'other'])).toMatchObject({ exitCode: 3 })
    const { stderr } = await kvasir([...elsewhere, '--bucket', 'nowhere'])
    expect(stderr).toContain('KV_BUCKET_NOT_FOUND')
  })
})

describe('kvasir has', () => {
  it.each([
    { key: 'user:1', exitCode: 0, exists: true },
    { key: 'nobody', exitCode: 3, exists: false },
  ])('for $key ends with $exitCode and prints $exists', async ({ key, exitCode, exists }) => {
    const data = await dataDirectoryWith(values)

    const plain = await kvasir(['has', key, '--data', data])
    expect(plain).toEqual({ exitCode, stdout: `${exists}\n`, stderr: '' })
    const json = await kvasir(['has', key, '--json', '--data', data])
    expect(JSON.parse(json.stdout)).toEqual({ key, exists })
    expect(json.exitCode).toBe(exitCode)
  })
})

describe('kvasir ls', () => {
  it.each([
    [[], 'count\nlogo\nuser:1\nuser:2\n'],
    [['user:'], 'user:1\nuser:2\n'],
    [['user:', '--reverse'], 'user:2\nuser:1\n'],
    [['--limit', '2'], 'count\nlogo\n'],
    [['--limit', '0'], ''],
    [['nothing'], ''],
    [['--values'], 'count\t7\nlogo\t(4 bytes)\nuser:1\tAlice\nuser:2\t{"name":"Bob","age":42}\n'],
  ])('with %j prints %j', async (args, stdout) => {
    const data = await dataDirectoryWith(values)

    const ended = await kvasir(['ls', ...args, '--data', data])

    expect(ended).toEqual({ exitCode: 0, stdout, stderr: '' })
  })

  it('prints one JSON document a line with --json', async () => {
    const data = await dataDirectoryWith(values)

    const { stdout } = await kvasir(['ls', 'user:', '--values', '--json', '--data', data])

    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(documents).toMatchObject([
      { key: 'user:1', type: 'text', value: 'Alice' },
      { key: 'user:2', type: 'json', value: { name: 'Bob', age: 42 } },
    ])
  })

  it('keeps keys with line breaks and escapes on one harmless line', async () => {
    const data = await dataDirectoryWith({ 'a\nb\u001b[31m\u009b': 'x\ty' })

    const { stdout } = await kvasir(['ls', '--values', '--data', data])

    expect(stdout).toBe('"a\\nb\\u001b[31m\\u009b"\t"x\\ty"\n')
  })

  it('ends quietly with 0 when nobody reads on', async () => {
    const data = await dataDirectoryWith(values)
    let writes = 0
    const stdout = {
      write: (_chunk: string | Uint8Array, done: (error?: Error) => void) => {
        writes += 1
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    }

    const ended = await kvasir(['ls', '--data', data], { stdout })

    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect(writes).toBe(1)
  })
})

describe('commands that read', () => {
  it.each([
    [['get', 'user:1']],
    [['get', 'nobody']],
    [['has', 'user:1']],
    [['ls', '--values']],
    [['bucket', 'list']],
    [['bucket', 'info', 'default']],
    [['token', 'list']],
  ])('leave the store as it is: %j', async (argv) => {
    const data = await dataDirectoryWith(values)
    const before = await contentsOf(data)

    await kvasir([...argv, '--data', data])

    expect(await contentsOf(data)).toEqual(before)
  })

  it.each([
    [['get', 'a']],
    [['has', 'a']],
    [['ls']],
    [['del', 'a']],
    [['watch']],
    [['bucket', 'list']],
    [['token', 'list']],
    [['token', 'revoke', '0123456789abcdef']],
  ])('refuse a directory without a store and do not make one: %j', async (argv) => {
    const data = await newDataDirectory()

    const { exitCode, stderr } = await kvasir([...argv, '--data', data])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('There is no store')
    await expect(access(data)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
