import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createApp, createSockets, startServer } from '@kvasir/server'
import { openStore } from 'kvasir'
import { openRemoteStore } from 'kvasir/client'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { createUnixFetch } from '../../src/environment/unix-fetch.ts'
import { everything, token } from './open-remote.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function newPath(name = 'socket'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-'))
  cleanUps.push(() => rm(directory, { recursive: true }))
  return join(directory, name)
}

async function serve({ withSocket = true, name = 'socket' } = {}) {
  const path = await newPath(name)
  const common = {
    engine: openMemoryEngine(),
    verifyToken: async (given: string) => (given === token ? everything : undefined),
  }
  /** What came over the WebSocket. */
  const verbs: string[] = []
  const figures = {
    socketOpened: () => undefined,
    socketClosed: () => undefined,
    callAnswered: (verb: string) => void verbs.push(verb),
  }
  const sockets = withSocket && { sockets: createSockets({ ...common, figures }) }
  const app = createApp(common)
  const server = await startServer({ app, ...sockets, unixSocket: { path } })
  cleanUps.push(() => server.close({ graceMs: 0 }))
  return { path, verbs }
}

/** A server that is none of ours, on a Unix socket. */
async function answerWith(listener: RequestListener): Promise<typeof fetch> {
  const path = await newPath()
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  cleanUps.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return createUnixFetch(path)
}

describe('a store at unix: and a path', () => {
  it('sends small calls over the WebSocket', async () => {
    const { path, verbs } = await serve()
    const store = await openStore(`unix:${path}`, { token })

    // The first calls go by HTTP, while the WebSocket is connected.
    while (verbs.length === 0) await store.project().kv().get('a')

    expect(verbs).toEqual(['get'])
    await store.close()
  })

  it.each([
    ['the server serves no WebSocket', { withSocket: false }, {}],
    ['it is opened without one', {}, { webSocket: false }],
  ])('works where %s', async (_, served, options) => {
    const { path } = await serve(served)
    const store = await openStore(`unix:${path}`, { token, ...options })
    const kv = store.project().kv()

    await kv.set('a', 'one')

    expect(await kv.get('a')).toBe('one')
    await store.close()
  })

  it('takes a path as it is, and decodes that of a URL', async () => {
    const { path } = await serve({ name: 'a b:c%20' })
    const url = new URL(pathToFileURL(path).href.replace('file://', 'unix:'))
    const opened = [await openStore(`unix:${path}`, { token }), await openStore(url, { token })]

    for (const store of opened) {
      expect(await store.project().kv().get('a')).toBeNull()
      await store.close()
    }
  })

  it('needs a token like any other', async () => {
    const { path } = await serve()
    const store = await openStore(`unix:${path}`)

    const reading = store.project().kv().get('a')

    await expect(reading).rejects.toMatchObject({ code: 'KV_UNAUTHENTICATED' })
    await store.close()
  })

  it('watches, and ends the watch with its signal', async () => {
    const { path } = await serve()
    const store = await openStore(`unix:${path}`, { token })
    const stop = new AbortController()
    const kv = store.project().kv()
    const seen: string[] = []

    const watch = kv.watch({ signal: stop.signal })
    await watch.ready
    await kv.set('a', 1)
    for await (const change of watch) {
      if ('key' in change) seen.push(change.key)
      stop.abort()
    }

    expect(seen).toEqual(['a'])
    await store.close()
  })

  it('says what is wrong where nobody listens', async () => {
    const path = await newPath()
    const store = await openStore(`unix:${path}`, { retryMs: 0 })

    const writing = store.project().kv().set('a', 1)

    await expect(writing).rejects.toMatchObject({ code: 'KV_UNAVAILABLE', outcome: 'not-applied' })
    await expect(writing).rejects.toThrow(path)
    await store.close()
  })

  it('waits for a server that is being started', async () => {
    const path = await newPath()
    const store = await openStore(`unix:${path}`, { token })
    const reading = store.project().kv().get('a')

    const app = createApp({ engine: openMemoryEngine(), verifyToken: async () => everything })
    const server = await startServer({ app, unixSocket: { path } })
    cleanUps.push(() => server.close({ graceMs: 0 }))

    expect(await reading).toBeNull()
    await store.close()
  })

  it.each([
    ['no path', 'unix:'],
    ['a path that is too long', `unix:/tmp/${'x'.repeat(110)}`],
    ['a zero byte', 'unix:/tmp/a\0b'],
  ])('is refused with %s', async (_, location) => {
    await expect(openStore(location)).rejects.toMatchObject({ code: 'KV_INVALID_LOCATION' })
  })

  it('takes no fetch besides', async () => {
    await expect(openStore('unix:/tmp/socket', { fetch })).rejects.toMatchObject({
      code: 'KV_INVALID_ARGUMENT',
    })
  })

  it('is none for kvasir/client, which has no way there', () => {
    const open = () => openRemoteStore('unix:/tmp/socket')

    expect(open).toThrow(expect.objectContaining({ code: 'KV_INVALID_LOCATION' }))
  })
})

describe('fetch over a Unix socket', () => {
  it('sends and answers as that of Node does', async () => {
    const send = await answerWith((incoming, response) => {
      response.writeHead(201, { 'x-kind': ['a', 'b'] })
      response.write(`${incoming.method} ${incoming.url} ${incoming.headers.host} `)
      incoming.pipe(response)
    })

    const init = { method: 'PUT', body: 'hello', headers: { 'X-Given': '1' } }
    const response = await send('http://localhost/a%2Fb?c=d', init)

    expect(response.status).toBe(201)
    expect(response.headers.get('x-kind')).toBe('a, b')
    expect(await response.text()).toBe('PUT /a%2Fb?c=d localhost hello')
  })

  it('gives an answer without a body', async () => {
    const send = await answerWith((_, response) => response.writeHead(204).end())

    const response = await send('http://localhost/')

    expect(response.status).toBe(204)
    expect(response.body).toBeNull()
  })

  it.each(['before the answer', 'within it'])('ends with its signal %s', async (when) => {
    const stop = new AbortController()
    const send = await answerWith((_, response) => {
      if (when === 'within it') response.write('half')
      else stop.abort()
    })

    const reading = send('http://localhost/', { signal: stop.signal }).then((response) => {
      stop.abort()
      return response.text()
    })

    await expect(reading).rejects.toThrow()
  })

  it('fails when the connection is lost within the answer', async () => {
    const send = await answerWith((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    })
    const response = await send('http://localhost/')

    await expect(response.text()).rejects.toThrow()
  })

  it('lets the server wait for a reader that takes its time', async () => {
    const piece = 'x'.repeat(64 * 1024)
    let written = 0
    const send = await answerWith(({ url }, response) => {
      const more = (): void => {
        if (url === '/long' && written++ < 512) response.write(piece, more)
        else response.end()
      }
      more()
    })

    const response = await send('http://localhost/long')
    // What could go on by itself has done so when all of these are answered.
    for (let round = 0; round < 50; round++) await (await send('http://localhost/')).text()

    expect(written).toBeLessThan(64)
    expect((await response.arrayBuffer()).byteLength).toBe(512 * piece.length)
  })
})
