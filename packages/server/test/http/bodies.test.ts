import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const keys = '/v1/buckets/default/keys'
const takingJson = [
  `PUT ${keys}/a`,
  `PATCH ${keys}/a`,
  'PUT /v1/buckets/b',
  'PATCH /v1/buckets/default',
  'POST /v1/batch',
  'POST /v1/read',
]

describe.each(takingJson)('%s', (target) => {
  it.each([
    ['an empty body', ''],
    ['white space', ' \n'],
    ['a cut-off body', '{"operations":[{"op":'],
    ['words', 'hello'],
    ['single quotes', "{'a':1}"],
    ['two documents', '{} {}'],
    ['a comma too many', '{"a":[1,],"operations":[{"op":"purge","key":"a"},]}'],
    ['a byte order mark', '\ufeff{}'],
  ])('is 400 with %s', async (_, body) => {
    const { send } = openApp()

    const problem = await problemOf(await send(target, body))

    expect(problem).toMatchObject({ status: 400, code: 'KV_MALFORMED_BODY' })
  })

  it('is 400 with what is no UTF-8', async () => {
    const { request } = openApp()
    const [method = '', path = ''] = target.split(' ')
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const headers = { 'content-type': 'application/json' }

    const response = await request(path, { method, body, headers })

    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_MALFORMED_BODY' })
  })

  it('does not fall over JSON that is nested 100,000 deep', async () => {
    const { request, send } = openApp()
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)

    const bare = await send(target, deep)
    const inside = await send(target, `{"a":${deep}}`)

    for (const { status } of [bare, inside]) expect(status).toBeLessThan(500)
    expect((await request('/livez')).status).toBe(200)
  })

  it('is 413 when the body says that it is too large', async () => {
    const { send } = openApp()

    const response = await send(target, '{}', { 'content-length': String(2 ** 40) })

    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'KV_TOO_LARGE' })
  })

  it('is 413 as soon as a body without a length is too large', async () => {
    const { request } = openApp()
    const [method = '', path = ''] = target.split(' ')
    const chunk = new Uint8Array(8 * 1024 * 1024).fill(0x20)
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.byteLength
        controller.enqueue(chunk)
      },
    })
    const headers = { 'content-type': 'application/json' }

    const response = await request(path, { method, body, headers, duplex: 'half' } as RequestInit)

    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'KV_TOO_LARGE' })
    expect(sent).toBeLessThan(160 * 1024 * 1024)
  })
})

describe('deep JSON', () => {
  it.each([
    ['a value', `PUT ${keys}/a`, (deep: string) => deep],
    [
      'a value of a batch',
      'POST /v1/batch',
      (deep: string) => `{"operations":[{"op":"put","key":"a","value":${deep}}]}`,
    ],
  ])(
    'is refused when it is too deep, whatever the parser would take: %s',
    async (_, target, body) => {
      const { request, send } = openApp()
      const deep = `${'['.repeat(3_000_000)}1e400${']'.repeat(3_000_000)}`

      const response = await send(target, body(deep))

      expect(await problemOf(response)).toMatchObject({ status: 413, code: 'KV_TOO_LARGE' })
      expect((await request(`${keys}/a`)).status).toBe(404)
    },
  )

  it('is stored and given back, alone and in a batch', async () => {
    const { request, send } = openApp()
    const deep = `{"a":${'['.repeat(99_999)}${']'.repeat(99_999)}}`

    await send(`PUT ${keys}/alone`, deep)
    await send('POST /v1/batch', `{"operations":[{"op":"put","key":"batched","value":${deep}}]}`)

    expect(await (await request(`${keys}/alone`)).text()).toBe(deep)
    expect(await (await request(`${keys}/batched`)).text()).toBe(deep)
  })
})

describe('a value over the limit', () => {
  it('is refused, and one at the limit is taken', async () => {
    const { request } = openApp()
    const headers = { 'content-type': 'application/octet-stream' }
    const put = (bytes: number) =>
      request(`${keys}/a`, { method: 'PUT', body: new Uint8Array(bytes), headers })

    expect((await put(16 * 1024 * 1024)).status).toBe(201)
    expect((await put(16 * 1024 * 1024 + 1)).status).toBe(413)
  })
})

describe('a batch of too many operations', () => {
  it('is refused', async () => {
    const { send } = openApp()
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'purge', key: 'a' }))

    const problem = await problemOf(await send('POST /v1/batch', { operations }))

    expect(problem).toMatchObject({ status: 413, code: 'KV_TOO_LARGE' })
  })
})
