import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { kvasir, newDataDirectory, startKvasir } from './command-harness.ts'

/** Serves in this process until the test is over. */
async function serve(argv: readonly string[]) {
  const stop = new AbortController()
  const serving = startKvasir(['serve', '--port', '0', ...argv], { signal: stop.signal })
  onTestFinished(async () => {
    stop.abort()
    await serving.ended
  })
  await serving.stdout.until('\n')
  const [url = ''] = /http:\/\/[^\s"]+/.exec(serving.stdout.text) ?? []
  return { ...serving, url, stop: () => stop.abort() }
}

/** As a browser sends it; `fetch` would not let a test choose the host. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/buckets/default/purge`, { method: 'POST', headers })
    sent.once('error', reject).once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.end()
  })
}

describe('kvasir serve', () => {
  it('says where it listens on stdout, and ends with 0 when told to stop', async () => {
    const { url, stop, ended, stdout, stderr } = await serve(['--data', await newDataDirectory()])

    const alive = await fetch(`${url}/livez`)
    stop()

    expect(alive.status).toBe(200)
    expect(await ended).toBe(0)
    expect(stdout.text).toBe(`listening on ${url}\n`)
    expect(stderr.text).toContain('Stopping')
    await expect(fetch(`${url}/livez`)).rejects.toThrow()
  })

  it('says it as JSON with --json', async () => {
    const { stdout, url } = await serve(['--data', 'memory:', '--json'])

    expect(JSON.parse(stdout.text)).toEqual({ url })
  })

  it('says how to make a token while there is none', async () => {
    const data = await newDataDirectory()
    const first = await serve(['--data', data])
    await first.stderr.until('kvasir token create --data')
    await kvasir(['token', 'create', '--data', data])

    const second = await serve(['--data', data])
    second.stop()

    expect(await second.ended).toBe(0)
    expect(second.stderr.text).not.toContain('token create')
  })

  it('prints a token for a store in memory, which no other process can give one', async () => {
    const { url, stderr } = await serve(['--data', 'memory:'])
    await stderr.until('\n')
    const [token = ''] = /kv_\S+/.exec(stderr.text) ?? []
    const there = ['--url', url, '--token', token]

    await kvasir(['set', 'greeting', 'hello', '--project', 'shop', ...there])

    expect(await kvasir(['get', 'greeting', '--project', 'shop', ...there])).toMatchObject({
      stdout: 'hello\n',
    })
    expect(await kvasir(['get', 'greeting', ...there])).toMatchObject({ exitCode: 3 })
  })

  it('logs a line per request with --log-level info, without token, key and value', async () => {
    const { url, stderr } = await serve(['--data', 'memory:', '--log-level', 'info'])
    await stderr.until('\n')
    const [token = ''] = /kv_\S+/.exec(stderr.text) ?? []

    await kvasir(['set', 'secret-key', 'secret-value', '--url', url, '--token', token])
    await stderr.until('"status":')

    const [, ...lines] = stderr.text.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 30, method: 'POST' }])
    expect(lines.join('')).not.toMatch(/kv_|secret-/)
  })
})

describe('kvasir serve --no-auth', () => {
  it('asks for no token', async () => {
    const { url, stderr } = await serve(['--data', 'memory:', '--no-auth'])
    await stderr.until('without a token')

    await kvasir(['set', 'greeting', 'hello', '--url', url])

    expect(await kvasir(['get', 'greeting', '--url', url])).toMatchObject({ stdout: 'hello\n' })
  })

  it.each(['0.0.0.0', '::', '192.168.1.2', 'localhost.example.com', '127.0.0.1.example.com'])(
    'is refused on %s',
    async (host) => {
      const argv = ['serve', '--data', 'memory:', '--no-auth', '--host', host]

      const { exitCode, stdout, stderr } = await kvasir(argv)

      expect(exitCode).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toContain(host)
    },
  )

  const answers: readonly { headers: Readonly<Record<string, string>>; status: number }[] = [
    { headers: {}, status: 200 },
    { headers: { origin: 'http://localhost:3000' }, status: 200 },
    { headers: { origin: 'https://evil.example' }, status: 403 },
    { headers: { origin: 'https://localhost.evil.example' }, status: 403 },
    { headers: { origin: 'null' }, status: 403 },
    { headers: { host: 'evil.example' }, status: 403 },
  ]

  it.each(answers)('answers a request with $headers with $status', async ({ headers, status }) => {
    const { url } = await serve(['--data', 'memory:', '--no-auth'])

    expect(await statusOf(url, headers)).toBe(status)
  })
})

describe('kvasir serve on data that it cannot use', () => {
  it.each([
    { what: 'a file', file: '', content: 'x', exitCode: 2, code: 'KV_INVALID_LOCATION' },
    { what: 'damaged', file: '/kvasir.json', content: '?', exitCode: 1, code: 'KV_CORRUPT' },
    {
      what: 'too new',
      file: '/kvasir.json',
      content: '{"store":"kvasir","format":99}',
      exitCode: 1,
      code: 'KV_FORMAT_TOO_NEW',
    },
  ])('ends with $exitCode where it is $what', async ({ file, content, exitCode, code }) => {
    const data = await newDataDirectory()
    if (file !== '') await mkdir(data)
    await writeFile(data + file, content)

    const ended = await kvasir(['serve', '--port', '0', '--data', data])

    expect(ended).toMatchObject({ exitCode, stdout: '' })
    expect(ended.stderr).toContain(code)
  })

  it('ends with 1 where the port is taken', async () => {
    const { url } = await serve(['--data', 'memory:'])

    const { port } = new URL(url)
    const ended = await kvasir(['serve', '--data', 'memory:', '--port', port])

    expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
    expect(ended.stderr).toContain('KV_PORT_IN_USE')
  })
})
