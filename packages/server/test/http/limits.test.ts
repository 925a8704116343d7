import {
  BodyBudget,
  type ListenOptions,
  type RunningServer,
  StreamCount,
  startServer,
} from '@kvasir/server'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { networkOf } from '../../src/http/network-of.ts'
import { Progress } from '../../src/http/progress.ts'
import { openApp, problemOf } from './open-app.ts'
import { RawSocket } from './raw-socket.ts'

const running: RunningServer[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close({ graceMs: 0 })))
})

async function listen(options: Partial<ListenOptions> = {}) {
  const engine = openMemoryEngine()
  const { app } = openApp({ engine })
  const server = await startServer({ app, host: '127.0.0.1', port: 0, ...options })
  running.push(server)
  return { ...server, engine }
}

const head = 'Host: kv.test\r\nAuthorization: Bearer shop\r\n'
const quick = { stallMs: 200, checkingMs: 20 }

describe('a server with as many connections as it takes', () => {
  it('answers a further one 503 and says when to come back', async () => {
    const { url } = await listen({ limits: { connectionsMax: 1 } })
    const first = await RawSocket.open(url)
    first.write('GET /livez HTTP/1.1\r\nHost: kv.test\r\n\r\n')
    await first.until('ok')

    const second = await RawSocket.open(url)

    const answer = await second.untilClosed()
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(answer).toMatch(/retry-after: \d/)
    expect(answer).toContain('KV_UNAVAILABLE')
    first.destroy()
  })

  it('answers 429 when it is one address that has them', async () => {
    const { url } = await listen({ limits: { connectionsPerAddressMax: 1 } })
    const first = await RawSocket.open(url)
    first.write('GET /livez HTTP/1.1\r\nHost: kv.test\r\n\r\n')
    await first.until('ok')

    const second = await RawSocket.open(url)

    expect(await second.untilClosed()).toMatch(/^HTTP\/1\.1 429 [\s\S]*KV_TOO_MANY_REQUESTS/)
    first.destroy()
  })

  it('carries out nothing that comes on the further one', async () => {
    const { url, engine } = await listen({ limits: { connectionsMax: 1 } })
    const first = await RawSocket.open(url)
    first.write('GET /livez HTTP/1.1\r\nHost: kv.test\r\n\r\n')
    await first.until('ok')

    const second = await RawSocket.open(url)
    const type = 'Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx'
    second.write(`PUT /v1/buckets/default/keys/a HTTP/1.1\r\n${head}${type}`)
    await second.untilClosed()

    expect(await engine.get({ project: 'shop', bucket: 'default' }, 'a')).toBeUndefined()
    first.destroy()
  })

  it('takes one again as soon as another has gone', async () => {
    const { url } = await listen({ limits: { connectionsMax: 1 } })
    const first = await RawSocket.open(url)
    first.write('GET /livez HTTP/1.1\r\nHost: kv.test\r\nConnection: close\r\n\r\n')
    await first.untilClosed()

    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })
})

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1:2:3:4', 'fe80:0:0:0'],
  ])('is counted as its network: %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('a transfer', () => {
  it('has made no progress for as long as too little came', () => {
    const progress = new Progress(100)
    const note = (bytes: number, isAwaited = true) =>
      progress.note({ isAwaited, bytes, elapsedMs: 10 })

    expect([note(0), note(50), note(99)]).toEqual([10, 20, 30])
    expect([note(100), note(100), note(150)]).toEqual([0, 10, 20])
    expect([note(150, false), note(200)]).toEqual([0, 10])
  })
})

describe('a client that keeps the server waiting', () => {
  it('is answered 408 and cut when its body does not go on', async () => {
    const { url, engine } = await listen({ timeouts: quick })
    const socket = await RawSocket.open(url)
    const type = 'Content-Type: text/plain\r\nContent-Length: 99\r\n\r\nhalf'

    socket.write(`PUT /v1/buckets/default/keys/a HTTP/1.1\r\n${head}${type}`)

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*KV_TIMEOUT/)
    expect(await engine.get({ project: 'shop', bucket: 'default' }, 'a')).toBeUndefined()
  })

  it('is cut when it takes nothing of its answer', async () => {
    const { url, engine } = await listen({ timeouts: quick })
    const value = { kind: 'bytes', data: new Uint8Array(16 * 1024 * 1024) } as const
    await engine.commit({ project: 'shop', bucket: 'default' }, [{ op: 'put', key: 'a', value }])
    const socket = await RawSocket.open(url, { isReading: false })

    socket.write(`GET /v1/buckets/default/keys/a HTTP/1.1\r\n${head}\r\n`)
    await socket.untilReset()

    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })

  it('gets a large answer whole, byte for byte, when it reads', async () => {
    const { url, engine } = await listen({ timeouts: quick })
    const data = Uint8Array.from({ length: 5_000_001 }, (_, index) => index % 251)
    const value = { kind: 'bytes', data } as const
    await engine.commit({ project: 'shop', bucket: 'default' }, [{ op: 'put', key: 'a', value }])

    const response = await fetch(`${url}/v1/buckets/default/keys/a`, {
      headers: { authorization: 'Bearer shop' },
    })

    expect(response.headers.get('content-length')).toBe('5000001')
    expect(Buffer.compare(new Uint8Array(await response.arrayBuffer()), data)).toBe(0)
  })
})

describe('headers that are too long', () => {
  it('are answered 431 with a problem', async () => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)

    socket.write(`GET /v1/buckets/${'x'.repeat(20_000)} HTTP/1.1\r\n${head}\r\n`)

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 431 [\s\S]*KV_TOO_LARGE/)
  })
})

describe('streams of events', () => {
  const watch = '/v1/buckets/default/watch'

  it('are refused with 429 beyond what one project may have, and not to others', async () => {
    const { request } = openApp({ streams: new StreamCount({ streamsPerProjectMax: 1 }) })
    const first = await request(watch)

    const second = await request(watch)
    const subject = await request('/v1/subjects/orders')
    const other = await request(watch, { headers: { authorization: 'Bearer other' } })

    expect([first.status, second.status, subject.status, other.status]).toEqual([
      200, 429, 429, 200,
    ])
    expect(second.headers.get('retry-after')).toBe('2')
    expect(await problemOf(second)).toMatchObject({ code: 'KV_TOO_MANY_REQUESTS' })
    await Promise.all([first.body?.cancel(), other.body?.cancel()])
  })

  it('are refused with 503 beyond what the server takes', async () => {
    const { request } = openApp({ streams: new StreamCount({ streamsMax: 1 }) })
    const first = await request(watch)

    const second = await request(watch, { headers: { authorization: 'Bearer other' } })

    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await problemOf(second)).toMatchObject({ code: 'KV_UNAVAILABLE' })
    await first.body?.cancel()
  })

  it('make room once they end, and when they could not begin', async () => {
    const { request } = openApp({ streams: new StreamCount({ streamsMax: 1 }) })
    const first = await request(watch)
    await first.body?.cancel()

    const failed = await request('/v1/buckets/nowhere/watch')
    const again = await request(watch)

    expect([failed.status, again.status]).toEqual([404, 200])
    await again.body?.cancel()
  })
})

describe('bodies that come in at the same time', () => {
  const headers = { 'content-type': 'text/plain' }
  const put = { method: 'PUT', headers, duplex: 'half' } as const
  const path = '/v1/buckets/default/keys/a'
  const large = 'x'.repeat(80_000)

  it('are refused with 503 beyond the memory for them, the small ones not', async () => {
    const { request } = openApp({ bodies: new BodyBudget(100_000) })
    const slow = new TransformStream<Uint8Array, Uint8Array>()
    const writer = slow.writable.getWriter()
    const first = request(path, { ...put, body: slow.readable })
    await writer.write(Buffer.from(large))
    await writer.ready

    const second = await request(path, { ...put, body: new Blob([large]).stream() })
    const small = { 'content-length': '1', ...headers }
    const third = await request(path, { ...put, body: 'x', headers: small })
    await writer.close()
    const answered = (await first).status
    const again = await request(path, { ...put, body: new Blob([large]).stream() })

    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await problemOf(second)).toMatchObject({ outcome: 'not-applied' })
    expect([third.status, answered, again.status]).toEqual([201, 200, 200])
  })

  it('are refused with 413 where one alone is more than the memory for all', async () => {
    const { request } = openApp({ bodies: new BodyBudget(70_000) })
    const announced = { 'content-length': String(large.length), ...headers }

    const known = await request(path, { ...put, body: large, headers: announced })
    const unknown = await request(path, { ...put, body: new Blob([large]).stream() })

    for (const refused of [known, unknown]) {
      expect(refused.status).toBe(413)
      expect(await problemOf(refused)).toMatchObject({ details: { bytesMax: 70_000 } })
    }
  })
})
