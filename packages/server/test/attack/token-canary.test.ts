import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTokenStore } from '@kvasir/server'
import { openEngine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { kvasir, newDataDirectory } from '../cli/command-harness.ts'
import { startServing } from '../cli/process-harness.ts'
import { openApp } from '../http/open-app.ts'
import { RawSocket } from '../http/raw-socket.ts'
import { SocketClient } from '../socket/socket-client.ts'

async function createToken(data: string): Promise<string> {
  const engine = await openEngine(data)
  const scopes = ['read', 'write', 'admin', 'metrics'] as const
  const { token } = await createTokenStore(engine).create({ project: '*', scopes })
  await engine.close()
  return token
}

/** Requests of every kind that carry a token, of which some put it where it does not belong. */
async function useToken(url: string, token: string): Promise<string[]> {
  const json = { 'content-type': 'application/json' }
  const requests: [path: string, init?: RequestInit][] = [
    ['/v1/buckets/default/entry?key=a', { method: 'PUT', body: '1', headers: json }],
    ['/v1/buckets/default/entry?key=a'],
    ['/v1/buckets/default/keys'],
    ['/v1/buckets/nowhere/entry?key=a'],
    ['/v1/batch', { method: 'POST', body: '{"operations":', headers: json }],
    ['/v1/batch', { method: 'POST', body: '{"operations":[{"op":"brew"}]}', headers: json }],
    ['/v1/functions/kv-key-get', { method: 'POST', body: '{}', headers: json }],
    ['/mcp', { method: 'POST', body: '{}', headers: json }],
    ['/v1/buckets/default/entry?key=a', { headers: { 'if-none-match': token } }],
    [`/v1/buckets/default/entry?key=a&token=${token}`],
    [`/v1/${token}`],
    ['/v1/project', { headers: { authorization: `Basic ${token}` } }],
    ['/v1/project', { headers: { authorization: `Bearer ${token}x` } }],
    ['/v1/project', { headers: { cookie: `token=${token}`, 'x-request-id': `${token}` } }],
    ['/metrics'],
  ]
  const texts: string[] = []
  for (const [path, init = {}] of requests) {
    const headers = { authorization: `Bearer ${token}`, ...init.headers }
    const response = await fetch(url + path, { ...init, headers })
    texts.push(`${[...response.headers].join()} ${await response.text()}`)
  }
  texts.push(...(await useOnSocket(url, token)))
  const raw = await RawSocket.open(url)
  raw.write(`GET /${token} HTTP/1.1\r\nAuthorization : Bearer ${token}\r\n\r\n`)
  texts.push(await raw.untilClosed())
  return texts
}

/** What a socket answers to one that carries the token, also where it does not belong. */
async function useOnSocket(url: string, token: string): Promise<string[]> {
  const client = await SocketClient.greeted(url, token)
  await client.ask('put', ['default', 'default', 'id', 'socket', 'text', null], 'x')
  await client.ask('get', ['default', 'nowhere', 'a'])
  await client.ask(`verb-${token}`.slice(0, 5), [])
  await client.ask('put', ['default', 'default', 'id', 'a', 'text', -1], 'x')
  const wrong = await SocketClient.greeted(url, `${token}x`)
  await wrong.reply(0)
  const texts = [...client.replies, ...wrong.replies].map((reply) => JSON.stringify(reply))
  client.close()
  wrong.close()
  return texts
}

/** Where the secret stands. */
function placesOf(secret: string, texts: Readonly<Record<string, string | string[]>>): string[] {
  const pieces = Object.entries(texts).flatMap(([place, text]) =>
    [text].flat().map((piece, index) => ({ place: `${place} ${index}`, piece })),
  )
  return pieces.filter(({ piece }) => piece.includes(secret)).map(({ place }) => place)
}

async function commandLineOf(pid: number | undefined): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
}

describe('a token that is used for everything', () => {
  it('shows in no log, figure, file, answer or argument of the server', async () => {
    const data = await newDataDirectory()
    const token = await createToken(data)
    const secret = token.slice(3)
    const server = await startServing(data, ['--log-level', 'info'])

    const answers = await useToken(server.url, token)
    const there = { env: { KVASIR_URL: server.url, KVASIR_TOKEN: token } }
    const commands = [
      await kvasir(['set', 'greeting', 'hello'], there),
      await kvasir(['get', 'greeting', '--json'], there),
      await kvasir(['get', 'greeting', '--bucket', 'nowhere'], there),
      await kvasir(['token', 'list', '--json', '--data', data]),
      await kvasir(['token', 'revoke', token, '--data', data]),
    ]
    const commandLine = await commandLineOf(server.child.pid)
    server.child.kill('SIGTERM')
    const { stdout, stderr } = await server.ended
    const names = await readdir(data)
    const files = await Promise.all(names.map((name) => readFile(join(data, name), 'latin1')))

    const written = commands.map((command) => command.stdout + command.stderr)
    expect(placesOf(secret, { answers, written, commandLine, stdout, stderr, files })).toEqual([])
    expect(stderr.split('\n').length).toBeGreaterThan(15)
    expect(files.join('').length).toBeGreaterThan(1000)
    expect(answers.join()).toContain('kvasir_http_requests_total')
    expect(stderr).toContain('socket closed')
  })
})

describe('the search for a token', () => {
  it('finds one that a server logs', async () => {
    const lines: string[] = []
    const logger = pino({ level: 'trace' }, { write: (line) => lines.push(line) })
    const { app } = openApp({ logger })
    const careless = async (request: Request) => {
      logger.info({ headers: Object.fromEntries(request.headers) }, 'request')
      return app.fetch(request)
    }

    const headers = { authorization: 'Bearer kv_canary' }
    await careless(new Request('http://kv.test/v1/project', { headers }))

    expect(placesOf('kv_canary', { lines })).toEqual(['lines 0'])
  })
})

describe('the log', () => {
  const hostile = 'a\r\n{"level":30,"msg":"forged"}\u001b[31m'

  function openLogged(engine = openMemoryEngine()) {
    const lines: string[] = []
    const logger = pino({ level: 'trace' }, { write: (line) => lines.push(line) })
    return { ...openApp({ engine, logger }), lines }
  }

  it('has one line of JSON for every request, whatever its key, method and names hold', async () => {
    const { request, lines } = openLogged()
    const encoded = encodeURIComponent(hostile)

    await request(`/v1/buckets/default/entry?key=${encoded}`)
    await request(`/v1/buckets/${encoded}/keys/${encoded}`)
    await request(`/${encoded}`, { headers: { 'x-request-id': 'x\u001b[31m'.slice(0, 1) } })

    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ msg: 'request' })
      expect(line.trimEnd()).toMatch(/^[\x20-\x7e]+$/)
      expect(line).not.toContain('forged')
    }
  })

  it('tells of a failure inside in one line of JSON, and has no token in it', async () => {
    const engine = openMemoryEngine()
    engine.get = async () => {
      throw new Error(hostile)
    }
    const { app, lines } = openLogged(engine)
    const headers = { authorization: 'Bearer shop' }

    const response = await app.request('/v1/buckets/default/entry?key=a', { headers })

    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('forged')
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      JSON.parse(line)
      expect(line.trimEnd()).toMatch(/^[\x20-\x7e]+$/)
      expect(line).not.toContain('Bearer')
    }
  })
})
