import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const keys = '/v1/buckets/default/keys'
const text = { 'content-type': 'text/plain' }
const json = { 'content-type': 'application/json' }

describe('putting a key', () => {
  it('answers 201 and the revision when it did not exist, 200 when it did', async () => {
    const { request } = openApp()

    const first = await request(`${keys}/alice`, { method: 'PUT', body: 'hello', headers: text })
    const second = await request(`${keys}/alice`, { method: 'PUT', body: 'again', headers: text })

    expect([first.status, await first.json()]).toEqual([
      201,
      { key: 'alice', revision: 1, created: true },
    ])
    expect([second.status, await second.json()]).toEqual([
      200,
      { key: 'alice', revision: 2, created: false },
    ])
    expect(second.headers.get('etag')).toBe('"2"')
  })

  it('keeps JSON byte for byte', async () => {
    const { request } = openApp()
    const body = ' {"b": 1.0,\r\n "a":-0, "__proto__":1e2, "a":[ ]}\n'

    await request(`${keys}/alice`, { method: 'PUT', body, headers: json })
    const got = await request(`${keys}/alice`)

    expect(await got.text()).toBe(body)
    expect(got.headers.get('content-type')).toBe('application/json')
  })

  it('stores a JSON string as text', async () => {
    const { request } = openApp()

    await request(`${keys}/alice`, { method: 'PUT', body: '"h\\u00e9llo"', headers: json })
    const got = await request(`${keys}/alice`)

    expect(await got.text()).toBe('héllo')
    expect(got.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })

  it('keeps a byte order mark that text begins with', async () => {
    const { request } = openApp()
    const body = new Uint8Array([0xef, 0xbb, 0xbf, 0x61])

    await request(`${keys}/alice`, { method: 'PUT', body, headers: text })
    const got = await request(`${keys}/alice`)

    expect(new Uint8Array(await got.arrayBuffer())).toEqual(body)
  })

  it('keeps bytes as bytes', async () => {
    const { request } = openApp()
    const body = new Uint8Array([0, 255, 10, 13, 128])
    const headers = { 'content-type': 'application/octet-stream' }

    await request(`${keys}/alice`, { method: 'PUT', body, headers })
    const got = await request(`${keys}/alice`)

    expect(new Uint8Array(await got.arrayBuffer())).toEqual(body)
    expect(got.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('takes a TTL as a duration or as milliseconds, and an instant', async () => {
    const { request } = openApp()
    const put = async (query: string) => {
      const init = { method: 'PUT', body: '1', headers: json }
      const response = await request(`${keys}/alice?${query}`, init)
      return ((await response.json()) as { expiresAt: number }).expiresAt
    }
    const at = Date.now() + 7_200_000

    expect(await put('ttl=1.5h')).toBeGreaterThanOrEqual(Date.now() + 5_390_000)
    expect(await put('ttl=60000')).toBeLessThanOrEqual(Date.now() + 60_000)
    expect(await put(`expiresAt=${at}`)).toBe(at)
    expect(await put('keepTtl=true')).toBe(at)
    expect(await put('')).toBeUndefined()
  })

  it.each(['ttl=0', 'ttl=-1', 'ttl=soon', 'ttl=1h&expiresAt=99999999999999', 'ttl=1%20h'])(
    'is refused with ?%s',
    async (query) => {
      const { request } = openApp()

      const init = { method: 'PUT', body: '1', headers: json }
      const response = await request(`${keys}/alice?${query}`, init)

      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_INVALID_TTL' })
    },
  )

  it.each([
    ["curl's default type", { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no type', { 'content-type': '' }],
    ['text in another charset', { 'content-type': 'text/plain; charset=iso-8859-1' }],
  ])('is refused with %s, saying what to send', async (_, headers) => {
    const { request } = openApp()

    const body = new TextEncoder().encode('a=1')
    const response = await request(`${keys}/alice`, { method: 'PUT', body, headers })

    const problem = await problemOf(response)
    expect(problem).toMatchObject({ status: 415, code: 'KV_UNSUPPORTED_MEDIA_TYPE' })
    expect(problem.detail).toContain('"Content-Type: application/json"')
  })

  it('is refused with a content encoding', async () => {
    const { request } = openApp()
    const headers = { ...json, 'content-encoding': 'gzip' }

    const response = await request(`${keys}/alice`, { method: 'PUT', body: '1', headers })

    expect(await problemOf(response)).toMatchObject({ status: 415 })
  })
})

describe('getting a key', () => {
  it('answers what is known of it in headers', async () => {
    const { request } = openApp()
    await request(`${keys}/alice?ttl=1h`, { method: 'PUT', body: '{"a":1}', headers: json })

    const { headers } = await request(`${keys}/alice`)

    expect(headers.get('etag')).toBe('"1"')
    expect(headers.get('kvasir-revision')).toBe('1')
    expect(headers.get('kvasir-created-at')).toMatch(/^\d{13}$/)
    expect(headers.get('kvasir-updated-at')).toBe(headers.get('kvasir-created-at'))
    expect(Number(headers.get('kvasir-expires-at'))).toBeGreaterThan(Date.now())
    expect(headers.get('content-length')).toBe('7')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is a problem when it does not exist', async () => {
    const { request } = openApp()

    const response = await request(`${keys}/nobody`)

    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'KV_KEY_NOT_FOUND' })
  })

  it('answers 304 when the client has that revision', async () => {
    const { request } = openApp()
    await request(`${keys}/alice`, { method: 'PUT', body: '1', headers: json })
    const get = (tag: string) => request(`${keys}/alice`, { headers: { 'if-none-match': tag } })

    expect((await get('"1"')).status).toBe(304)
    expect((await get('W/"1"')).status).toBe(304)
    expect((await get('"7", "1"')).status).toBe(304)
    expect((await get('"2"')).status).toBe(200)
  })

  it('answers HEAD with the headers of GET and no body', async () => {
    const { request } = openApp()
    await request(`${keys}/alice`, { method: 'PUT', body: '12345', headers: json })

    const response = await request(`${keys}/alice`, { method: 'HEAD' })

    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('')
    expect((await request(`${keys}/nobody`, { method: 'HEAD' })).status).toBe(404)
  })

  it('reads a kept revision', async () => {
    const { request, send } = openApp()
    await send('PUT /v1/buckets/versions', { history: 2 })
    const path = '/v1/buckets/versions/keys/alice'
    for (const body of ['1', '2', '3']) await request(path, { method: 'PUT', body, headers: json })

    expect(await (await request(`${path}?revision=2`)).text()).toBe('2')
    expect((await request(`${path}?revision=1`)).status).toBe(404)
  })

  it('says where typed sets stand, in ASCII', async () => {
    const { request, send } = openApp()
    const sets = { '/tägs': 'string' }
    const put = { op: 'put', key: 'alice', value: { tägs: ['a'] }, sets }
    await send('POST /v1/batch', { operations: [put] })

    const response = await request(`${keys}/alice`)

    expect(response.headers.get('kvasir-sets')).toBe('{"/t\\u00e4gs":"string"}')
  })

  it('gives the whole entry as JSON where the sets are too many for a header', async () => {
    const { request, send } = openApp()
    const names = Array.from({ length: 500 }, (_, index) => `field-${index}`)
    const value = Object.fromEntries(names.map((name) => [name, [1, 2]]))
    const sets = Object.fromEntries(names.map((name) => [`/${name}`, 'number']))
    await send('POST /v1/batch', { operations: [{ op: 'put', key: 'alice', value, sets }] })

    const bare = await request(`${keys}/alice`)
    const whole = await request(`${keys}/alice?envelope=true`)

    expect(bare.headers.get('kvasir-sets')).toBe('*')
    expect(await whole.json()).toMatchObject({ key: 'alice', value, sets, revision: 1 })
  })
})

describe('patching a key', () => {
  it('sets the fields given and leaves the others', async () => {
    const { request, send } = openApp()
    await send(`PUT ${keys}/alice`, { name: 'Alice', age: 35 })

    const patched = await send(`PATCH ${keys}/alice`, '{"age":null,"__proto__":1}')

    expect([patched.status, await patched.json()]).toEqual([200, { key: 'alice', revision: 2 }])
    const got = await request(`${keys}/alice`)
    expect(await got.text()).toBe('{"name":"Alice","age":null,"__proto__":1}')
  })

  it('leaves the expiry unless the query says otherwise', async () => {
    const { request, send } = openApp()
    await send(`PUT ${keys}/alice?ttl=1h`, {})
    const expiry = async () => (await request(`${keys}/alice`)).headers.get('kvasir-expires-at')
    const before = await expiry()

    await send(`PATCH ${keys}/alice`, { a: 1 })
    expect(await expiry()).toBe(before)

    await send(`PATCH ${keys}/alice?ttl=2h`, { a: 2 })
    expect(Number(await expiry())).toBeGreaterThan(Number(before))

    await send(`PATCH ${keys}/alice?ttl=none`, { a: 3 })
    expect(await expiry()).toBeNull()
  })

  it('is refused for a value that has no fields', async () => {
    const { send } = openApp()
    await send(`PUT ${keys}/alice`, [1])

    const response = await send(`PATCH ${keys}/alice`, { a: 1 })

    expect(await problemOf(response)).toMatchObject({ status: 422, code: 'KV_WRONG_TYPE' })
  })
})

describe('deleting a key', () => {
  it('says whether it existed', async () => {
    const { request, send } = openApp()
    await send(`PUT ${keys}/alice`, 1)

    const first = await request(`${keys}/alice`, { method: 'DELETE' })
    const second = await request(`${keys}/alice`, { method: 'DELETE' })

    expect(await first.json()).toEqual({ deleted: true, revision: 2 })
    expect(await second.json()).toEqual({ deleted: false, revision: 0 })
    expect((await request(`${keys}/alice`)).status).toBe(404)
  })
})

describe('a write under a condition', () => {
  const cases = [
    ['If-Match with the revision', { 'if-match': '"1"' }, 200],
    ['If-Match with another revision', { 'if-match': '"7"' }, 412],
    ['If-Match: *', { 'if-match': '*' }, 200],
    ['If-None-Match: *', { 'if-none-match': '*' }, 412],
  ] as const

  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    it.each(cases)(`${method} of a key that exists, with %s`, async (_, headers, status) => {
      const { send } = openApp()
      await send(`PUT ${keys}/alice`, {})

      const response = await send(`${method} ${keys}/alice`, { a: 1 }, headers)

      expect(response.status).toBe(status)
    })

    it(`${method} of a missing key, with If-Match: *, is refused`, async () => {
      const { send } = openApp()

      const response = await send(`${method} ${keys}/alice`, {}, { 'if-match': '*' })

      expect(await problemOf(response)).toMatchObject({
        status: 412,
        code: 'KV_CONFLICT',
        outcome: 'not-applied',
        details: { key: 'alice', revision: 0 },
      })
    })
  }

  it.each<Record<string, string>>([
    { 'if-match': '1' },
    { 'if-match': '"1", "2"' },
    { 'if-none-match': '"1"' },
    { 'if-match': '"1"', 'if-none-match': '*' },
    { 'if-match': '*', 'idempotency-key': 'once' },
  ])('is refused when it cannot be meant: %j', async (headers) => {
    const { send } = openApp()

    const response = await send(`PUT ${keys}/alice`, 1, headers)

    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
  })
})

describe('a write that comes twice under one idempotency key', () => {
  const once = { 'idempotency-key': 'order-1' }

  it('is applied once and answered as the first time', async () => {
    const { request, send } = openApp()

    const first = await send(`PUT ${keys}/alice`, 1, once)
    const second = await send(`PUT ${keys}/alice`, 1, once)

    expect([second.status, await second.json()]).toEqual([first.status, await first.json()])
    expect((await request(`${keys}/alice`)).headers.get('etag')).toBe('"1"')
  })

  it('is refused with other contents', async () => {
    const { send } = openApp()
    await send(`PUT ${keys}/alice`, 1, once)

    const response = await send(`PUT ${keys}/alice`, 2, once)

    expect(await problemOf(response)).toMatchObject({
      status: 422,
      code: 'KV_IDEMPOTENCY_MISMATCH',
    })
  })
})
