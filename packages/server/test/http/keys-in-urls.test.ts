import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const oddKeys = [
  'a/b',
  'a//b',
  '/',
  '50%',
  '%2F',
  '%25',
  'a+b c',
  '?a=1&b=2#c',
  'ключ 🔑',
  'line\nbreak\r\n',
  '\u0000',
  '__proto__',
  '...',
  'a\\b',
  '\ufeff',
  'history',
  'x'.repeat(1024),
]

describe.each([
  ['in the path', (key: string) => `/v1/buckets/default/keys/${encodeURIComponent(key)}`],
  ['in the query', (key: string) => `/v1/buckets/default/entry?key=${encodeURIComponent(key)}`],
])('a key %s', (_, urlOf) => {
  it.each(oddKeys)('may be %j', async (key) => {
    const { engine, request, send } = openApp()

    await send(`PUT ${urlOf(key)}`, 1)

    expect(await (await request(urlOf(key))).text()).toBe('1')
    const at = { project: 'shop', bucket: 'default' }
    expect((await engine.list(at, { order: 'key', limit: 9 })).entries).toMatchObject([{ key }])
  })

  it.each(['%', '%2', '%zz', '%ff', '%C3%28', '%ed%a0%80', 'a%'])(
    'is refused when it is malformed: %s',
    async (raw) => {
      const { request } = openApp()

      const response = await request(urlOf('KEY').replace('KEY', raw))

      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_INVALID_KEY' })
    },
  )

  it('is refused over 1,024 bytes', async () => {
    const { request } = openApp()

    const response = await request(urlOf('é'.repeat(513)))

    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_INVALID_KEY' })
  })
})

describe('a key that a path cannot carry', () => {
  it.each(['.', '..'])('%s travels in the query', async (key) => {
    const { request, send } = openApp()
    const url = `/v1/buckets/default/entry?key=${key}`

    expect((await send(`PUT ${url}`, 1)).status).toBe(201)
    expect(await (await request(url)).text()).toBe('1')
    expect((await request(url, { method: 'DELETE' })).status).toBe(200)
  })
})

describe('a key in the query', () => {
  it('is refused when it is missing, empty or there twice', async () => {
    const { request } = openApp()

    const missing = await request('/v1/buckets/default/entry')
    const empty = await request('/v1/buckets/default/entry?key=')
    const twice = await request('/v1/buckets/default/entry?key=a&key=b')

    expect((await problemOf(missing)).code).toBe('KV_INVALID_ARGUMENT')
    expect((await problemOf(empty)).code).toBe('KV_INVALID_KEY')
    expect((await problemOf(twice)).code).toBe('KV_INVALID_ARGUMENT')
  })
})

describe('a lock space', () => {
  it('is addressed like a bucket, and not listed', async () => {
    const { request, send } = openApp()

    const put = await send('PUT /v1/buckets/default.locks/keys/L', 1)
    const list = await request('/v1/buckets')

    expect(put.status).toBe(201)
    expect(await list.json()).toMatchObject({ items: [{ name: 'default' }] })
  })
})
