import { describe, expect, it } from 'vitest'
import { allRoutes } from '../../src/http/routes/all-routes.ts'
import { openApp, type TokenName, tokens } from './open-app.ts'
import { bodies, queryFor } from './route-examples.ts'

const protectedRoutes = allRoutes.filter(({ scopes }) => scopes.length > 0)

/** An application where the project `shop` has the bucket `orders` with the key `secret`. */
async function openWithSecret() {
  const opened = openApp()
  await opened.send('PUT /v1/buckets/orders', {})
  await opened.send('PUT /v1/buckets/orders/keys/secret', { canary: 'SECRET-4711' })
  return opened
}

type Route = (typeof allRoutes)[number]

async function call(route: Route, headers: Record<string, string>, bucket = 'orders') {
  const opened = await openWithSecret()
  const path = route.path.replace(':bucket', bucket).replace(':key', 'secret')
  const body = bodies[`${route.method} ${route.path}`]
  const response = await opened.app.request(path + queryFor(route.path), {
    method: route.method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  })
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  const text = isStream ? '' : await response.text()
  await response.body?.cancel().catch(() => undefined)
  const at = { project: 'shop', bucket: 'orders' }
  const after = await opened.engine.get(at, 'secret').catch(() => undefined)
  return { status: response.status, text, revision: after?.revision }
}

describe.each(protectedRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_, route) => {
    it.each([
      ['no token', {}],
      ['an unknown token', { authorization: 'Bearer garbage' }],
      ['another scheme', { authorization: 'Basic shop' }],
      ['an empty token', { authorization: 'Bearer ' }],
      ['a token in two words', { authorization: 'Bearer shop shop' }],
    ])('is 401 with %s', async (_, headers) => {
      const answer = await call(route, headers)

      expect(answer).toMatchObject({ status: 401, revision: 1 })
      expect(answer.text).toContain('KV_UNAUTHENTICATED')
    })

    const byScopes = ['shopRead', 'shopWrite', 'shopAdmin'] as const satisfies TokenName[]
    it.each(byScopes)('decides by the scopes of the token %s', async (name) => {
      const scopes: readonly string[] = tokens[name].scopes
      const hasScopes = route.scopes.every((scope) => scopes.includes(scope))
      const isAllowed = hasScopes && !route.acrossProjects

      const answer = await call(route, { authorization: `Bearer ${name}` })

      expect(answer.status === 403).toBe(!isAllowed)
      if (!isAllowed) expect(answer.revision).toBe(1)
    })

    it('is 403 when the token is for another project than the header names', async () => {
      const headers = { authorization: 'Bearer other', 'kvasir-project': 'shop' }

      const existing = await call(route, headers)
      const missing = await call(route, { ...headers, 'kvasir-project': 'nowhere' })

      expect(existing).toMatchObject({ status: 403, revision: 1 })
      expect(existing.text.replace('shop', '')).toBe(missing.text.replace('nowhere', ''))
    })

    it('neither shows nor changes what is of another project', async () => {
      const answer = await call(route, { authorization: 'Bearer other' })

      expect(answer.text).not.toContain('SECRET-4711')
      expect(answer.text).not.toContain('shop')
      expect(answer.revision).toBe(1)
    })

    it('lets a token for all projects name one', async () => {
      const headers = { authorization: 'Bearer root', 'kvasir-project': 'shop' }

      const answer = await call(route, headers)

      expect(answer.status).toBeLessThan(300)
    })
  },
)

describe('another project', () => {
  const reading = protectedRoutes.filter(
    ({ method, path }) => method === 'GET' && path.includes(':bucket'),
  )

  it.each(reading.map((route) => [route.path, route] as const))(
    'answers the same for what does not exist and what is not ours: %s',
    async (_, route) => {
      const headers = { authorization: 'Bearer other' }

      const theirs = await call(route, headers, 'orders')
      const nobodys = await call(route, headers, 'orderz')

      expect(theirs.status).toBe(nobodys.status)
      expect(theirs.text.replaceAll('orders', '')).toBe(nobodys.text.replaceAll('orderz', ''))
    },
  )

  it('keeps idempotency keys apart', async () => {
    const { send } = openApp()
    const path = '/v1/buckets/default/keys/a'
    const once = { 'idempotency-key': 'same' }

    const ours = await send(`PUT ${path}`, 1, once)
    const theirs = await send(`PUT ${path}`, 2, { ...once, authorization: 'Bearer other' })

    expect([ours.status, theirs.status]).toEqual([201, 201])
  })
})

describe('a batch that gives data back', () => {
  it.each([
    { op: 'put', key: 'a', value: 1, previous: true },
    { op: 'shift', key: 'a', fields: { list: 1 } },
  ])('needs read as well as write: %j', async (operation) => {
    const { send } = openApp()
    const body = { operations: [operation] }

    const writer = await send('POST /v1/batch', body, { authorization: 'Bearer shopWrite' })
    const both = await send('POST /v1/batch', body)

    expect([writer.status, both.status]).toEqual([403, 200])
  })
})

describe('a token for all projects', () => {
  it('stands for the project default when none is named', async () => {
    const { engine, send } = openApp()

    await send('PUT /v1/buckets/default/keys/a', 1, { authorization: 'Bearer root' })

    const entry = await engine.get({ project: 'default', bucket: 'default' }, 'a')
    expect(entry?.revision).toBe(1)
  })

  it.each(['.kvasir', '../shop', 'a b', 'x'.repeat(65)])(
    'cannot name what is no project: %s',
    async (project) => {
      const { send } = openApp()
      const headers = { authorization: 'Bearer root', 'kvasir-project': project }

      const response = await send('PUT /v1/buckets/default/keys/a', 1, headers)

      expect(response.status).toBe(400)
    },
  )
})

describe('a token for one project', () => {
  it('may name that project', async () => {
    const { request } = openApp()

    const response = await request('/v1/buckets', { headers: { 'kvasir-project': 'shop' } })

    expect(response.status).toBe(200)
  })
})

describe('the list of routes', () => {
  it('leaves open only what tells of health and of the API', () => {
    const open = allRoutes.filter(({ scopes, anyToken }) => scopes.length === 0 && !anyToken)

    expect(open.map(({ path }) => path)).toEqual(['/livez', '/readyz', '/openapi.json', '/docs'])
  })
})
