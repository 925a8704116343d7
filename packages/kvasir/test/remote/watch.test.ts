import { createApp, startServer } from '@kvasir/server'
import type { Engine, Watch } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import {
  openRemoteEngine,
  type RemoteEngineOptions,
} from '../../src/engines/remote/open-remote-engine.ts'
import { everything, token } from './open-remote.ts'
import { openTcpProxy, repeatableRandom } from './tcp-proxy.ts'

const at = { project: 'default', bucket: 'default' }

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

interface StartOptions extends RemoteEngineOptions {
  readonly losesReply?: () => boolean
  readonly heartbeatMs?: number
}

async function start({ losesReply, heartbeatMs = 1000, ...rest }: StartOptions = {}) {
  const engine = openMemoryEngine()
  const app = createApp({ engine, verifyToken: async () => everything, heartbeatMs })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  cleanUps.push(() => server.close({ graceMs: 0 }))
  const proxy = await openTcpProxy(server.url, losesReply)
  cleanUps.push(() => proxy.close())
  const remote = openRemoteEngine(proxy.url, { token, ...rest })
  cleanUps.push(() => remote.close())
  return { engine, server, proxy, remote }
}

async function put(engine: Engine, key: string): Promise<void> {
  await engine.commit(at, [{ op: 'put', key, value: { kind: 'text', data: key } }])
}

/** Takes events one by one, as short words. */
function wordsOf(watch: Watch) {
  const events = watch[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { done, value } = await events.next()
    if (done) return 'end'
    if (value.kind === 'put') return `put ${value.entry.key} ${value.entry.revision}`
    return 'key' in value ? `${value.kind} ${value.key} ${value.revision}` : value.kind
  }
  const take = async (count: number): Promise<string[]> => {
    const words: string[] = []
    while (words.length < count) words.push(await next())
    return words
  }
  return { next, take }
}

describe('a watch whose connection is lost', () => {
  it('goes on where it was, with nothing twice and nothing missed', async () => {
    const { engine, proxy, remote } = await start()
    const watch = remote.watch(at, {})
    await watch.ready
    const words = wordsOf(watch)
    await put(engine, 'a')
    expect(await words.next()).toBe('put a 1')

    proxy.cut()
    await put(engine, 'b')
    await put(engine, 'c')

    expect(await words.take(2)).toEqual(['put b 2', 'put c 3'])
    proxy.cut()
    await put(engine, 'd')
    expect(await words.next()).toBe('put d 4')
    expect(proxy.connections).toBe(3)
  })

  it('goes on from its beginning when it had seen nothing yet', async () => {
    const { engine, proxy, remote } = await start()
    await put(engine, 'before')
    const watch = remote.watch(at, { prefix: 'a' })
    await watch.ready
    const words = wordsOf(watch)
    const next = words.next()

    proxy.cut()
    await put(engine, 'a')

    expect(await next).toBe('put a 2')
  })

  it('goes on from where the server had come to, if its own keys were quiet for long', async () => {
    let pieces = 0
    const losesReply = (): boolean => ++pieces < 0
    const { engine, proxy, remote } = await start({ losesReply, heartbeatMs: 5 })
    const watch = remote.watch(at, { prefix: 'mine' })
    const words = wordsOf(watch)
    const next = words.next()
    await watch.ready
    const value = { kind: 'text', data: 'x' } as const
    for (const round of ['a', 'b', 'c']) {
      const others = Array.from({ length: 7000 }, (_, index) => `${round}-${index}`)
      await engine.commit(
        at,
        others.map((key) => ({ op: 'put', key, value }) as const),
      )
      await engine.commit(
        at,
        others.map((key) => ({ op: 'delete', key }) as const),
      )
    }
    // Of their removals, the first are no longer kept.
    const since = engine.watch(at, { since: 1 })[Symbol.asyncIterator]().next()
    await expect(since).rejects.toMatchObject({ code: 'KV_REVISION_GONE' })

    const before = pieces
    await expect.poll(() => pieces).toBeGreaterThan(before + 2)
    proxy.cut()
    await put(engine, 'mine')

    expect(await next).toBe('put mine 42001')
    expect(proxy.connections).toBe(2)
  })

  it('says synced once, also when it is lost amid the entries there are', async () => {
    let pieces = 0
    // The third piece of the first stream is lost: after its head and some of the entries.
    const { engine, proxy, remote } = await start({ losesReply: () => ++pieces === 3 })
    for (let count = 0; count < 500; count++) await put(engine, `key-${count}`)
    const words = wordsOf(remote.watch(at, { initial: true }))

    const seen = await words.take(501)
    await put(engine, 'later')

    const expected = Array.from({ length: 500 }, (_, count) => `put key-${count} ${count + 1}`)
    expect(seen).toEqual([...expected, 'synced'])
    expect(await words.next()).toBe('put later 501')
    expect(proxy.connections).toBe(2)
  })

  it('is found lost when it falls silent', async () => {
    const { engine, proxy, remote } = await start({ silenceMs: 50 })
    const watch = remote.watch(at, {})
    await watch.ready
    const words = wordsOf(watch)
    const next = words.next()

    while (proxy.connections < 3) await new Promise((resolve) => setImmediate(resolve))
    await put(engine, 'a')

    expect(await next).toBe('put a 1')
  })

  it('sees all of 300 changes over a line that is lost again and again', async () => {
    const random = repeatableRandom(11)
    const { engine, remote } = await start({ losesReply: () => random() < 0.05 })
    const watch = remote.watch(at, { since: 0 })
    const words = wordsOf(watch)
    const writing = (async () => {
      for (let count = 1; count <= 300; count++) {
        await put(engine, `key-${count}`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()

    const seen = await words.take(300)
    await writing

    expect(seen).toEqual(
      Array.from({ length: 300 }, (_, index) => `put key-${index + 1} ${index + 1}`),
    )
  })

  it('fails when the server does not come back in time', async () => {
    const { proxy, remote } = await start({ reconnectMs: 50 })
    const watch = remote.watch(at, {})
    await watch.ready
    const next = wordsOf(watch).next()

    await proxy.close()

    await expect(next).rejects.toMatchObject({ code: 'KV_UNAVAILABLE' })
  })

  it('fails with the error that meets it when it comes back', async () => {
    const { engine, proxy, remote } = await start()
    const orders = { ...at, bucket: 'orders' }
    await engine.createBucket(orders, { description: '', history: 1, metadata: {} })
    const watch = remote.watch(orders, {})
    await watch.ready
    const next = wordsOf(watch).next()

    await engine.deleteBucket(orders)
    proxy.cut()

    await expect(next).rejects.toMatchObject({ code: 'KV_BUCKET_NOT_FOUND' })
  })
})

describe('a watch', () => {
  it('fails at once where the bucket does not exist', async () => {
    const { remote } = await start()
    const watch = remote.watch({ ...at, bucket: 'nowhere' }, {})

    await expect(watch.ready).rejects.toMatchObject({ code: 'KV_BUCKET_NOT_FOUND' })
    await expect(wordsOf(watch).next()).rejects.toMatchObject({ code: 'KV_BUCKET_NOT_FOUND' })
  })

  it('sees what is written right after it was begun, without waiting for it', async () => {
    const { remote } = await start()

    const words = wordsOf(remote.watch(at, {}))
    await put(remote, 'a')

    expect(await words.next()).toBe('put a 1')
  })

  it('frees its connection when it is closed, and ends its reader', async () => {
    const { remote, server } = await start()
    const watch = remote.watch(at, {})
    await watch.ready
    const next = wordsOf(watch).next()

    await watch.close()

    expect(await next).toBe('end')
    await server.close({ graceMs: 60_000 })
  })

  it('ends when the engine is closed', async () => {
    const { remote } = await start()
    const watch = remote.watch(at, {})
    await watch.ready
    const next = wordsOf(watch).next()

    await remote.close()

    expect(await next).toBe('end')
  })
})
