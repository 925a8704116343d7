import { openStore } from 'kvasir'
import type { Engine, Health } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { headerNames } from 'kvasir/protocol'
import { describe, expect, it } from 'vitest'
import { allRoutes } from '../../src/http/routes/all-routes.ts'
import { openApp, problemOf } from './open-app.ts'

const key = '/v1/buckets/default/keys/a'

/** An engine whose reads fail in a way that nobody foresaw. */
function openBrokenEngine(): Engine {
  const engine = openMemoryEngine()
  engine.get = () => Promise.reject(new Error('cannot open /srv/data/kvasir.db: token kv_abc'))
  return engine
}

function openLog() {
  const lines: Record<string, unknown>[] = []
  const write = (fields: object, message: string): void => {
    lines.push({ ...fields, message })
  }
  return { lines, logger: { info: write, error: write } }
}

describe('an unknown path', () => {
  it.each(['/', '/v1', '/v1/', '/v2/batch', '/v1/buckets/default/keys/a/b', '/v1/batch/'])(
    '%s is 404',
    async (path) => {
      const { request } = openApp()

      const problem = await problemOf(await request(path))

      expect(problem).toMatchObject({ status: 404, code: 'KV_ROUTE_NOT_FOUND' })
    },
  )
})

describe('a method that a path does not take', () => {
  // Functions tell of failures in their own form, which their tests look at.
  const routes = allRoutes.filter(({ fail }) => fail === undefined)
  const paths = [...new Set(routes.map(({ path }) => path))]

  it.each(paths)('%s is 405 and says what it takes', async (path) => {
    const { request } = openApp()

    const response = await request(path.replace(':bucket', 'default').replace(':key', 'a'), {
      method: 'PROPFIND',
    })

    const taken = allRoutes.filter((route) => route.path === path).map(({ method }) => method)
    const allow = response.headers.get('allow')?.split(', ') ?? []
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'KV_METHOD_NOT_ALLOWED' })
    expect(allow.filter((method) => method !== 'HEAD')).toEqual(taken)
  })
})

describe('every answer', () => {
  it.each(['/livez', key, '/v1/nowhere', '/v1/buckets'])(
    'of %s is not stored, not sniffed, not framed',
    async (path) => {
      const { request } = openApp()

      const { headers } = await request(path)

      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )
})

describe('an unforeseen error', () => {
  it('tells the client nothing but where to look', async () => {
    const { request } = openApp({ engine: openBrokenEngine() })

    const response = await request(key)
    const text = await response.text()

    expect(response.status).toBe(500)
    expect(text).toContain('KV_INTERNAL')
    expect(text).toContain(response.headers.get('x-request-id'))
    expect(text).not.toMatch(/srv|kv_abc|open/)
  })

  it('is logged under the same request', async () => {
    const { lines, logger } = openLog()
    const { request } = openApp({ engine: openBrokenEngine(), logger })

    const response = await request(key)

    const requestId = response.headers.get('x-request-id')
    expect(lines).toContainEqual(expect.objectContaining({ requestId, message: 'request failed' }))
  })
})

describe('the log', () => {
  it('has one line per request, without keys, values and tokens', async () => {
    const { lines, logger } = openLog()
    const { send } = openApp({ logger })

    await send('PUT /v1/buckets/default/keys/KEY-1', 'VALUE-1')
    await send('PUT /v1/buckets/default/keys/KEY-1', '1', { authorization: 'Bearer TOKEN-1' })

    expect(lines).toMatchObject([
      {
        method: 'PUT',
        route: '/v1/buckets/:bucket/keys/:key',
        status: 400,
        project: 'shop',
        tokenId: 'id-shop-read-write-admin',
      },
      { status: 401 },
    ])
    expect(JSON.stringify(lines)).not.toMatch(/KEY-1|VALUE-1|TOKEN-1/)
  })
})

describe('health', () => {
  it('is told without a token', async () => {
    const { app } = openApp()

    expect((await app.request('/livez')).status).toBe(200)
    expect((await app.request('/readyz')).status).toBe(200)
  })

  it('is not ready while the server shuts down, but alive', async () => {
    const { app } = openApp({ isDraining: () => true })

    expect(await problemOf(await app.request('/readyz'))).toMatchObject({
      status: 503,
      code: 'KV_UNAVAILABLE',
    })
    expect((await app.request('/livez')).status).toBe(200)
  })

  it('is not ready when the store does not answer', async () => {
    const { app, engine } = openApp({ engine: openBrokenEngine() })
    await engine.close()

    expect((await app.request('/readyz')).status).toBe(503)
  })
})

describe('health while the store takes no writes', () => {
  const failures: readonly (readonly [string, Health])[] = [
    ['a full disk', { writable: false, code: 'KV_STORAGE_FULL', message: '/data', resumes: true }],
    ['a failed disk', { writable: false, code: 'KV_STORAGE_FAILED', message: '', resumes: false }],
  ]

  it.each(failures)('says so of %s, without its paths, and is alive', async (_what, health) => {
    const engine: Engine = openMemoryEngine()
    engine.health = async () => health
    const { app } = openApp({ engine })

    const problem = await problemOf(await app.request('/readyz'))

    const { writable, code, resumes } = health as Health & { writable: false }
    expect(problem).toMatchObject({
      status: 503,
      code: 'KV_UNAVAILABLE',
      details: { writable, code, resumes },
    })
    expect(JSON.stringify(problem)).not.toContain('/data')
    expect((await app.request('/livez')).status).toBe(200)
  })

  it.each(failures)('is what clients are told of %s', async (_what, health) => {
    const engine: Engine = openMemoryEngine()
    engine.health = async () => health
    const { app } = openApp({ engine })
    const store = await openStore('http://kv.test', {
      fetch: async (url, init) => app.request(url as string, init),
    })

    const { code, resumes } = health as Health & { writable: false }
    expect(await store.health()).toMatchObject({ writable: false, code, resumes })
  })
})

describe('pages of other origins', () => {
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT' },
  })

  it('are let in only when they are named', async () => {
    const { app } = openApp({ corsOrigins: ['https://app.example.com'] })

    const named = await app.request(key, preflight('https://app.example.com'))
    const other = await app.request(key, preflight('https://evil.example.com'))

    const header = 'access-control-allow-origin'
    expect(named.headers.get(header)).toBe('https://app.example.com')
    expect(other.headers.get(header)).toBeNull()
  })

  it('may send every header that requests take', async () => {
    const { app } = openApp({ corsOrigins: ['https://app.example.com'] })

    const response = await app.request(key, preflight('https://app.example.com'))

    const allowed = response.headers.get('access-control-allow-headers')?.split(',')
    const { idempotencyKey, project, sets } = headerNames
    expect(allowed).toEqual(expect.arrayContaining([idempotencyKey, project, sets, 'if-match']))
  })
})
