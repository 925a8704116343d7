import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCatalog } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { secretsSettings, serveSettings, storeSettings } from '../../src/config/settings.ts'
import { kvasir, newDataDirectory } from './command-harness.ts'

const commands = [
  ['serve'],
  ['get'],
  ['set'],
  ['del'],
  ['has'],
  ['ls'],
  ['watch'],
  ['subscribe'],
  ['call'],
  ['functions'],
  ['functions', 'new'],
  ['mcp'],
  ['doctor'],
  ['backup'],
  ['restore'],
  ['bucket', 'create'],
  ['bucket', 'list'],
  ['bucket', 'info'],
  ['bucket', 'delete'],
  ['bucket', 'purge'],
  ['record', 'get'],
  ['record', 'put'],
  ['record', 'patch'],
  ['record', 'del'],
  ['record', 'exists'],
  ['record', 'incr'],
  ['record', 'append'],
  ['record', 'unshift'],
  ['record', 'shift'],
  ['record', 'peek'],
  ['record', 'add'],
  ['record', 'has'],
  ['record', 'remove'],
  ['secrets', 'get'],
  ['secrets', 'set'],
  ['secrets', 'del'],
  ['secrets', 'ls'],
  ['secrets', 'new-key'],
  ['secrets', 'rotate'],
  ['token', 'create'],
  ['token', 'list'],
  ['token', 'revoke'],
]

describe('the help', () => {
  it.each(commands)('of %s %s shows the options and an example', async (...words) => {
    const { exitCode, stdout, stderr } = await kvasir([...words, '--help'])

    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain('--json')
    expect(stdout).toContain(`$ kvasir ${words.join(' ')} `)
  })

  it('names every command', async () => {
    const { stdout } = await kvasir(['--help'])

    for (const [word] of commands) expect(stdout).toContain(`\n  ${word} `)
  })

  it('says which variable stands for an option, and what holds without it', async () => {
    const { stdout } = await kvasir(['serve', '--help'])

    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(default: 1; env: KVASIR_WORKERS)')
  })

  it.each([[[]], [['bucket']], [['record']], [['secrets']], [['token']]])(
    'comes on stderr with 2 for %j alone',
    async (argv) => {
      const { exitCode, stdout, stderr } = await kvasir(argv)

      expect(exitCode).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toContain('Usage:')
    },
  )

  it('prints the version', async () => {
    expect((await kvasir(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
  })
})

describe('the guide', () => {
  it('names every command, variable and exit code', async () => {
    const guide = await readFile(new URL('../../../../docs/guide/command-line.md', import.meta.url))

    const variables = Object.values({ ...storeSettings, ...secretsSettings, ...serveSettings }).map(
      ({ env }) => env,
    )
    const exitCodes = Object.values(errorCatalog).map(({ exitCode }) => `| ${exitCode} | `)
    const names = [...commands.map((words) => `kvasir ${words.join(' ')} `), ...exitCodes]
    for (const name of [...names, ...variables.map((variable) => `| \`${variable}\` | `)]) {
      expect(guide.toString()).toContain(name)
    }
  })
})

describe('wrong usage', () => {
  it.each([
    ['a command that is not there', ['gett'], 'Did you mean get?'],
    ['an option that is not there', ['get', 'a', '--colour'], '--colour'],
    ['a missing key', ['get'], "'key'"],
    ['one argument too many', ['get', 'a', 'b'], 'Expected 1 argument'],
    ['an option without its value', ['get', 'a', '--data'], '--data'],
    ['no place of the store', ['get', 'a'], 'Say where the store is'],
    ['no place of the tokens', ['token', 'list'], 'Say where the store is'],
    ['two tokens', ['ls', '--url', 'http://h', '--token', 'a', '--token-file', 'b'], 'not both'],
    ['no token file', ['ls', '--url', 'http://h', '--token-file', '/nope'], 'cannot be read'],
  ])('with %s ends with 2 and says what is wrong', async (_what, argv, says) => {
    const { exitCode, stdout, stderr } = await kvasir(argv)

    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^kvasir: .* \(KV_INVALID_ARGUMENT\)\n$/)
    expect(stderr).toContain(says)
  })

  it('is told as JSON when the command line asks for JSON', async () => {
    const { stderr } = await kvasir(['get', '--json'])

    expect(JSON.parse(stderr)).toMatchObject({ code: 'KV_INVALID_ARGUMENT' })
  })
})

describe('errors of the store', () => {
  it('end with the exit code of the catalogue: a data directory that is a file', async () => {
    const file = await newDataDirectory()
    await writeFile(file, 'not a directory')

    const { exitCode, stderr } = await kvasir(['get', 'a', '--data', file])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('KV_INVALID_LOCATION')
  })

  it('end with the exit code of the catalogue: a store that is corrupt', async () => {
    const data = await newDataDirectory()
    await mkdir(data)
    await writeFile(`${data}/kvasir.json`, 'nonsense')

    const { exitCode, stderr } = await kvasir(['get', 'a', '--data', data])

    expect(exitCode).toBe(1)
    expect(stderr).toContain('KV_CORRUPT')
  })

  it('end with the exit code of the catalogue: a store of a newer version', async () => {
    const data = await newDataDirectory()
    await mkdir(data)
    await writeFile(`${data}/kvasir.json`, '{"store":"kvasir","format":99}')

    const { exitCode, stderr } = await kvasir(['get', 'a', '--data', data])

    expect(exitCode).toBe(1)
    expect(stderr).toContain('KV_FORMAT_TOO_NEW')
  })

  it('are coloured on a terminal unless NO_COLOR is set', async () => {
    const data = dirname(await newDataDirectory())

    const colored = await kvasir(['get', 'a', '--data', data], { isTTY: true })
    const plain = await kvasir(['get', 'a', '--data', data], {
      isTTY: true,
      env: { NO_COLOR: '1' },
    })

    expect(colored.stderr).toContain('\u001b[31m')
    expect(plain.stderr).not.toContain('\u001b')
  })

  it('say that a command was stopped before it was done', async () => {
    const data = await newDataDirectory()

    const { exitCode, stderr } = await kvasir(['set', 'a', 'b', '--data', data], {
      signal: AbortSignal.abort(),
    })

    expect(exitCode).toBe(1)
    expect(stderr).toContain('KV_ABORTED')
  })
})
