import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openStore } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { contentsOf, dataDirectoryWith, kvasir, newDataDirectory } from './command-harness.ts'

async function stored(data: string, key: string) {
  await using store = await openStore(data)
  return store.project().kv().getEntry(key)
}

describe('kvasir set', () => {
  it('creates the store, stores text and prints the revision', async () => {
    const data = await newDataDirectory()

    const ended = await kvasir(['set', 'greeting', 'hello', '--data', data])

    expect(ended).toEqual({ exitCode: 0, stdout: '1\n', stderr: '' })
    expect(await stored(data, 'greeting')).toMatchObject({ value: 'hello' })
  })

  it.each([
    ['text', '42', '42'],
    ['json', '42', 42],
    ['json', '{"__proto__":{"a":1}}', JSON.parse('{"__proto__":{"a":1}}')],
    ['json', '"text"', 'text'],
    ['json', ' null ', null],
    ['bytes', 'é', new Uint8Array([0xc3, 0xa9])],
    ['text', '', ''],
  ])('stores with --type %s the argument %j', async (type, argument, value) => {
    const data = await newDataDirectory()

    await kvasir(['set', 'key', argument, '--type', type, '--data', data])

    expect(await stored(data, 'key')).toMatchObject({ value })
  })

  it('stores standard input to the last byte when no value is given', async () => {
    const data = await newDataDirectory()

    await kvasir(['set', 'text', '--data', data], { stdin: '\ufeffline\n' })
    await kvasir(['set', 'bytes', '--type', 'bytes', '--data', data], {
      stdin: new Uint8Array([0, 255]),
    })

    expect(await stored(data, 'text')).toMatchObject({ value: '\ufeffline\n' })
    expect(await stored(data, 'bytes')).toMatchObject({ value: new Uint8Array([0, 255]) })
  })

  it('stores the contents of a file', async () => {
    const data = await newDataDirectory()
    await mkdir(data)
    const file = join(data, '..', 'report.txt')
    await writeFile(file, 'twelve pages')

    await kvasir(['set', 'report', '--file', file, '--data', data])

    expect(await stored(data, 'report')).toMatchObject({ value: 'twelve pages' })
  })

  it('lets the value expire after --ttl', async () => {
    const data = await newDataDirectory()

    await kvasir(['set', 'session', 'x', '--ttl', '1.5h', '--data', data])

    const entry = await stored(data, 'session')
    expect((entry?.expiresAt ?? 0) - (entry?.updatedAt ?? 0)).toBe(5_400_000)
  })

  it('prints key and revision as JSON with --json', async () => {
    const data = await newDataDirectory()

    const { stdout } = await kvasir(['set', 'a', '1', '--json', '--data', data])

    expect(JSON.parse(stdout)).toEqual({ key: 'a', revision: 1 })
  })

  it.each([[['--if-absent']], [['--if-revision', '9']], [['--if-revision', '0']]])(
    'ends with 4 and writes nothing when %j does not hold',
    async (condition) => {
      const data = await dataDirectoryWith({ key: 'old' })
      const before = await contentsOf(data)

      const ended = await kvasir(['set', 'key', 'new', ...condition, '--data', data])

      expect(ended).toMatchObject({ exitCode: 4, stdout: '' })
      expect(ended.stderr).toContain('KV_CONFLICT')
      expect(await contentsOf(data)).toEqual(before)
    },
  )

  it('writes when --if-revision names the revision that the key is at', async () => {
    const data = await dataDirectoryWith({ key: 'old' })

    const ended = await kvasir(['set', 'key', 'new', '--if-revision', '1', '--data', data])

    expect(ended).toMatchObject({ exitCode: 0, stdout: '2\n' })
  })

  it.each([
    { what: 'a TTL without a unit', args: ['v', '--ttl', '60'], says: 'KV_INVALID_TTL' },
    { what: 'a TTL of nothing', args: ['v', '--ttl', '0s'], says: 'KV_INVALID_TTL' },
    { what: 'an unknown type', args: ['v', '--type', 'xml'], says: 'text, json, bytes' },
    { what: 'JSON that is cut off', args: ['{"a":', '--type', 'json'], says: 'KV_INVALID_VALUE' },
    { what: 'input that is no text', args: [], stdin: new Uint8Array([255]), says: '--type bytes' },
    { what: 'a value and a file', args: ['v', '--file', 'f'], says: 'not both' },
    { what: 'a missing file', args: ['--file', '/does/not/exist'], says: 'cannot be read' },
    { what: 'both conditions', args: ['v', '--if-absent', '--if-revision', '0'], says: 'ifAbsent' },
    { what: 'an odd revision', args: ['v', '--if-revision', '1.5'], says: '--if-revision' },
  ])('refuses $what with 2 and writes nothing', async ({ args, stdin = '', says }) => {
    const data = await dataDirectoryWith({})
    const before = await contentsOf(data)

    const ended = await kvasir(['set', 'key', ...args, '--data', data], { stdin })

    expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ended.stderr).toContain(says)
    expect(await contentsOf(data)).toEqual(before)
  })

  it('refuses input over the limit of a value', async () => {
    const data = await dataDirectoryWith({})

    const ended = await kvasir(['set', 'key', '--type', 'bytes', '--data', data], {
      stdin: new Uint8Array(16 * 1024 * 1024 + 1),
    })

    expect(ended.exitCode).toBe(2)
    expect(ended.stderr).toContain('KV_TOO_LARGE')
  })

  it('never repeats the value in an error', async () => {
    const data = await dataDirectoryWith({})

    const { stderr } = await kvasir(['set', 'k', '{"pin":4711', '--type', 'json', '--data', data])

    expect(stderr).not.toContain('4711')
  })
})

describe('kvasir del', () => {
  it('deletes all keys at once and prints how many there were', async () => {
    const data = await dataDirectoryWith({ a: 1, b: 2, c: 3 })

    const ended = await kvasir(['del', 'a', 'b', 'nobody', '--data', data])

    expect(ended).toEqual({ exitCode: 0, stdout: '2\n', stderr: '' })
    expect(await kvasir(['ls', '--data', data])).toMatchObject({ stdout: 'c\n' })
  })

  it('prints JSON with --json', async () => {
    const data = await dataDirectoryWith({ a: 1 })

    const { stdout } = await kvasir(['del', 'a', '--json', '--data', data])

    expect(JSON.parse(stdout)).toEqual({ deleted: 1 })
  })
})

describe('kvasir bucket', () => {
  it('creates, shows, lists, purges and deletes a bucket', async () => {
    const data = await newDataDirectory()
    const run = (...argv: string[]) => kvasir(['bucket', ...argv, '--data', data])

    const created = await run('create', 'sessions', '--ttl', '5m', '--history', '3', '--json')
    expect(JSON.parse(created.stdout)).toMatchObject({
      name: 'sessions',
      config: { ttlMs: 300_000, history: 3 },
    })

    await kvasir(['set', 'a', '1', '--bucket', 'sessions', '--data', data])
    expect((await run('info', 'sessions')).stdout).toContain('ttl              300000ms')
    expect((await run('list')).stdout).toMatch(/^NAME .*\ndefault .*\nsessions {2}1 /)
    expect(JSON.parse((await run('list', '--json')).stdout)).toHaveLength(2)

    expect((await run('purge', 'sessions', '--yes')).stderr).toContain('Removed 1 keys')
    expect((await run('delete', 'sessions', '--yes', '--json')).exitCode).toBe(0)
    expect((await run('info', 'sessions')).exitCode).toBe(3)
  })

  it('creates one that publishes its changes', async () => {
    const data = await newDataDirectory()
    const run = (...argv: string[]) => kvasir(['bucket', ...argv, '--data', data])
    const details = ['--republish-source', 'eu.>', '--republish-headers-only']

    const created = await run('create', 'orders', '--republish', 'pub.>', ...details, '--json')
    const refused = await run('create', 'others', ...details)

    expect(JSON.parse(created.stdout)).toMatchObject({
      config: { republish: { source: 'eu.>', dest: 'pub.>', headersOnly: true } },
    })
    expect((await run('info', 'orders')).stdout).toMatch(/^republish +eu\.> as pub\.>$/m)
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('--republish')
  })

  it('creates one with the options that it is given, and shows them', async () => {
    const data = await newDataDirectory()
    const run = (...argv: string[]) => kvasir(['bucket', ...argv, '--data', data])

    const created = await run('create', 'packed', '--compression', '--storage', 'memory', '--json')
    await run('create', 'plain')

    expect(JSON.parse(created.stdout)).toMatchObject({
      config: { compression: true, storage: 'memory' },
    })
    expect((await run('info', 'packed')).stdout).toMatch(/^storage +memory\ncompression +on$/m)
    expect((await run('info', 'plain')).stdout).toMatch(/^storage +file\ncompression +off$/m)
  })

  it('creates live copies of others, and shows of which', async () => {
    const data = await newDataDirectory()
    const run = (...argv: string[]) => kvasir(['bucket', ...argv, '--data', data])
    await run('create', 'orders')

    await run('create', 'copy', '--mirror', 'orders')
    await run('create', 'all', '--sources', 'orders, default')
    await kvasir(['set', 'a', '1', '--bucket', 'orders', '--data', data])

    const written = await kvasir(['set', 'a', '1', '--bucket', 'copy', '--data', data])
    expect(written.exitCode).toBe(4)
    expect(written.stderr).toContain('KV_READ_ONLY')
    expect((await run('info', 'copy')).stdout).toMatch(/^keys +1\n[\s\S]*^mirror of +orders$/m)
    expect((await run('info', 'all')).stdout).toMatch(
      /^keys +1\n[\s\S]*^sources +orders, default$/m,
    )
    expect((await run('delete', 'orders', '--yes')).exitCode).toBe(4)
  })

  it.each(['delete', 'purge'])('refuses to %s without --yes', async (verb) => {
    const data = await dataDirectoryWith({ a: 1 })
    const before = await contentsOf(data)

    const ended = await kvasir(['bucket', verb, 'default', '--data', data])

    expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ended.stderr).toContain('--yes')
    expect(await contentsOf(data)).toEqual(before)
  })
})
