import { type ListenOptions, type RunningServer, startServer } from '@kvasir/server'
import type { Engine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { openApp } from './open-app.ts'
import { RawSocket } from './raw-socket.ts'
import { EventReader } from './read-events.ts'

const running: RunningServer[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close({ graceMs: 0 })))
})

async function listen(options: Partial<ListenOptions> & { engine?: Engine } = {}) {
  const { engine, ...rest } = options
  const { app } = openApp(engine ? { engine } : {})
  const server = await startServer({ app, host: '127.0.0.1', port: 0, ...rest })
  running.push(server)
  return server
}

const head = 'Host: kv.test\r\nAuthorization: Bearer shop\r\n'
const authorization = { authorization: 'Bearer shop' }

/** An engine whose reads wait until they are let go. */
function openWaitingEngine() {
  const engine = openMemoryEngine()
  let letGo: () => void = () => undefined
  let onAsked: () => void = () => undefined
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve
  })
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  engine.get = async () => {
    onAsked()
    await gate
    return undefined
  }
  return { engine, asked, letGo: () => letGo() }
}

describe('a request that is not HTTP as it should be', () => {
  it.each([
    [
      'two lengths',
      `POST /v1/batch HTTP/1.1\r\n${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    ],
    [
      'a length and chunks',
      `POST /v1/batch HTTP/1.1\r\n${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a length that is no number',
      `POST /v1/batch HTTP/1.1\r\n${head}Content-Length: 2x\r\n\r\n{}`,
    ],
    ['a negative length', `POST /v1/batch HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`],
    [
      'a malformed chunk',
      `POST /v1/batch HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    ],
    [
      'an unknown transfer encoding',
      `POST /v1/batch HTTP/1.1\r\n${head}Transfer-Encoding: chunked, zip\r\n\r\n`,
    ],
    ['a space before a colon', `GET /livez HTTP/1.1\r\nHost : kv.test\r\n\r\n`],
    ['a folded header', `GET /livez HTTP/1.1\r\nHost: kv.test\r\n folded: x\r\n\r\n`],
    ['a zero byte in a header', `GET /livez HTTP/1.1\r\nHost: kv.test\r\nX: a\u0000b\r\n\r\n`],
    ['no host', `GET /livez HTTP/1.1\r\n\r\n`],
    ['an unknown method', `BREW /livez HTTP/1.1\r\n${head}\r\n`],
    ['an unknown version', `GET /livez HTTP/9.9\r\n${head}\r\n`],
    ['words', `hello\r\n\r\n`],
    ['headers without end', `GET /livez HTTP/1.1\r\n${head}X: ${'x'.repeat(40_000)}\r\n\r\n`],
  ])('is refused and the connection closed: %s', async (_, request) => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)

    socket.write(request)

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 (400|431|505) /)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })

  it('is answered with a problem when the path or the host is malformed', async () => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)

    socket.write('GET /livez HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')

    expect(await socket.untilClosed()).toContain('KV_INVALID_ARGUMENT')
  })

  it('does not get past the token by climbing in the path', async () => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)
    const path = '/livez/../v1/buckets/%2e%2e/../buckets'

    socket.write(`GET ${path} HTTP/1.1\r\nHost: kv.test\r\nConnection: close\r\n\r\n`)

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 (401|404) /)
  })
})

describe('a slow client', () => {
  const timeouts = { headersMs: 100, requestMs: 200, checkingMs: 20 }

  it('is cut when its headers do not come', async () => {
    const { url } = await listen({ timeouts })
    const socket = await RawSocket.open(url)

    socket.write('GET /livez HTTP/1.1\r\nHost: kv')

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('is cut when its body does not come', async () => {
    const { url } = await listen({ timeouts })
    const socket = await RawSocket.open(url)
    const type = 'Content-Type: application/json\r\n'

    socket.write(`POST /v1/batch HTTP/1.1\r\n${head}${type}Content-Length: 99\r\n\r\n{"ope`)

    expect(await socket.untilClosed()).toMatch(/^(HTTP\/1\.1 4\d\d |$)/)
  })

  it('may watch for longer than a request may take', async () => {
    const { url } = await listen({ timeouts })
    const response = await fetch(`${url}/v1/buckets/default/watch`, { headers: authorization })
    const events = new EventReader(response)
    await events.next()
    const slow = await RawSocket.open(url)
    slow.write('GET /livez HTTP/1.1\r\nHost: kv')
    await slow.untilClosed() // By now the time of every request of before is up.

    await fetch(`${url}/v1/buckets/default/keys/a`, {
      method: 'PUT',
      body: '1',
      headers: { ...authorization, 'content-type': 'application/json' },
    })

    expect(await events.next()).toMatchObject({ event: 'put', data: { key: 'a' } })
    await events.cancel()
  })
})

describe('a body that is cut off', () => {
  it('changes nothing', async () => {
    const engine = openMemoryEngine()
    const { url } = await listen({ engine })
    const socket = await RawSocket.open(url)
    const target = 'PUT /v1/buckets/default/keys/a HTTP/1.1\r\n'

    socket.write(`${target}${head}Content-Type: text/plain\r\nContent-Length: 99\r\n\r\nhalf`)
    socket.end()
    await socket.untilClosed()

    const got = await fetch(`${url}/v1/buckets/default/keys/a`, { headers: authorization })
    expect(got.status).toBe(404)
  })
})

describe('a body that is too large', () => {
  it('is refused before it is sent', async () => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)
    const target = 'PUT /v1/buckets/default/keys/a HTTP/1.1\r\n'
    const type = 'Content-Type: application/octet-stream\r\n'

    socket.write(`${target}${head}${type}Content-Length: 999999999\r\n\r\n`)

    expect(await socket.until('KV_TOO_LARGE')).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })
})

describe('a port that is in use', () => {
  it('is an error that says so', async () => {
    const { url } = await listen()
    const port = Number(new URL(url).port)

    await expect(listen({ port })).rejects.toMatchObject({ code: 'KV_PORT_IN_USE' })
  })

  it('cannot be told from an address that is not ours by anything but the code', async () => {
    await expect(listen({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'KV_INVALID_ARGUMENT',
    })
  })
})

describe('shutting down', () => {
  it('lets a request finish that is under way, and takes no more', async () => {
    const { engine, asked, letGo } = openWaitingEngine()
    const { url, close } = await listen({ engine })
    const answer = fetch(`${url}/v1/buckets/default/keys/a`, { headers: authorization })
    await asked

    const closed = close({ graceMs: 60_000 })
    const tryAgain = () =>
      fetch(`${url}/livez`).then(
        () => 'taken',
        () => 'refused',
      )
    await expect.poll(tryAgain).toBe('refused')
    letGo()

    expect((await answer).status).toBe(404)
    expect((await answer).headers.get('connection')).toBe('close')
    await closed
  })

  it('ends watches in peace', async () => {
    const { url, close } = await listen()
    const response = await fetch(`${url}/v1/buckets/default/watch`, { headers: authorization })
    const events = new EventReader(response)
    await events.next()

    await close({ graceMs: 60_000 })

    expect(await events.block()).toBe('retry: 2000')
    expect(await events.block()).toBeUndefined()
  })

  it('cuts what is still there when the grace is over', async () => {
    const { engine, asked } = openWaitingEngine()
    const { url, close } = await listen({ engine })
    const answer = fetch(`${url}/v1/buckets/default/keys/a`, { headers: authorization })
    answer.catch(() => undefined)
    await asked

    await close({ graceMs: 10 })

    await expect(answer).rejects.toThrow()
  })

  it('says on a connection that is still open that it is not ready', async () => {
    const { engine, asked, letGo } = openWaitingEngine()
    const { url, close } = await listen({ engine })
    const socket = await RawSocket.open(url)
    socket.write(`GET /v1/buckets/default/keys/a HTTP/1.1\r\n${head}\r\n`)
    socket.write('GET /readyz HTTP/1.1\r\nHost: kv.test\r\n\r\n')
    await asked

    const closed = close({ graceMs: 60_000 })
    letGo()

    const received = await socket.untilClosed()
    expect(received).toMatch(/^HTTP\/1\.1 404 /)
    await closed
  })
})
