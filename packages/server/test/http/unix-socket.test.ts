import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ListenOptions, type RunningServer, startServer } from '@kvasir/server'
import { openStore } from 'kvasir'
import { afterEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/metrics/server-metrics.ts'
import { openApp } from './open-app.ts'

const cleanUps: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function newPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-'))
  cleanUps.push(() => rm(directory, { recursive: true }))
  return join(directory, 'socket')
}

async function listen(options: Partial<ListenOptions>): Promise<RunningServer> {
  const server = await startServer({ app: openApp().app, ...options })
  cleanUps.push(() => server.close({ graceMs: 0 }))
  return server
}

/** What is found at a path: its permissions, or nothing. */
async function modeAt(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found && found.mode & 0o777
}

/** The status of an answer to a request on a connection of its own. */
function ask(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: path, path: '/livez', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asking.on('error', reject)
    asking.end()
  })
}

describe('a server on a Unix socket', () => {
  it('says its address as openStore takes it', async () => {
    const path = await newPath()
    const server = await listen({ unixSocket: { path } })
    const store = await openStore(server.url, { token: 'shop' })

    await store.project().kv().set('a', 1)

    expect(server).toMatchObject({ url: `unix:${path}`, unixUrl: `unix:${path}` })
    expect(await store.project().kv().get('a')).toBe(1)
    await store.close()
  })

  it('answers on a port as well where it is given one', async () => {
    const path = await newPath()
    const server = await listen({ unixSocket: { path }, host: '127.0.0.1', port: 0 })

    expect(server.unixUrl).toBe(`unix:${path}`)
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await ask(path)).toBe(200)
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  })

  it('is for its own user alone, whatever the process makes otherwise', async () => {
    const path = await newPath()
    const umask = process.umask(0)
    cleanUps.push(async () => void process.umask(umask))

    await listen({ unixSocket: { path } })

    expect(await modeAt(path)).toBe(0o600)
    expect(process.umask()).toBe(0)
  })

  it('has the permissions that it is given', async () => {
    const path = await newPath()

    await listen({ unixSocket: { path, mode: 0o666 } })

    expect(await modeAt(path)).toBe(0o666)
  })

  it.each([
    ['alone', {}],
    ['with a port', { port: 0 }],
  ])('leaves no file when it is closed: %s', async (_, options) => {
    const path = await newPath()
    const server = await listen({ unixSocket: { path }, ...options })
    await ask(path)

    await server.close({ graceMs: 1000 })

    expect(await modeAt(path)).toBeUndefined()
    await expect(ask(path)).rejects.toThrow('ENOENT')
  })

  it('counts its clients as those of one address', async () => {
    const path = await newPath()
    await listen({ unixSocket: { path }, port: 0, limits: { connectionsPerAddressMax: 1 } })
    const first = connect(path)
    cleanUps.push(async () => void first.destroy())
    await new Promise((resolve) => first.once('connect', resolve))

    await expect.poll(() => ask(path)).toBe(429)
  })

  it('cuts a client that does not read, and serves the others', async () => {
    const path = await newPath()
    const long = 'x'.repeat(1024 * 1024)
    const app = { fetch: () => new Response(long) }
    const metrics = createMetrics()
    const cut = new Promise<string>((resolve) => {
      metrics.connectionCut = resolve
    })
    const timeouts = { stallMs: 100, checkingMs: 20 }
    await listen({ app, unixSocket: { path }, timeouts, figures: metrics })
    const slow = connect(path)

    slow.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(8))

    expect(await cut).toBe('slow-reader')
    expect(await ask(path)).toBe(200)
  })
})

describe('a path for a Unix socket', () => {
  it('is refused while another server listens there, which goes on', async () => {
    const path = await newPath()
    await listen({ unixSocket: { path } })

    const second = listen({ unixSocket: { path } })

    await expect(second).rejects.toMatchObject({ code: 'KV_PORT_IN_USE' })
    await expect(second).rejects.toThrow(path)
    expect(await ask(path)).toBe(200)
  })

  it('is refused with the port closed again, where a server was to have both', async () => {
    const path = await newPath()
    await listen({ unixSocket: { path } })
    const { url, close } = await listen({ port: 0 })
    const port = Number(new URL(url).port)
    await close({ graceMs: 0 })

    await expect(listen({ unixSocket: { path }, port })).rejects.toThrow(path)

    await expect(listen({ port })).resolves.toMatchObject({ url })
  })

  it('is refused when a file is there, which stays', async () => {
    const path = await newPath()
    await writeFile(path, 'a letter')

    const listening = listen({ unixSocket: { path } })

    await expect(listening).rejects.toMatchObject({ code: 'KV_INVALID_ARGUMENT' })
    expect((await stat(path)).size).toBe(8)
  })

  it('is refused when its directory is not there', async () => {
    const path = join(await newPath(), 'nowhere')

    await expect(listen({ unixSocket: { path } })).rejects.toMatchObject({
      code: 'KV_INVALID_ARGUMENT',
      message: expect.stringContaining(path),
    })
  })

  it('is refused when it is longer than a socket may have', async () => {
    const path = `${await newPath()}${'x'.repeat(108)}`

    await expect(listen({ unixSocket: { path } })).rejects.toMatchObject({
      code: 'KV_INVALID_ARGUMENT',
      details: { pathBytes: path.length, pathBytesMax: expect.any(Number) },
    })
  })

  it.each(['', 'a\0b'])('is refused when it is none: %j', async (path) => {
    await expect(listen({ unixSocket: { path } })).rejects.toMatchObject({
      code: 'KV_INVALID_ARGUMENT',
    })
  })
})
