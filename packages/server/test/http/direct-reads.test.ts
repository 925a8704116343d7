import { Agent, request } from 'node:http'
import { createApp, type RunningServer, startServer } from '@kvasir/server'
import fc from 'fast-check'
import type { Operation } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import type { Grant } from '../../src/auth/grant.ts'
import { createDirectReads } from '../../src/http/direct-reads.ts'
import { createMetrics } from '../../src/metrics/server-metrics.ts'
import { RawSocket } from './raw-socket.ts'

const running: RunningServer[] = []
let agent = new Agent({ keepAlive: true })

afterEach(async () => {
  agent.destroy()
  agent = new Agent({ keepAlive: true })
  await Promise.all(running.splice(0).map((server) => server.close({ graceMs: 0 })))
})

const grants: Readonly<Record<string, Grant>> = {
  shop: { id: 'shop', project: 'shop', scopes: ['read', 'write'] },
  all: { id: 'all', project: '*', scopes: ['read'] },
  writer: { id: 'writer', project: 'shop', scopes: ['write'] },
}

interface Received {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Two servers of one store: one that answers plain reads directly, one whose application does. */
async function serveBothWays() {
  const engine = openMemoryEngine()
  const verifyToken = async (token: string): Promise<Grant | undefined> => grants[token]
  const logged: object[] = []
  const logger = { info: (fields: object) => void logged.push(fields), error: () => undefined }
  const metrics = createMetrics()
  const direct = createDirectReads({
    engine,
    metrics,
    logger,
    grantOf: ({ headers }) => grants[headers.authorization?.slice('Bearer '.length) ?? ''],
  })
  const serve = async (options: object): Promise<string> => {
    const app = createApp({ engine, verifyToken, metrics })
    const server = await startServer({ app, host: '127.0.0.1', port: 0, ...options })
    running.push(server)
    return server.url
  }
  const [quick, plain] = [await serve({ direct }), await serve({})]
  const both = async (asked: Asked) => [await ask(quick, asked), await ask(plain, asked)] as const
  const bothRaw = async (text: string) =>
    [await exchange(quick, text), await exchange(plain, text)] as const
  return { engine, both, bothRaw, logged, metrics }
}

/** By `node:http`, which sends a path as it is given. */
function ask(url: string, { path, method = 'GET', headers = {} }: Asked): Promise<Received> {
  return new Promise((resolve, reject) => {
    const given = { authorization: 'Bearer shop', ...headers }
    const asking = request(url, { path, method, headers: given, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('latin1')
        resolve({ status: response.statusCode, headers: response.headers, body })
      })
    })
    asking.on('error', reject)
    asking.end()
  })
}

/** All that comes back on one connection, the lines of each head in order. */
async function exchange(url: string, text: string): Promise<string> {
  const socket = await RawSocket.open(url)
  socket.write(text)
  const received = await socket.untilClosed()
  return received.replace(/HTTP\/1\.1 \d.*?\r\n\r\n/gs, (head) => {
    const lines = head.trimEnd().split('\r\n').map(withoutChance)
    return `${lines.sort().join('\n')}\n\n`
  })
}

/** What a line of a head says, less what differs from answer to answer. */
function withoutChance(line: string): string {
  const [, name = line, value = ''] = /^([\w-]+): (.*)$/.exec(line) ?? []
  const isChance = /^(date|x-request-id)$/i.test(name)
  return `${name.toLowerCase()}: ${isChance ? value.replace(/[\da-z]/gi, '#') : value}`
}

/** What two answers to one question have in common: all but their ids and the time. */
function lasting({ status, headers, body }: Received) {
  const { 'x-request-id': id, date: _date, ...rest } = headers
  const isNamed = typeof id === 'string' && id.length === 36
  return { status, headers: rest, isNamed, body: body.replaceAll(String(id), 'id') }
}

const at = { project: 'shop', bucket: 'default' }

function put(key: string, value: Extract<Operation, { op: 'put' }>['value']): Operation {
  return { op: 'put', key, value }
}

const entries: readonly Operation[] = [
  put('plain', { kind: 'record', data: '{"a":1}' }),
  put('text', { kind: 'text', data: 'grüße, 世界 🌍' }),
  put('bytes', { kind: 'bytes', data: new Uint8Array([0, 255, 128]) }),
  put('empty', { kind: 'text', data: '' }),
  put('large', { kind: 'text', data: 'ö'.repeat(70_000) }),
  put('sets', { kind: 'record', data: '{"s":["a"]}', sets: { '/s': 'string' } }),
  { ...put('brief', { kind: 'json', data: '[1, 2]' }), expiry: { ttlMs: 60_000 } } as Operation,
  put('a:b c/ü', { kind: 'json', data: '1' }),
  put('..', { kind: 'json', data: '2' }),
  put('a=b', { kind: 'json', data: '3' }),
  put("'", { kind: 'json', data: '4' }),
  put('a?b', { kind: 'json', data: '5' }),
]

const inQuery = '/v1/buckets/default/entry'

const paths = [
  ...entries.map(({ key }) => `/v1/buckets/default/keys/${encodeURIComponent(key)}`),
  ...entries.map(({ key }) => `${inQuery}?key=${encodeURIComponent(key)}`),
  ...['', '?', '?key', '?key=', '?key=none', '?key=%zz', '?key=a:b+c/ü', '?key=a:b%20c/%C3%BC'].map(
    (query) => `${inQuery}${query.replace('ü', '%C3%BC')}`,
  ),
  ...['?key=plain&key=plain', '?key=plain&x=1', '?key=plain&envelope=true', '?key=plain#x'].map(
    (query) => `${inQuery}${query}`,
  ),
  ...['?key=a=b', "?key='", '?key=a?b', '?key=plain/', '/?key=plain', '?k%65y=plain'].map(
    (query) => `${inQuery}${query}`,
  ),
  ...['none', '%2E%2e', '.', '%zz', 'plain/', 'plain?', 'plain?envelope=true', 'plain?x=1'].map(
    (rest) => `/v1/buckets/default/keys/${rest}`,
  ),
  '/v1/buckets/other/keys/plain',
  '/v1/buckets/de%66ault/keys/plain',
  '/v1/buckets/default/keys/',
  `/v1/buckets/default/keys/${'k'.repeat(2000)}`,
]

const headers: readonly Readonly<Record<string, string>>[] = [
  {},
  { authorization: 'Bearer all', 'kvasir-project': 'shop' },
  { authorization: 'Bearer all' },
  { authorization: 'Bearer writer' },
  { authorization: 'Bearer wrong' },
  { authorization: '' },
  { 'kvasir-project': 'elsewhere' },
  { 'if-none-match': '"1"' },
  { origin: 'https://page.test' },
  { host: 'kv.test:80' },
  { connection: 'close' },
]

const requestLines = [
  ...['GET', 'HEAD'].map((method) => `${method} /v1/buckets/default/keys/plain HTTP/1.1`),
  ...['text', 'bytes', 'empty', 'large', 'sets', 'none'].map(
    (key) => `GET ${inQuery}?key=${key} HTTP/1.1`,
  ),
  'GET http://kv.test/v1/buckets/default/keys/plain HTTP/1.1',
]

const requestEnds = [
  ...['', '', '', 'Connection: keep-alive\r\n'].map((line) => `${line}\r\n`),
  'Content-Length: 2\r\n\r\n{}',
  'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
]

describe('a read that is answered directly', () => {
  it('is answered as the application answers it, whatever is asked', async () => {
    const { engine, both } = await serveBothWays()
    await engine.commit(at, entries)

    const asked = fc.record({
      path: fc.constantFrom(...paths),
      headers: fc.constantFrom(...headers),
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'DELETE'),
    })
    for (const path of paths) {
      const [direct, applied] = await both({ path })
      expect(lasting(direct), path).toEqual(lasting(applied))
    }
    await fc.assert(
      fc.asyncProperty(asked, async (question) => {
        fc.pre(question.method !== 'DELETE' || question.path.endsWith('none'))
        const [direct, applied] = await both(question)
        expect(lasting(direct)).toEqual(lasting(applied))
      }),
      { numRuns: 60 },
    )
  })

  it('is answered byte for byte as the application does, whatever comes before and after it', async () => {
    const { engine, bothRaw, logged } = await serveBothWays()
    await engine.commit(at, entries)
    const head = 'Host: kv.test\r\nAuthorization: Bearer shop\r\n'
    const last = `GET ${inQuery}?key=plain HTTP/1.1\r\n${head}Connection: close\r\n\r\n`

    const line = fc.constantFrom(...requestLines)
    const requests = fc.array(fc.tuple(line, fc.constantFrom(...requestEnds)), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(requests, async (given) => {
        const texts = given.map(([first, end]) => `${first}\r\n${head}${end}`)
        const [direct, applied] = await bothRaw(`${texts.join('')}${last}`)
        expect(direct).toBe(applied)
        expect(direct).toContain('http/1.1')
      }),
      { numRuns: 60 },
    )
    expect(logged.length).toBeGreaterThan(20)

    // After these nothing may come, or what is said of it comes at its own time.
    const path = '/v1/buckets/default/keys/plain'
    const lines = [...requestLines, `get ${path} HTTP/1.1`, `GET ${path} HTTP/1.0`]
    for (const each of lines) {
      const text = `${each}\r\n${head}Connection: close\r\nExpect: 100-continue\r\n\r\n`
      const [direct, applied] = await bothRaw(text)
      expect(direct).toBe(applied)
    }
  })

  it('is logged and counted, once, as any other', async () => {
    const { engine, both, logged, metrics } = await serveBothWays()
    await engine.commit(at, entries)

    await both({ path: '/v1/buckets/default/keys/plain' })

    const route = '/v1/buckets/:bucket/keys/:key'
    const shown = { method: 'GET', route, status: 200, project: 'shop', tokenId: 'shop' }
    expect(logged).toEqual([expect.objectContaining(shown)])
    const counted = `kvasir_http_requests_total{route="${route}",method="GET",status="200"} 2`
    expect(await metrics.write()).toContain(counted)
  })

  it('is left to the application where the value counts towards the memory for answers', async () => {
    const { engine, both, logged } = await serveBothWays()
    await engine.commit(at, entries)

    const [direct] = await both({ path: '/v1/buckets/default/keys/large' })

    expect(direct).toMatchObject({ status: 200, headers: { 'content-length': '140000' } })
    expect(logged).toEqual([])
  })

  it('is left to the application, and counted there alone, where there is nothing', async () => {
    const { both, logged, metrics } = await serveBothWays()

    await both({ path: '/v1/buckets/default/keys/none' })

    expect(logged).toEqual([])
    expect(await metrics.write()).toMatch(/status="404"} 2\n/)
  })
})
