import { createApp, startServer } from '@kvasir/server'
import { KvasirError } from 'kvasir'
import { openRemoteStore } from 'kvasir/client'
import type { Engine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { openRemoteEngine } from '../../src/engines/remote/open-remote-engine.ts'
import { everything, openRemote, serveInProcess, token } from './open-remote.ts'
import { openTcpProxy, repeatableRandom } from './tcp-proxy.ts'

const at = { project: 'default', bucket: 'default' }
const put = { op: 'put', key: 'a', value: { kind: 'text', data: 'x' } } as const

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function startWithProxy(losesReply?: () => boolean) {
  const engine = openMemoryEngine()
  const app = createApp({ engine, verifyToken: async () => everything })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  cleanUps.push(() => server.close({ graceMs: 0 }))
  const proxy = await openTcpProxy(server.url, losesReply)
  cleanUps.push(() => proxy.close())
  return { engine, server, proxy }
}

/** An engine whose server does as the script says, one word per request, and then as it should. */
function openScripted(engine: Engine, script: (() => Response | Promise<Response>)[]) {
  const serve = serveInProcess(engine)
  const requests: Request[] = []
  const scripted: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    requests.push(request.clone())
    const next = script.shift()
    return next ? next() : serve(request)
  }
  const remote = openRemote(engine, { fetch: scripted, retryMs: 300 })
  return { remote, requests }
}

const lost = (): never => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) })
}

const refused = (): never => {
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
  })
}

const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item)

describe('300 increments over a line that loses 30 % of the replies', () => {
  it('end at exactly 300', async () => {
    const random = repeatableRandom(7)
    let losses = 0
    const { proxy } = await startWithProxy(() => {
      const isLost = random() < 0.3
      losses += isLost ? 1 : 0
      return isLost
    })
    const store = openRemoteStore(proxy.url, { token, retryMs: 20_000 })
    const kv = store.project().kv()

    for (let count = 0; count < 300; count++) await kv.increment('visits')

    expect(await kv.get('visits')).toBe(300)
    expect(losses).toBeGreaterThan(60)
    await store.close()
  })
})

describe('a commit whose answer is lost', () => {
  it('is sent again under the same idempotency key, and applied once', async () => {
    const engine = openMemoryEngine()
    const serve = serveInProcess(engine)
    let isFirst = true
    const requests: Request[] = []
    const remote = openRemote(engine, {
      fetch: async (input, init) => {
        const request = new Request(input, init)
        requests.push(request.clone())
        const response = await serve(request)
        if (!isFirst) return response
        isFirst = false
        return lost()
      },
    })

    const result = await remote.commit(at, [{ op: 'increment', key: 'n', by: 1 }])

    expect(result).toMatchObject({ ok: true, results: [{ number: 1, revision: 1 }] })
    const keys = requests.map(({ headers }) => headers.get('idempotency-key'))
    expect(new Set(keys).size).toBe(1)
    expect(keys).toHaveLength(2)
  })

  it('is unknown when no answer ever comes', async () => {
    const { remote, requests } = openScripted(openMemoryEngine(), times(99, lost))

    const error = await remote.commit(at, [put]).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_UNAVAILABLE', outcome: 'unknown', retryable: true })
    expect(requests.length).toBeGreaterThan(1)
  })

  it('is unknown when only the last attempts were refused', async () => {
    const { remote } = openScripted(openMemoryEngine(), [lost, ...times(99, refused)])

    const error = await remote.commit(at, [put]).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_UNAVAILABLE', outcome: 'unknown' })
  })
})

describe('a server that is not there', () => {
  it('leaves a commit certainly not applied', async () => {
    const { proxy } = await startWithProxy()
    await proxy.close()
    const remote = openRemoteEngine(proxy.url, { token, retryMs: 100 })

    const error = await remote.commit(at, [put]).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_UNAVAILABLE', outcome: 'not-applied' })
  })
})

describe('a server that says 503', () => {
  const busy = () =>
    new Response(
      JSON.stringify({ code: 'KV_BUSY', detail: 'Busy.', status: 503, outcome: 'not-applied' }),
      { status: 503, headers: { 'content-type': 'application/problem+json' } },
    )
  const gateway = () => new Response('<html>', { status: 502 })

  it('is asked again', async () => {
    const { remote, requests } = openScripted(openMemoryEngine(), [busy, gateway, busy])

    expect((await remote.commit(at, [put])).ok).toBe(true)
    expect(requests).toHaveLength(4)
  })

  it('is asked again about reads, too', async () => {
    const { remote, requests } = openScripted(openMemoryEngine(), [busy, lost, busy])

    expect(await remote.get(at, 'a')).toBeUndefined()
    expect(requests).toHaveLength(4)
  })

  it('is believed in the end', async () => {
    const { remote } = openScripted(openMemoryEngine(), times(99, busy))

    const error = await remote.commit(at, [put]).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_BUSY', outcome: 'not-applied' })
  })
})

describe('a request on a bucket', () => {
  it('is not sent twice', async () => {
    const { remote, requests } = openScripted(openMemoryEngine(), [lost])

    const error = await remote.purgeBucket(at).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_UNAVAILABLE', outcome: 'unknown' })
    expect(requests).toHaveLength(1)
  })

  it('is sent again when nobody was there to take it', async () => {
    const { remote, requests } = openScripted(openMemoryEngine(), [refused, refused])

    expect(await remote.purgeBucket(at)).toMatchObject({ name: 'default' })
    expect(requests).toHaveLength(3)
  })
})

describe('an answer that does not come', () => {
  const never = () => new Promise<Response>(() => undefined)

  it('is a timeout whose outcome is unknown', async () => {
    const remote = openRemote(openMemoryEngine(), { fetch: never, requestTimeoutMs: 20 })

    const error = await remote.commit(at, [put]).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_TIMEOUT', outcome: 'unknown', retryable: true })
  })

  it('can be given up', async () => {
    const giveUp = new AbortController()
    const abortAndHang = () => {
      giveUp.abort()
      return never()
    }
    const remote = openRemote(openMemoryEngine(), { fetch: abortAndHang })

    const call = remote.commit(at, [put], { signal: giveUp.signal })

    const error = await call.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'KV_ABORTED', outcome: 'unknown' })
  })

  it('can be given up between two attempts', async () => {
    const giveUp = new AbortController()
    const loseAndAbort = () => {
      queueMicrotask(() => giveUp.abort())
      return lost()
    }
    const { remote } = openScripted(openMemoryEngine(), [loseAndAbort])

    const call = remote.commit(at, [put], { signal: giveUp.signal })

    await expect(call).rejects.toMatchObject({ code: 'KV_ABORTED', outcome: 'unknown' })
  })
})

describe('an answer that is not from Kvasir', () => {
  const answers: [string, () => Response][] = [
    [
      'a page',
      () => new Response('<html>Welcome</html>', { headers: { 'content-type': 'text/html' } }),
    ],
    ['other JSON', () => Response.json({ hello: 'world' })],
    ['cut-off JSON', () => new Response('{"results":[{"ent')],
    ['nothing', () => new Response(null, { status: 204 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: '/login' } })],
    ['an error page', () => new Response('Not found', { status: 404 })],
    ["somebody else's problem", () => Response.json({ title: 'No', status: 400 }, { status: 400 })],
    ['a code of the future', () => Response.json({ code: 'KV_NEW', detail: 'x' }, { status: 400 })],
    ['no UTF-8', () => new Response(new Uint8Array([0xff, 0xfe]))],
  ]

  const calls: [string, (engine: Engine) => Promise<unknown>][] = [
    ['get', (engine) => engine.get(at, 'a')],
    ['read', (engine) => engine.read(at, [{ key: 'a' }])],
    ['list', (engine) => engine.list(at, { order: 'key', limit: 1 })],
    ['history', (engine) => engine.history(at, 'a')],
    ['commit', (engine) => engine.commit(at, [put])],
    ['getBucket', (engine) => engine.getBucket(at)],
    ['listBuckets', (engine) => engine.listBuckets('default', { limit: 1 })],
    ['watch', (engine) => engine.watch(at, {}).ready],
  ]

  it.each(
    answers.flatMap(([what, answer]) =>
      calls.map(([verb, call]) => [`${what} to ${verb}`, answer, call] as const),
    ),
  )('is refused as that: %s', async (_, answer, call) => {
    const remote = openRemoteEngine('http://kvasir.test', { fetch: async () => answer() })

    await expect(call(remote)).rejects.toMatchObject({ code: 'KV_BAD_RESPONSE' })
  })
})

describe('the address of a server', () => {
  it.each([
    '',
    'kv.example.com',
    'ftp://kv.example.com',
    'http://',
    'http://a:b@kv',
    'http://kv/?a=1',
    'http://kv/#a',
  ])('is refused when it is %j', (url) => {
    const open = () => openRemoteEngine(url)

    expect(open).toThrow(KvasirError)
    expect(open).toThrow(expect.objectContaining({ code: 'KV_INVALID_LOCATION' }))
  })

  it('may have a path', async () => {
    const urls: string[] = []
    const remote = openRemoteEngine('https://example.com/kv/', {
      fetch: async (input) => {
        urls.push(String(input))
        return new Response()
      },
    })

    await remote.get(at, 'a/b').catch(() => undefined)

    expect(urls).toEqual(['https://example.com/kv/v1/buckets/default/entry?key=a%2Fb'])
  })
})

describe('the project of a request', () => {
  it('is named in a header, except for the default one', async () => {
    const { remote, requests } = openScripted(openMemoryEngine(), [])

    await remote.get(at, 'a')
    await remote.get({ ...at, project: 'shop' }, 'a')

    expect(requests.map(({ headers }) => headers.get('kvasir-project'))).toEqual([null, 'shop'])
  })
})

describe('closing', () => {
  it('lets what is under way finish', async () => {
    const remote = openRemote(openMemoryEngine())
    const finished: string[] = []
    const commit = remote.commit(at, [put]).then(() => finished.push('commit'))

    await remote.close()

    expect(finished).toEqual(['commit'])
    await commit
  })
})
