import { type RunningServer, startServer } from '@kvasir/server'
import { afterEach, describe, expect, it } from 'vitest'
import { openApp } from '../http/open-app.ts'
import { RawSocket } from '../http/raw-socket.ts'

const running: RunningServer[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close({ graceMs: 0 })))
})

async function listen() {
  const { app, engine } = openApp()
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  running.push(server)
  return { url: server.url, engine }
}

const head = 'Host: kv.test\r\nAuthorization: Bearer shop\r\nContent-Type: application/json\r\n'
const put = 'PUT /v1/buckets/default/keys/smuggled HTTP/1.1\r\n'
const batch = 'POST /v1/batch HTTP/1.1\r\n'

describe('bytes that are not quite HTTP', () => {
  it.each([
    [
      'chunks and a length before a second request',
      `${batch}${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${put}`,
    ],
    [
      'a chunk size that overflows',
      `${batch}${head}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\n`,
    ],
    ['a chunk size with a sign', `${batch}${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`],
    [
      'a transfer encoding hidden by a tab',
      `${batch}${head}Transfer-Encoding:\tx\r\n\r\n0\r\n\r\n`,
    ],
    [
      'two transfer encodings',
      `${batch}${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n`,
    ],
    ['a header without a colon', `GET /livez HTTP/1.1\r\n${head}nocolon\r\n\r\n`],
    ['a bare return in a header', `GET /livez HTTP/1.1\r\n${head}X: a\rb\r\n\r\n`],
    ['a zero byte in the path', 'GET /li\u0000vez HTTP/1.1\r\nHost: kv.test\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/0.9', 'GET /livez\r\n\r\n'],
  ])('are refused, and what follows is not carried out: %s', async (_, bytes) => {
    const { url, engine } = await listen()
    const socket = await RawSocket.open(url)

    socket.write(bytes)
    socket.end()

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 (400|501|505) /)
    const at = { project: 'shop', bucket: 'default' }
    expect(await engine.get(at, 'smuggled')).toBeUndefined()
    expect((await fetch(`${url}/livez`)).status).toBe(200)
  })
})

describe('a connection', () => {
  it('that carries several requests at once gets their answers in order', async () => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)
    const get = (path: string) => `GET ${path} HTTP/1.1\r\n${head}`

    socket.write(
      `${get('/livez')}\r\n${get('/nowhere')}\r\n${get('/livez')}Connection: close\r\n\r\n`,
    )

    const statuses = (await socket.untilClosed()).match(/HTTP\/1\.1 \d+/g)
    expect(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200'])
  })

  it('whose client has said all it will say is still answered', async () => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)

    socket.write(`GET /livez HTTP/1.1\r\n${head}\r\n`)
    socket.end()

    expect(await socket.untilClosed()).toContain('{"status":"ok"}')
  })

  it('takes the token of the request, and not one that comes after its body', async () => {
    const { url } = await listen()
    const socket = await RawSocket.open(url)
    const chunked = 'Host: kv.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n'

    socket.write(`${batch}${chunked}0\r\nAuthorization: Bearer shop\r\n\r\n`)

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 401 /)
  })
})

describe('the headers of answers', () => {
  it.each(['/livez', '/docs', '/openapi.json', '/v1/project', '/nowhere'])(
    'keep browsers from guessing, keeping and framing: %s',
    async (path) => {
      const { url } = await listen()

      const { headers } = await fetch(`${url}${path}`, { headers: { origin: 'http://evil.test' } })

      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )
})
