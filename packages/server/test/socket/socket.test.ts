import fc from 'fast-check'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { greeted, problemIn, serve } from './serve-socket.ts'
import { SocketClient } from './socket-client.ts'

const put = (key: string, text: string): [verb: string, rest: unknown[], value: string] => [
  'put',
  ['default', 'default', `id-${key}-${text}`, key, 'text', null],
  text,
]

describe('a client of the socket', () => {
  it('is answered what it put', async () => {
    const client = await greeted((await serve()).url)

    const written = await client.ask(...put('greeting', 'hello'))
    const read = await client.ask('get', ['default', 'default', 'greeting'])

    expect(written).toMatchObject({ status: 200, rest: [1] })
    expect(read).toMatchObject({ status: 200, text: 'hello' })
    expect(read.rest.slice(0, 2)).toEqual(['text', 1])
  })

  it('is answered a sum, and when it expires', async () => {
    const client = await greeted((await serve()).url)
    await client.ask('put', ['default', 'default', 'id', 'visits', 'json', 60_000], '41')

    const added = await client.ask('increment', ['default', 'default', 'id-1', 'visits', 1])
    const again = await client.ask('increment', ['default', 'default', 'id-1', 'visits', 1])

    expect(added).toMatchObject({ status: 200, rest: [2, 42, expect.any(Number)] })
    expect(again.rest).toEqual(added.rest)
  })

  it('is answered every message of a frame, the failing ones too', async () => {
    const client = await greeted((await serve()).url)

    client.send([
      [1, 'put', ['default', 'default', 'one', 'a', 'json', null], '{"n":1}'],
      [2, 'get', ['default', 'nowhere', 'a']],
      [3, 'get', ['default', 'default', 'absent']],
    ])

    expect(await client.reply(1)).toMatchObject({ status: 200 })
    expect(problemIn(await client.reply(2))).toEqual({ status: 404, code: 'KV_BUCKET_NOT_FOUND' })
    expect(await client.reply(3)).toMatchObject({ status: 204, rest: [] })
  })

  it('is answered 16 reads at a time, and what it writes in one go', async () => {
    const client = await greeted((await serve()).url)
    const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`)

    client.send(keys.map((key, index) => [index + 1, ...put(key, 'text')]))
    await client.reply(keys.length)
    client.send(keys.map((key, index) => [index + 101, 'get', ['default', 'default', key]]))
    await client.reply(keys.length + 100)

    const [hello, ...others] = client.frameLengths
    expect(hello).toBe(1)
    expect(others).toEqual([40, 16, 16, 8])
  })

  it('is refused what is no message, and goes on', async () => {
    const client = await greeted((await serve()).url)

    const replies = [
      await client.ask('brew', ['default']),
      await client.ask('get', ['default', 7, 'a']),
      await client.ask('get', ['default', 'default', 'a', 'newest']),
      await client.ask('put', ['default', 'default', 'id', 'a', 'json', null], '{"cut'),
      await client.ask('put', ['default', 'default', 'id', 'a', 'secret', null], 'x'),
      await client.ask('put', ['default', 'default', 'id', 'a', 'text', -1], 'x'),
      await client.ask('increment', ['default', 'default', 'id', 'a', '1']),
      await client.ask('batch', ['default', 'id'], '{"operations":7}'),
      await client.ask('read', ['default'], '[]'),
    ]

    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 400))
    expect(await client.ask('get', ['default', 'default', 'a'])).toMatchObject({ status: 204 })
  })

  it('may do what its token allows, and nothing else', async () => {
    const { url } = await serve()
    const [reader, writer, other] = [
      await greeted(url, 'shopRead'),
      await greeted(url, 'shopWrite'),
      await greeted(url, 'other'),
    ]
    await (await greeted(url)).ask(...put('secret', 'of the shop'))
    const shift = '{"operations":[{"op":"put","key":"a","value":1,"previous":true}]}'

    const refused = [
      await reader.ask(...put('a', 'x')),
      await reader.ask('batch', ['default', 'id'], '{"operations":[]}'),
      await writer.ask('get', ['default', 'default', 'a']),
      await writer.ask('read', ['default'], '{"reads":[]}'),
      await writer.ask('batch', ['default', 'id'], shift),
      await other.ask('get', ['shop', 'default', 'secret']),
    ]

    expect(refused.map(problemIn)).toEqual(
      refused.map(() => ({ status: 403, code: 'KV_FORBIDDEN' })),
    )
    expect(await other.ask('get', ['default', 'default', 'secret'])).toMatchObject({ status: 204 })
  })
})

describe('a client that does not say who it is', () => {
  it.each([
    ['whose token is unknown', [0, 'hello', ['kv_wrong']] as const],
    ['whose token is no text', [0, 'hello', [7]] as const],
    ['that has none', [0, 'hello', []] as const],
    ['that asks before its hello', [1, 'get', ['default', 'default', 'a']] as const],
  ])('is told and cut: one %s', async (_, [id, verb, rest]) => {
    const client = await SocketClient.open((await serve()).url)

    client.send([[id, verb, [...rest]]])

    const reply = await client.reply(0)
    expect(problemIn(reply)).toEqual({ status: 401, code: 'KV_UNAUTHENTICATED' })
    expect(await client.closed).toBe(4401)
  })

  it('is cut once its token is revoked', async () => {
    const { url, known } = await serve()
    const client = await greeted(url)

    known.delete('shop')
    // The token may be good for some milliseconds more, so that the frames go on until it is not.
    const ask = async (): Promise<void> => {
      await client.ask('get', ['default', 'default', 'a'])
      await ask()
    }

    await expect(ask()).rejects.toThrow('closed')
    expect(await client.closed).toBe(4401)
  })
})

describe('a connection that cannot become a socket', () => {
  it('is refused: at another path, without the subprotocol, of a page of another site', async () => {
    const { url } = await serve()
    const closed = await serve({ admits: () => false })

    await expect(SocketClient.open(url, 'kvasir.v1', '/v1/keys')).rejects.toThrow('404')
    await expect(SocketClient.open(url, 'chat')).rejects.toThrow('400')
    await expect(SocketClient.open(closed.url)).rejects.toThrow('403')
  })

  it('is served as plain HTTP when it asks for another protocol', async () => {
    const { url } = await serve()
    const { port } = new URL(url)
    const { RawSocket } = await import('../http/raw-socket.ts')
    const socket = await RawSocket.open(url)

    socket.write(
      `PUT /v1/buckets/default/keys/a HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
        'Authorization: Bearer shop\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n' +
        'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\nhello',
    )

    expect(await socket.until('"created":true')).toMatch(/^HTTP\/1\.1 201 /)
    socket.destroy()
  })
})

describe('frames that are none', () => {
  it('end the connection and nothing else, whatever they hold', async () => {
    const { url } = await serve()
    const neighbour = await greeted(url)

    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        async (bytes, hasGreeted) => {
          const client = hasGreeted ? await greeted(url) : await SocketClient.open(url)

          client.sendBytes(bytes)

          expect([1007, 4401]).toContain(await client.closed)
        },
      ),
      { numRuns: 50 },
    )
    expect(await neighbour.ask('get', ['default', 'default', 'a'])).toMatchObject({ status: 204 })
  })

  it('are refused as text', async () => {
    const client = await greeted((await serve()).url)

    client.sendBytes('[[1,"get",0]]')

    expect(await client.closed).toBe(1007)
  })
})

describe('a server that stops', () => {
  it('answers what is under way, and then closes', async () => {
    const engine = openMemoryEngine()
    const { promise: gate, letGo } = newGate()
    engine.get = async () => {
      await gate
      return undefined
    }
    const { url, server } = await serve({ engine })
    const client = await greeted(url)
    client.send([[1, 'get', ['default', 'default', 'a']]])
    await client.ask('batch', ['default', 'id'], '{"operations":[]}')

    const closing = server.close({ graceMs: 10_000 })
    letGo()

    expect(await client.reply(1)).toMatchObject({ status: 204 })
    expect(await client.closed).toBe(1001)
    await closing
  })
})

function newGate() {
  let letGo: () => void = () => undefined
  const promise = new Promise<void>((resolve) => {
    letGo = resolve
  })
  return { promise, letGo: () => letGo() }
}
