import { describe, expect, it } from 'vitest'
import { type OpenedApp, openApp, type TokenName } from './open-app.ts'

interface Answer {
  readonly status: number
  readonly status_code: number
  readonly body?: Record<string, unknown>
  readonly error?: { code: string; message: string }
  readonly metadata: Record<string, string>
}

describe('calling a function over HTTP', () => {
  it('answers as the call in code does, with its status in the status line', async () => {
    const { send } = openApp()

    const put = await answerOf(send('POST /v1/functions/kv-key-put', at({ value: { n: 1 } })))
    const got = await answerOf(send('POST /v1/functions/kv-key-get', at({ json: true })))
    const missing = await answerOf(send('POST /v1/functions/kv-key-get', at({ key: 'nobody' })))

    expect(put).toMatchObject({ status: 200, status_code: 200, body: { revision: 1 } })
    expect(got).toMatchObject({ body: { value: { n: 1 } }, metadata: { key: 'alice' } })
    expect(missing).toMatchObject({
      status: 404,
      status_code: 404,
      error: { code: 'KV_KEY_NOT_FOUND' },
      metadata: { bucket: 'default', key: 'nobody', duration: expect.stringMatching(/ms$/) },
    })
  })

  it('takes no body for no parameters', async () => {
    const { request } = openApp()

    const answer = await answerOf(request('/v1/functions/kv-bucket-list', { method: 'POST' }))

    expect(answer.body?.buckets).toMatchObject([{ bucket: 'default' }])
  })

  it('answers 400 to parameters that are not understood, naming them', async () => {
    const { send } = openApp()

    const answer = await answerOf(send('POST /v1/functions/kv-key-put', at({ value: 1, ttl: 5 })))

    expect(answer).toMatchObject({ status: 400, error: { code: 'KV_INVALID_ARGUMENT' } })
    expect(answer.error?.message).toContain('ttl takes an integer of nanoseconds')
  })

  it('keeps members that objects of JavaScript have by nature', async () => {
    const { send } = openApp()
    const value = '{"__proto__":1,"constructor":2}'

    await send(
      'POST /v1/functions/kv-key-put',
      `{"bucket":"default","key":"alice","value":${value}}`,
    )
    const answer = await answerOf(send('POST /v1/functions/kv-key-get', at({})))

    expect(answer.body?.value).toBe(value)
  })

  it('applies a request that is repeated with its Idempotency-Key once', async () => {
    const { send } = openApp()
    const visit = () =>
      answerOf(
        send('POST /v1/functions/kv-key-increment', at({}), { 'idempotency-key': 'visit-1' }),
      )

    expect((await visit()).body).toEqual({ value: 1, revision: 1 })
    expect((await visit()).body).toEqual({ value: 1, revision: 1 })
  })

  it('calls within the project of the token', async () => {
    const { send } = openApp()

    await send('POST /v1/functions/kv-key-put', at({ value: 'ours' }))
    const other = await answerOf(
      send('POST /v1/functions/kv-key-get', at({}), { authorization: 'Bearer other' }),
    )

    expect(other.status).toBe(404)
  })
})

describe('a function that fails before it is called', () => {
  it.each([
    ['an unknown function', 404, 'KV_FUNCTION_NOT_FOUND', '/v1/functions/kv-key-putt', {}],
    ['a name with a slash', 404, 'KV_FUNCTION_NOT_FOUND', '/v1/functions/kv%2Fkey', {}],
    ['no token', 401, 'KV_UNAUTHENTICATED', '/v1/functions/kv-key-put', { authorization: '' }],
    [
      'another media type',
      415,
      'KV_UNSUPPORTED_MEDIA_TYPE',
      '/v1/functions/kv-key-put',
      {
        'content-type': 'text/plain',
      },
    ],
    [
      'a body that is too large',
      413,
      'KV_TOO_LARGE',
      '/v1/functions/kv-key-put',
      {
        'content-length': '999999999',
      },
    ],
    ['a query', 400, 'KV_INVALID_ARGUMENT', '/v1/functions/kv-key-put?key=alice', {}],
  ])('answers in the same form: %s', async (...[, status, code, path, headers]) => {
    const { send } = openApp()

    const answer = await answerOf(send(`POST ${path}`, at({ value: 1 }), headers))

    expect(answer).toMatchObject({ status, status_code: status, error: { code } })
    expect(answer.metadata.duration).toMatch(/^\d+\.\d\dms$/)
  })

  it.each(['{"bucket":', '[]', 'null', '"text"'])('answers 400 to the body %s', async (body) => {
    const { send } = openApp()

    const answer = await answerOf(send('POST /v1/functions/kv-key-put', body))

    expect(answer.status).toBe(400)
    expect(answer.error?.code).toMatch(/^KV_(MALFORMED_BODY|INVALID_ARGUMENT)$/)
  })

  it('says which token is asked for, and which methods there are', async () => {
    const { request } = openApp()
    const path = '/v1/functions/kv-key-put'

    const unknown = await request(path, { method: 'POST', headers: { authorization: 'Bearer x' } })
    const deleted = await request(path, { method: 'DELETE' })

    expect(unknown.headers.get('www-authenticate')).toContain('Bearer')
    expect(deleted.status).toBe(405)
    expect(deleted.headers.get('allow')).toBe('GET, HEAD, POST')
    expect(await deleted.json()).toMatchObject({ error: { code: 'KV_METHOD_NOT_ALLOWED' } })
  })
})

describe('the scopes of functions', () => {
  it.each([
    ['read', ['kv-bucket-get', 'kv-bucket-list', 'kv-key-get', 'kv-key-history', 'kv-key-list']],
    [
      'write',
      [
        'kv-bucket-purge',
        'kv-key-delete',
        'kv-key-increment',
        'kv-key-purge',
        'kv-key-put',
        'kv-keys-put',
      ],
    ],
    ['admin', ['kv-bucket-create', 'kv-bucket-delete', 'kv-bucket-update']],
  ] as const)('let a token that may %s call no others', async (scope, allowed) => {
    const app = openApp()
    const token = `shop${scope[0]?.toUpperCase()}${scope.slice(1)}` as TokenName
    const { functions } = await describedBy(app, token)

    const refused: string[] = []
    for (const { name } of functions) {
      const authorization = `Bearer ${token}`
      const call = app.send(`POST /v1/functions/${name}`, { nothing: 1 }, { authorization })
      const { status } = await answerOf(call)
      refused.push(...(status === 403 ? [name] : []))
    }

    const others = functions.map(({ name }) => name).filter((name) => !isOneOf(name, allowed))
    expect(refused).toEqual(others)
  })
})

describe('the description of functions', () => {
  it('has each with its schemas, for any token', async () => {
    const app = openApp()

    const { functions } = await describedBy(app, 'shopWrite')

    expect(functions).toHaveLength(14)
    expect(functions.find(({ name }) => name === 'kv-key-list')).toMatchObject({
      title: 'List the items of a bucket',
      scope: 'read',
      isDestructive: false,
      parameters: {
        required: ['bucket'],
        properties: { limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
      },
      result: { properties: { items: { type: 'array' } } },
    })
  })

  it('tells of one by its name', async () => {
    const { request } = openApp()

    const known = await request('/v1/functions/kv-key-put')
    const unknown = await request('/v1/functions/kv-key-gut')

    expect(await known.json()).toMatchObject({ name: 'kv-key-put', scope: 'write' })
    expect(unknown.status).toBe(404)
  })

  it('asks for a token', async () => {
    const { request } = openApp()

    const response = await request('/v1/functions', { headers: { authorization: '' } })

    expect(response.status).toBe(401)
  })
})

describe('every parameter over HTTP', () => {
  it('is refused with 400 where it is wrong, and named', async () => {
    const app = openApp()
    const { functions } = await describedBy(app, 'shop')
    const wrong: unknown[] = []

    for (const { name, parameters, examples } of functions) {
      for (const parameter of Object.keys(parameters.properties)) {
        const bad = parameter === 'value' ? undefined : [[]]
        const call = app.send(`POST /v1/functions/${name}`, { ...examples[0], [parameter]: bad })
        const { status, error } = await answerOf(call)
        const isRight = status === 400 && error?.message.includes(parameter)
        wrong.push(...(isRight ? [] : [{ name, parameter, status, error }]))
      }
    }

    expect(functions.length).toBeGreaterThan(10)
    expect(wrong).toEqual([])
  })
})

interface Described {
  readonly name: string
  readonly parameters: { readonly properties: object }
  readonly examples: readonly object[]
}

async function describedBy({ request }: OpenedApp, token: TokenName) {
  const headers = { authorization: `Bearer ${token}` }
  const response = await request('/v1/functions', { headers })
  return (await response.json()) as { functions: Described[] }
}

function at(parameters: object): object {
  return { bucket: 'default', key: 'alice', ...parameters }
}

async function answerOf(call: Promise<Response>): Promise<Answer> {
  const response = await call
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
}

function isOneOf(name: string, names: readonly string[]): boolean {
  return names.includes(name)
}
