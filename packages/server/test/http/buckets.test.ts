import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const path = '/v1/buckets/orders'
const settings = { description: 'Orders', ttlMs: 60_000, history: 3, metadata: { team: 'x' } }

describe('creating a bucket', () => {
  it('answers 201, and 200 when it is there with the same settings', async () => {
    const { send } = openApp()

    const first = await send(`PUT ${path}`, settings)
    const second = await send(`PUT ${path}`, settings)

    expect(first.status).toBe(201)
    expect(await first.json()).toMatchObject({ created: true, name: 'orders', config: settings })
    expect(second.status).toBe(200)
    expect(await second.json()).toMatchObject({ created: false })
  })

  it('takes the defaults when there is no body', async () => {
    const { request } = openApp()

    const response = await request(path, { method: 'PUT' })

    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({ config: { history: 1, description: '' } })
  })

  it('is refused when it is there with other settings', async () => {
    const { send } = openApp()
    await send(`PUT ${path}`, settings)

    const problem = await problemOf(await send(`PUT ${path}`, { history: 9 }))

    expect(problem).toMatchObject({ status: 409, code: 'KV_BUCKET_EXISTS' })
  })

  it.each([
    { history: 0 },
    { history: '3' },
    { ttlMs: -1 },
    { histroy: 3 },
    { metadata: [] },
    { metadata: null },
    { metadata: { a: 1 } },
    [],
    7,
  ])('is refused with %j', async (body) => {
    const { send } = openApp()

    const problem = await problemOf(await send(`PUT ${path}`, body))

    expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
  })

  it.each(['a.b', 'a%20b', '%2e%2e%2fx', 'x'.repeat(65), 'b.locks'])(
    'is refused under the name %s',
    async (name) => {
      const { send } = openApp()

      const problem = await problemOf(await send(`PUT /v1/buckets/${name}`, {}))

      expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
    },
  )

  it('takes no idempotency key, which it could not honour', async () => {
    const { send } = openApp()

    const problem = await problemOf(await send(`PUT ${path}`, {}, { 'idempotency-key': 'x' }))

    expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
  })
})

describe('changing a bucket', () => {
  it('leaves settings that are not named, and removes those set to null', async () => {
    const { request, send } = openApp()
    await send(`PUT ${path}`, settings)

    await send(`PATCH ${path}`, { ttlMs: null, description: 'New' })

    const { config } = (await (await request(path)).json()) as { config: object }
    expect(config).toEqual({ description: 'New', history: 3, metadata: { team: 'x' } })
  })

  it.each([null, false])('switches compression off with %j', async (compression) => {
    const { send } = openApp()
    const created = await send(`PUT ${path}`, { compression: true })

    const changed = await send(`PATCH ${path}`, { compression })

    expect(await created.json()).toMatchObject({ config: { compression: true } })
    const { config } = (await changed.json()) as { config: object }
    expect(config).toEqual({ description: '', history: 1, metadata: {} })
  })

  it('is 404 when it does not exist', async () => {
    const { send } = openApp()

    const problem = await problemOf(await send(`PATCH ${path}`, {}))

    expect(problem).toMatchObject({ status: 404, code: 'KV_BUCKET_NOT_FOUND' })
  })
})

describe('a bucket', () => {
  it('is listed by name, a page at a time', async () => {
    const { request, send } = openApp()
    await send('PUT /v1/buckets/a', {})
    await send('PUT /v1/buckets/z', {})

    const first = await (await request('/v1/buckets?limit=2')).json()
    const { cursor } = first as { cursor: string }
    const second = await (await request(`/v1/buckets?limit=2&cursor=${cursor}`)).json()

    expect(first).toMatchObject({ items: [{ name: 'a' }, { name: 'default' }] })
    expect(second).toMatchObject({ items: [{ name: 'z' }] })
    expect(second).not.toHaveProperty('cursor')
  })

  it('is emptied by a purge, which answers what it held', async () => {
    const { request, send } = openApp()
    await send('PUT /v1/buckets/default/keys/a', 1)

    const purged = await request('/v1/buckets/default/purge', { method: 'POST' })

    expect(await purged.json()).toMatchObject({ name: 'default', keys: 1, revision: 1 })
    expect(await (await request('/v1/buckets/default')).json()).toMatchObject({ keys: 0 })
  })

  it('is deleted with what it holds, except the default one', async () => {
    const { request, send } = openApp()
    await send(`PUT ${path}`, {})

    expect((await request(path, { method: 'DELETE' })).status).toBe(200)
    expect((await request(path)).status).toBe(404)
    expect((await request('/v1/buckets/default', { method: 'DELETE' })).status).toBe(400)
  })
})
