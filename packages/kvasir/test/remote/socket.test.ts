import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createApp, createSockets, startServer } from '@kvasir/server'
import { KvasirError } from 'kvasir'
import { createStore, type Engine, type StoredValue } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWebSocket } from '../../src/engines/remote/connect-web-socket.ts'
import {
  openRemoteEngine,
  type RemoteEngineOptions,
} from '../../src/engines/remote/open-remote-engine.ts'
import type { ConnectSocket } from '../../src/engines/remote/socket-connection.ts'
import { connectWs } from '../../src/environment/connect-ws.ts'
import { everything, token } from './open-remote.ts'
import { openTcpProxy, repeatableRandom } from './tcp-proxy.ts'

const at = { project: 'default', bucket: 'default' }

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

interface ServeOptions {
  readonly engine?: Engine
  readonly losesReply?: () => boolean
}

async function serve({ engine = openMemoryEngine(), losesReply }: ServeOptions = {}) {
  const common = { engine, verifyToken: async () => everything }
  const app = createApp(common)
  const sockets = createSockets(common)
  const server = await startServer({ app, sockets, host: '127.0.0.1', port: 0 })
  cleanUps.push(() => server.close({ graceMs: 0 }))
  const proxy = await openTcpProxy(server.url, losesReply)
  cleanUps.push(() => proxy.close())
  return { server, proxy, url: proxy.url }
}

/** Connects like `connect`, and counts what goes through. */
function counting(connect: ConnectSocket) {
  const counts = { connections: 0, sent: 0, received: 0 }
  let onReceived: () => void = () => undefined
  const webSocket: ConnectSocket = async (url, { protocol, events }) => {
    counts.connections++
    const socket = await connect(url, {
      protocol,
      events: {
        ...events,
        received(frame) {
          counts.received++
          events.received(frame)
          onReceived()
        },
      },
    })
    const send = socket.send.bind(socket)
    return Object.assign(Object.create(socket) as typeof socket, {
      send(frame: Uint8Array) {
        counts.sent++
        send(frame)
      },
    })
  }
  const whenReceived = () =>
    new Promise<void>((resolve) => {
      onReceived = resolve
    })
  return { counts, webSocket, whenReceived }
}

/** An engine that is on its socket already. */
async function openOnSocket(url: string, options: RemoteEngineOptions = {}) {
  const counted = counting(options.webSocket || connectWs)
  const opened = counted.whenReceived()
  const engine = openRemoteEngine(url, { token, ...options, webSocket: counted.webSocket })
  cleanUps.push(() => engine.close())
  await engine.get(at, 'none')
  await opened
  return { engine, ...counted }
}

const kvOf = (engine: Engine) => createStore(engine).project().kv()

describe('calls over the socket', () => {
  it('travel as one frame when they are made in one turn', async () => {
    const { engine, counts } = await openOnSocket((await serve()).url)
    const kv = kvOf(engine)
    const before = counts.sent

    await Promise.all(Array.from({ length: 64 }, (_, index) => kv.set(`key-${index}`, index)))

    expect(counts.sent - before).toBe(1)
    expect(await kv.get('key-63')).toBe(63)
  })

  it('travel as several frames when they are large, and arrive whole', async () => {
    const { engine, counts } = await openOnSocket((await serve()).url)
    const kv = kvOf(engine)
    const before = counts.sent
    const text = 'ä'.repeat(1_000_000)

    await Promise.all(Array.from({ length: 20 }, (_, index) => kv.set(`key-${index}`, text)))

    expect(counts.sent - before).toBeGreaterThan(2)
    expect(await kv.get('key-19')).toBe(text)
  })

  it('are pages, histories and what buckets are as well', async () => {
    const { engine, counts } = await openOnSocket((await serve()).url)
    await kvOf(engine).set('a', 1)
    const before = counts.sent

    const [page, history, bucket, buckets] = [
      await engine.list(at, { order: 'key', limit: 10 }),
      await engine.history(at, 'a'),
      await engine.getBucket(at),
      await engine.listBuckets('default', { limit: 10 }),
    ]

    expect(counts.sent - before).toBe(4)
    expect(page).toMatchObject({ entries: [{ key: 'a', value: { data: '1' } }], hasMore: false })
    expect(history).toMatchObject([{ kind: 'put', entry: { key: 'a', revision: 1 } }])
    expect(bucket).toMatchObject({ name: 'default', keys: 1 })
    expect(buckets).toEqual({ buckets: [bucket], hasMore: false })
  })

  it('go by HTTP until there is room, where the server has none for a page', async () => {
    const memory = openMemoryEngine()
    const { engine } = await openOnSocket((await serve({ engine: memory })).url)
    const list = memory.list.bind(memory)
    let asked = 0
    memory.list = (...given) => {
      asked++
      if (asked < 3) throw new KvasirError('KV_UNAVAILABLE', 'No room.')
      return list(...given)
    }

    const page = await engine.list(at, { order: 'key', limit: 10 })

    expect(page).toEqual({ entries: [], hasMore: false })
    expect(asked).toBe(3)
  })

  it('go by the WebSocket of the runtime, too', async () => {
    const original = globalThis.WebSocket
    const { WebSocket } = await import('ws')
    // What browsers and newer Node versions have; `ws` offers the same interface.
    globalThis.WebSocket = WebSocket as unknown as typeof globalThis.WebSocket
    try {
      const options = { webSocket: connectWebSocket }
      const { engine, counts } = await openOnSocket((await serve()).url, options)
      const kv = kvOf(engine)

      await kv.set('greeting', { text: 'hello' })

      expect(await kv.get('greeting')).toEqual({ text: 'hello' })
      expect(counts.sent).toBeGreaterThan(1)
    } finally {
      globalThis.WebSocket = original
    }
  })
})

describe('300 increments over a socket that loses 30 % of its answers', () => {
  it('end at exactly 300', async () => {
    const random = repeatableRandom(11)
    let isLossy = false
    let losses = 0
    const { url } = await serve({
      losesReply() {
        const isLost = isLossy && random() < 0.3
        losses += isLost ? 1 : 0
        return isLost
      },
    })
    const { engine, counts } = await openOnSocket(url, { retryMs: 20_000 })
    const kv = kvOf(engine)
    isLossy = true

    for (let count = 0; count < 300; count++) await kv.increment('visits')

    isLossy = false
    expect(await kv.get('visits')).toBe(300)
    expect(losses).toBeGreaterThan(10)
    expect(counts.connections).toBeGreaterThan(1)
  })
})

describe('a socket that is lost', () => {
  it('loses no call: those under way go by HTTP, later ones over the next socket', async () => {
    const { proxy, url } = await serve()
    const { engine, counts, whenReceived } = await openOnSocket(url)
    const kv = kvOf(engine)
    await kv.set('a', 1)

    proxy.cut()
    await Promise.all([kv.increment('a'), kv.increment('a'), kv.increment('a')])
    const again = whenReceived()
    await kv.get('a')
    await again

    expect(await kv.get('a')).toBe(4)
    expect(counts.connections).toBe(2)
  })

  it('leaves a commit unknown when the server does not come back', async () => {
    const engine = openMemoryEngine()
    const { proxy, url } = await serve({ engine })
    const { engine: remote } = await openOnSocket(url, { retryMs: 100 })
    const gate = new Promise<never>(() => undefined)
    let onAsked: () => void = () => undefined
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve
    })
    engine.commit = () => {
      onAsked()
      return gate
    }

    const put = { op: 'put', key: 'a', value: { kind: 'text', data: 'x' } } as const
    const commit = remote.commit(at, [put]).catch((thrown: unknown) => thrown)
    await asked
    await proxy.close()

    expect(await commit).toMatchObject({ code: 'KV_UNAVAILABLE', outcome: 'unknown' })
  })
})

describe('a server that does not answer on the socket', () => {
  it('is given up after requestTimeoutMs, and asked anew by the next call', async () => {
    const engine = openMemoryEngine()
    const { url } = await serve({ engine })
    const { engine: remote, counts } = await openOnSocket(url, { requestTimeoutMs: 100 })
    const get = engine.get.bind(engine)
    Object.defineProperty(engine, 'getAtOnce', { value: undefined })
    engine.get = () => new Promise(() => undefined)

    const error = await remote.get(at, 'a').catch((thrown: unknown) => thrown)
    engine.get = get

    expect(error).toMatchObject({ code: 'KV_TIMEOUT', outcome: 'unknown' })
    expect(await remote.get(at, 'a')).toBeUndefined()
    expect(counts.connections).toBe(2)
  })

  it('is asked by HTTP what it was asked later, and had less time for', async () => {
    const engine = openMemoryEngine()
    const { url } = await serve({ engine })
    const { engine: remote } = await openOnSocket(url, { requestTimeoutMs: 100 })
    const get = engine.get.bind(engine)
    const asked: string[] = []
    Object.defineProperty(engine, 'getAtOnce', { value: undefined })
    engine.get = (where, key) => {
      const isFirst = !asked.includes(key)
      asked.push(key)
      return isFirst ? new Promise(() => undefined) : get(where, key)
    }

    const first = remote.get(at, 'a').catch((thrown: unknown) => thrown)
    await expect.poll(() => asked).toEqual(['a'])
    const second = remote.get(at, 'b')

    expect(await first).toMatchObject({ code: 'KV_TIMEOUT' })
    expect(await second).toBeUndefined()
    expect(asked).toEqual(['a', 'b', 'b'])
  })
})

describe('a server without sockets', () => {
  it('is spoken to by HTTP', async () => {
    const engine = openMemoryEngine()
    const app = createApp({ engine, verifyToken: async () => everything })
    const server = await startServer({ app, host: '127.0.0.1', port: 0 })
    cleanUps.push(() => server.close({ graceMs: 0 }))
    const { counts, webSocket } = counting(connectWs)
    const remote = openRemoteEngine(server.url, { token, webSocket })
    const kv = kvOf(remote)

    for (let count = 0; count < 20; count++) await kv.increment('visits')

    expect(await kv.get('visits')).toBe(20)
    // It is not asked for a socket with every call.
    expect(counts.connections).toBeLessThan(10)
    expect(counts).toMatchObject({ sent: 0, received: 0 })
    await remote.close()
  })
})

describe('a program that forgets to close its store', () => {
  it('ends all the same', async () => {
    const { url } = await serve()
    const program = `
      const { openStore } = await import('kvasir')
      const kv = (await openStore(process.argv[1], { token: 'x' })).project().kv()
      for (let count = 0; count < 200; count++) await kv.increment('visits')
    `
    const flags = ['--import', 'tsx', '--conditions=@kvasir/source', '--input-type=module']

    const child = spawn(process.execPath, [...flags, '--eval', program, url], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'inherit', 'inherit'],
    })

    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('a put of which the socket lost the answer', () => {
  const values: readonly StoredValue[] = [
    { kind: 'text', data: 'Ada' },
    { kind: 'json', data: '[1,"a",{"b":null}]' },
    { kind: 'json', data: '"text as JSON"' },
    { kind: 'record', data: '{"name":"Ada","age":36}' },
    { kind: 'bytes', data: new Uint8Array([0, 255, 128]) },
  ]

  it.each(values)('is applied once, and answered over HTTP: $kind $data', async (value) => {
    let losesNext = false
    const losesReply = (): boolean => {
      const isLost = losesNext
      losesNext = false
      return isLost
    }
    const memory = openMemoryEngine()
    const { url } = await serve({ engine: memory, losesReply })
    const { engine } = await openOnSocket(url)
    const put = { op: 'put', key: 'a', value, expiry: { ttlMs: 60_000 } } as const
    losesNext = true

    const committed = await engine.commit(at, [put])

    expect(losesNext).toBe(false)
    expect(committed).toMatchObject({ ok: true, results: [{ changed: true, revision: 1 }] })
    expect(await memory.getBucket(at)).toMatchObject({ revision: 1 })
  })
})
