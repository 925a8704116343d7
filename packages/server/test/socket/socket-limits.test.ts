import { StreamCount } from '@kvasir/server'
import type { Engine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { frameLimits } from 'kvasir/protocol'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/metrics/server-metrics.ts'
import { RawSocket } from '../http/raw-socket.ts'
import { greeted, problemIn, serve } from './serve-socket.ts'
import { SocketClient } from './socket-client.ts'

const quick = { stallMs: 300, checkingMs: 20 }
const get: [verb: string, rest: unknown[]] = ['get', ['default', 'default', 'large']]

/** An engine with a large value, which counts how often it was asked. */
async function withLarge(bytes: number): Promise<{ engine: Engine; asked: () => number }> {
  const engine = openMemoryEngine()
  const at = { project: 'shop', bucket: 'default' }
  const data = 'x'.repeat(bytes)
  await engine.commit(at, [{ op: 'put', key: 'large', value: { kind: 'text', data } }])
  let asked = 0
  const read = engine.get.bind(engine)
  engine.get = (...given) => {
    asked++
    return read(...given)
  }
  return { engine, asked: () => asked }
}

/** The head of a frame as bytes, whatever it holds. */
function frameOf(head: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(Buffer.byteLength(head))
  return Buffer.concat([length, Buffer.from(head)])
}

describe('sockets', () => {
  it('are refused with 429 beyond what one project may have, streams counted too', async () => {
    const { url } = await serve({ streams: new StreamCount({ streamsPerProjectMax: 1 }) })
    const first = await greeted(url)

    const second = await greeted(url)
    const reply = await second.reply(0)

    expect(problemIn(reply)).toEqual({ status: 429, code: 'KV_TOO_MANY_REQUESTS' })
    expect(reply.rest[0]).toMatchObject({ details: { retryAfterSeconds: 2 } })
    expect(await second.closed).toBe(1013)
    expect((await (await greeted(url, 'other')).reply(0)).status).toBe(200)
    first.close()
    await expect.poll(async () => (await (await greeted(url)).reply(0)).status).toBe(200)
  })

  it('are refused with 503 beyond what the server takes, before there is one', async () => {
    const { url } = await serve({ streams: new StreamCount({ streamsMax: 1 }) })
    await greeted(url)

    await expect(SocketClient.open(url)).rejects.toThrow('503')
  })

  it('that are refused do not keep their connection, nor a reader that never closes', async () => {
    const { url } = await serve()
    const socket = await RawSocket.open(url)

    socket.write(
      'GET /v1/socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )

    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 400 [\s\S]*subprotocol/)
  })

  it('show in the figures, with their calls by verb and status', async () => {
    const metrics = createMetrics()
    const streams = new StreamCount({}, metrics)
    const { url } = await serve({ figures: metrics, streams })
    const client = await greeted(url)
    await client.ask('get', ['default', 'default', 'a'])
    await client.ask('get', ['default', 'nowhere', 'a'])
    await client.ask('tenant-shop', [])

    const text = await metrics.write()

    expect(text).toContain('\nkvasir_sockets 1\n')
    expect(text).toContain('\nkvasir_streams 1\n')
    expect(text).toContain('kvasir_socket_calls_total{verb="get",status="200"} 1')
    expect(text).toContain('kvasir_socket_calls_total{verb="get",status="404"} 1')
    expect(text).toContain('kvasir_socket_calls_total{verb="other",status="400"} 1')
    expect(text).not.toContain('shop')
    client.close()
    await expect.poll(() => metrics.write()).toContain('\nkvasir_sockets 0\n')
  })
})

describe('a client that has not said who it is', () => {
  it('is cut when it says nothing', async () => {
    const { url } = await serve({ helloMs: 50 })
    const client = await SocketClient.open(url)

    expect(problemIn(await client.reply(0))).toEqual({ status: 401, code: 'KV_UNAUTHENTICATED' })
    expect(await client.closed).toBe(4401)
  })

  it('is cut when it sends more than a hello takes', async () => {
    const client = await SocketClient.open((await serve()).url)

    client.sendBytes(Buffer.alloc(2 * 1024 * 1024))

    expect(await client.closed).not.toBe(1000)
  })
})

describe('a client that takes no answers', () => {
  it('is cut, after no more was begun than there is room for', async () => {
    const { engine, asked } = await withLarge(1024 * 1024)
    const { url } = await serve({ engine, timeouts: quick })
    const client = await greeted(url)

    client.stall()
    client.send(Array.from({ length: 1000 }, (_, index) => [index + 1, ...get]))
    const probe = setInterval(() => client.sendBytes(frameOf('[]')), 20)
    await client.gone()
    clearInterval(probe)

    expect(asked()).toBeLessThan(100)
  })

  it('is answered all of it when it goes on to take them', async () => {
    const { engine, asked } = await withLarge(256 * 1024)
    const client = await greeted((await serve({ engine })).url)

    client.send(Array.from({ length: 150 }, (_, index) => [index + 1, ...get]))
    const last = await client.reply(150)

    expect(last.text).toBe('x'.repeat(256 * 1024))
    expect(asked()).toBe(150)
  })
})

describe('frames of more than a frame takes', () => {
  it.each([
    ['too many messages', `[${Array(frameLimits.messages + 1).fill('[1,"get",0]')}]`],
    ['messages that are too long', `[[1,"get",0,"${'x'.repeat(frameLimits.headBytes)}"]]`],
  ])('end the connection: %s', async (_, head) => {
    const client = await greeted((await serve()).url)

    client.sendBytes(frameOf(head))

    expect(await client.closed).toBe(1009)
  })

  it.each([
    ['arrays', '['.repeat(2_000_000), 1007],
    ['arrays that close', `[[1,"get",0,${'['.repeat(500_000)}${']'.repeat(500_000)}]]`, undefined],
    ['an id of none', '[[0,"get",0,"default","default","a"]]', 1007],
    ['an id below', '[[-1,"get",0,"default","default","a"]]', 1007],
  ])('and others do no harm: %s', async (_, head, code) => {
    const { url } = await serve()
    const client = await greeted(url)

    client.sendBytes(frameOf(head))

    if (code === undefined) expect((await client.reply(1)).status).toBe(400)
    else expect(await client.closed).toBe(code)
    const neighbour = await greeted(url)
    expect(await neighbour.ask('get', ['default', 'default', 'a'])).toMatchObject({ status: 204 })
  })
})
