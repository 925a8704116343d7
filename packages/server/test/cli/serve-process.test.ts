import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newDataDirectory } from './command-harness.ts'
import { runProgram, startProgram, startServing } from './process-harness.ts'

async function createToken(data: string, options: readonly string[] = []): Promise<string> {
  const { stdout } = await runProgram(['token', 'create', '--data', data, ...options])
  return stdout.trim()
}

function fetchKey(url: string, token: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }
  return fetch(`${url}/v1/buckets/default/keys/greeting`, { ...init, headers })
}

/** A PUT whose body is sent in two halves, the second one on call. */
function startSlowPut(url: string, token: string) {
  const put = request(`${url}/v1/buckets/default/keys/greeting`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'text/plain',
      'content-length': 10,
      // The answer "100 Continue" tells that the server has the request.
      expect: '100-continue',
    },
  })
  const begun = new Promise<void>((resolve) => {
    put.once('continue', () => put.write('hello', () => resolve()))
  })
  const status = new Promise<number | undefined>((resolve, reject) => {
    put.once('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    put.once('error', reject)
  })
  put.flushHeaders()
  return { begun, status, finish: () => put.end('world') }
}

describe('kvasir serve', () => {
  it('serves a store that the commands speak to with --url', async () => {
    const data = await newDataDirectory()
    const token = await createToken(data)
    const { url } = await startServing(data)
    const there = ['--url', url, '--token', token]

    const set = await runProgram(['set', 'greeting', 'hello', ...there])
    const get = await runProgram(['get', 'greeting', ...there])
    const missing = await runProgram(['get', 'nobody', ...there])
    const refused = await runProgram(['get', 'greeting', '--url', url, '--token', 'kv_wrong'])

    expect(set).toEqual({ exitCode: 0, stdout: '1\n', stderr: '' })
    expect(get).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '' })
    expect(missing.exitCode).toBe(3)
    expect(refused.exitCode).toBe(5)
    expect(refused.stderr).toContain('KV_UNAUTHENTICATED')
  })

  it('lets a request finish after SIGTERM, and ends with 0', async () => {
    const data = await newDataDirectory()
    const token = await createToken(data)
    const server = await startServing(data)
    const put = startSlowPut(server.url, token)
    await put.begun

    server.child.kill('SIGTERM')
    await server.until('Stopping')
    put.finish()

    expect(await put.status).toBe(201)
    expect(await server.ended).toMatchObject({ exitCode: 0 })
    expect(await runProgram(['get', 'greeting', '--data', data])).toMatchObject({
      stdout: 'helloworld\n',
    })
  })

  it('ends at once on a second signal', async () => {
    const data = await newDataDirectory()
    const token = await createToken(data)
    const server = await startServing(data, ['--grace', '1h'])
    const put = startSlowPut(server.url, token)
    put.status.catch(() => undefined) // Cut off, as it should be.
    await put.begun

    server.child.kill('SIGTERM')
    await server.until('Stopping')
    server.child.kill('SIGTERM')

    expect(await server.ended).toMatchObject({ exitCode: 143 })
  })

  it('takes a token made while it runs, and refuses it once revoked', async () => {
    const data = await newDataDirectory()
    const { url } = await startServing(data)

    const created = await runProgram(['token', 'create', '--json', '--data', data])
    const { id, token } = JSON.parse(created.stdout)
    const taken = await fetchKey(url, token, { method: 'PUT', body: 'hello' })
    await runProgram(['token', 'revoke', id, '--data', data])
    const refused = await fetchKey(url, token)

    expect(taken.status).toBe(201)
    expect(refused.status).toBe(401)
  })

  it('shares its data directory with commands', async () => {
    const data = await newDataDirectory()
    const token = await createToken(data)
    const { url } = await startServing(data)

    await runProgram(['set', 'greeting', 'from the shell', '--data', data])
    const read = await fetchKey(url, token)
    await fetchKey(url, token, { method: 'PUT', body: 'from the web' })
    const { stdout } = await runProgram(['get', 'greeting', '--data', data])

    expect(await read.text()).toBe('from the shell')
    expect(stdout).toBe('from the web\n')
  })

  it('keeps what it confirmed when it is killed', async () => {
    const data = await newDataDirectory()
    const token = await createToken(data)
    const killed = await startServing(data)
    const confirmed = await fetchKey(killed.url, token, { method: 'PUT', body: 'hello' })
    killed.child.kill('SIGKILL')
    await killed.ended

    const { url } = await startServing(data)
    const read = await fetchKey(url, token)

    expect(confirmed.status).toBe(201)
    expect(await read.text()).toBe('hello')
  })

  it('has 256 MiB for values that are read again and again, or what it is given', async () => {
    const roomOf = async (options: readonly string[]) => {
      const { url } = await startServing(await newDataDirectory(), ['--no-auth', ...options])
      const metrics = await (await fetch(`${url}/metrics`)).text()
      return /^kvasir_hot_entry_bytes_max (\d+)$/m.exec(metrics)?.[1]
    }

    expect(await roomOf([])).toBe(String(256 * 1024 * 1024))
    expect(await roomOf(['--cache-bytes', '5000000'])).toBe('5000000')
    expect(await roomOf(['--cache-bytes', '0'])).toBe('0')
  })

  it('refuses to take more than half of its heap for them', async () => {
    const options = [
      '--data',
      await newDataDirectory(),
      '--port',
      '0',
      '--cache-bytes',
      `${2 ** 50}`,
    ]
    const { exitCode, stderr } = await startProgram(['serve', ...options]).ended

    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/--cache-bytes takes \d+ at most, half of the heap/)
  })

  it('ends with 1 and says so when the port is taken', async () => {
    const { url } = await startServing(await newDataDirectory())
    const { port } = new URL(url)

    const argv = ['serve', '--data', await newDataDirectory(), '--port', port]
    const { exitCode, stdout, stderr } = await startProgram(argv).ended

    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('KV_PORT_IN_USE')
    expect(stderr).toContain(port)
  })

  it('never shows a token: not in its output, its answers, or the files of the store', async () => {
    const data = await newDataDirectory()
    const token = await createToken(data, ['--scopes', 'read'])
    const secret = token.slice(3)
    const server = await startServing(data)

    const answers = await Promise.all([
      fetchKey(server.url, token),
      fetchKey(server.url, token, { method: 'PUT', body: 'x' }),
      fetchKey(server.url, `${token}x`),
      fetch(`${server.url}/v1/nowhere?token=${token}`, { headers: { authorization: token } }),
    ])
    const bodies = await Promise.all(answers.map((answer) => answer.text()))
    server.child.kill('SIGTERM')
    const { stdout, stderr } = await server.ended
    const names = await readdir(data)
    const files = await Promise.all(names.map((name) => readFile(join(data, name), 'latin1')))

    expect(answers.map(({ status }) => status)).not.toContain(200)
    expect(files.join('').length).toBeGreaterThan(1000)
    for (const text of [...bodies, stdout, stderr, ...files]) expect(text).not.toContain(secret)
  })
})
