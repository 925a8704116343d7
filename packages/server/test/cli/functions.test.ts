import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { functionNames } from 'kvasir/flows'
import { describe, expect, it } from 'vitest'
import {
  contentsOf,
  dataDirectoryWith,
  type Given,
  kvasir,
  newDataDirectory,
} from './command-harness.ts'
import { serve, type Way } from './record-harness.ts'

describe.each<Way>(['--data', '--url'])('kvasir call with %s', (way) => {
  async function open(values: Readonly<Record<string, unknown>> = {}) {
    const data = await dataDirectoryWith(values)
    const place = way === '--data' ? ['--data', data] : ['--url', await serve(data)]
    return async (argv: readonly string[], given?: Given) => {
      const { stdout, ...ended } = await kvasir(['call', ...argv, ...place], given)
      return { ...ended, answer: JSON.parse(stdout || 'null') }
    }
  }

  it('takes one JSON object and answers with one', async () => {
    const call = await open()

    const put = await call(['kv-key-put', '{"bucket":"default","key":"ada","value":{"age":36}}'])
    const got = await call(['kv-key-get', '{"bucket":"default","key":"ada","json":true}'])

    expect(put).toMatchObject({ exitCode: 0, stderr: '', answer: { status_code: 200 } })
    expect(got.answer).toMatchObject({
      body: { value: { age: 36 }, revision: 1 },
      metadata: { bucket: 'default', key: 'ada' },
    })
  })

  it('takes parameters by name, as the function has their types', async () => {
    const call = await open()

    await call(['kv-key-put', 'bucket=default', 'key=1', 'value=36', 'ttl=60000000000'])
    await call(['kv-key-put', 'bucket=default', 'key=2', 'value:=[true]'])
    const list = await call(['kv-key-list', 'bucket=default', 'limit=1'])

    expect(list.answer.body).toMatchObject({ items: [{ key: '1', value: '36' }], next_seq: 1 })
  })

  it('reads the parameters from standard input for -, or from a file', async () => {
    const call = await open()
    const file = `${await newDataDirectory()}.json`
    await writeFile(file, '{"bucket":"default","key":"ada","by":2}')

    await call(['kv-key-increment', '--file', file])
    const { answer } = await call(['kv-key-increment', '-'], {
      stdin: '{"bucket":"default","key":"ada"}',
    })

    expect(answer.body).toEqual({ value: 3, revision: 2 })
  })

  it('takes no parameters for none', async () => {
    const call = await open()

    const { answer } = await call(['kv-bucket-list'])

    expect(answer.body.buckets).toMatchObject([{ bucket: 'default' }])
  })

  it('answers a failure as well, with words on stderr and the exit code', async () => {
    const call = await open()

    const missing = await call(['kv-key-get', 'bucket=default', 'key=nobody'])
    const wrong = await call(['kv-key-list', 'bucket=default', 'limit=many'])

    expect(missing).toMatchObject({ exitCode: 3, answer: { status_code: 404 } })
    expect(missing.stderr).toContain('(KV_KEY_NOT_FOUND)')
    expect(wrong).toMatchObject({ exitCode: 2, answer: { status_code: 400 } })
    expect(wrong.stderr).toContain('limit takes an integer from 1 to 1000; it was given "many"')
  })
})

describe('kvasir call', () => {
  it('refuses a function that there is not, with names that are near', async () => {
    const data = await newDataDirectory()

    const { exitCode, stdout, stderr } = await kvasir(['call', 'kv-key-putt', '--data', data])

    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain('Did you mean kv-key-put')
    expect(existsSync(data)).toBe(false)
  })

  it('makes a store for a function that writes, and none for one that reads', async () => {
    const data = await newDataDirectory()

    const read = await kvasir(['call', 'kv-bucket-list', '--data', data])
    const isThere = existsSync(data)
    const written = await kvasir(['call', 'kv-bucket-create', 'bucket=users', '--data', data])

    expect(read.stderr).toContain('(KV_INVALID_LOCATION)')
    expect(isThere).toBe(false)
    expect(written.exitCode).toBe(0)
  })

  it('changes nothing when a function only reads', async () => {
    const data = await dataDirectoryWith({ ada: { age: 36 } })
    const before = await contentsOf(data)

    for (const call of ['kv-key-get', 'kv-key-history']) {
      await kvasir(['call', call, 'bucket=default', 'key=ada', '--data', data])
    }

    expect(await contentsOf(data)).toEqual(before)
  })

  it.each(['{"bucket":', 'bucket', '[]'])('refuses the parameters %s', async (parameters) => {
    const data = await newDataDirectory()

    const { exitCode, stderr } = await kvasir(['call', 'kv-key-list', parameters, '--data', data])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('kvasir:')
  })

  it('spreads the answer over lines on a terminal, unless asked for one', async () => {
    const data = await dataDirectoryWith({})
    const argv = ['call', 'kv-bucket-list', '--data', data]

    const spread = await kvasir(argv, { isTTY: true })
    const plain = await kvasir([...argv, '--json'], { isTTY: true })

    expect(spread.stdout).toContain('{\n  "status_code": 200,')
    expect(plain.stdout.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe('kvasir call, asked about functions', () => {
  it('lists every function where it is given no name', async () => {
    const { exitCode, stdout } = await kvasir(['call'])
    const documents = (await kvasir(['call', '--json'])).stdout.trimEnd().split('\n')

    expect(exitCode).toBe(0)
    for (const name of functionNames) expect(stdout).toContain(`\n${name} `)
    expect(documents.map((document) => JSON.parse(document).name)).toEqual(functionNames)
  })

  it('shows what one takes, with calls to try', async () => {
    const { stdout } = await kvasir(['call', 'kv-key-list', '--describe'])
    const { stdout: document } = await kvasir(['call', 'kv-key-list', '--describe', '--json'])

    expect(stdout).toMatch(/^bucket +string +required +The name of the bucket\.$/m)
    expect(stdout).toMatch(/^limit +integer +default: 100 +The most items/m)
    expect(stdout).toContain(`kvasir call kv-key-list '{"bucket":"user-preferences"}'`)
    expect(JSON.parse(document).parameters.required).toEqual(['bucket'])
  })

  it('tells of one that takes nothing, and refuses one that there is not', async () => {
    const nothing = await kvasir(['call', 'kv-bucket-list', '--describe'])
    const unknown = await kvasir(['call', 'kv-key-gett', '--describe'])

    expect(nothing.stdout).toContain('It takes no parameters.')
    expect(unknown).toMatchObject({ exitCode: 3, stdout: '' })
    expect(unknown.stderr).toContain('Did you mean kv-key-get')
  })
})
