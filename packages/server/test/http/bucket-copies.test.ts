import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const path = '/v1/buckets/copy'
const origin = {
  bucket: 'default',
  filterSubject: 'eu.>',
  startRevision: 1,
  startTime: 1,
  transforms: [{ source: 'eu.*', dest: 'europe.{{wildcard(1)}}' }],
}

describe('a mirror over HTTP', () => {
  it('is created with its origin, tells it, and has what is written there', async () => {
    const { send, request } = openApp()

    const created = await send(`PUT ${path}`, { mirror: origin })
    await send('PUT /v1/buckets/default/keys/eu.1', { n: 1 })

    expect(created.status).toBe(201)
    expect(await created.json()).toMatchObject({ created: true, config: { mirror: origin } })
    const copy = await request(`${path}/keys/europe.1`)
    expect(await copy.json()).toEqual({ n: 1 })
  })

  it('answers 409 to every write', async () => {
    const { send, request } = openApp()
    await send(`PUT ${path}`, { mirror: { bucket: 'default' } })

    const answers = await Promise.all([
      send(`PUT ${path}/keys/a`, { n: 1 }),
      request(`${path}/keys/a`, { method: 'DELETE' }),
      request(`${path}/purge`, { method: 'POST' }),
      send('POST /v1/batch', {
        bucket: 'copy',
        operations: [{ op: 'put', key: 'a', value: 1 }],
      }),
    ])

    for (const answer of answers) {
      expect(await problemOf(answer)).toMatchObject({ status: 409, code: 'KV_READ_ONLY' })
    }
  })

  it('keeps its origin from being deleted, with its name in the problem', async () => {
    const { send, request } = openApp()
    await send('PUT /v1/buckets/orders', {})
    await send(`PUT ${path}`, { mirror: { bucket: 'orders' } })

    const problem = await problemOf(await request('/v1/buckets/orders', { method: 'DELETE' }))

    expect(problem).toMatchObject({
      status: 409,
      code: 'KV_CONFLICT',
      details: { mirrors: ['copy'] },
    })
  })

  it('keeps its origin when it is changed otherwise, and cannot be given another', async () => {
    const { send } = openApp()
    await send(`PUT ${path}`, { mirror: origin })

    const changed = await send(`PATCH ${path}`, { description: 'a copy' })
    const refused = [{ mirror: null }, { mirror: { bucket: 'other' } }, { sources: [origin] }]

    expect(await changed.json()).toMatchObject({
      config: { description: 'a copy', mirror: origin },
    })
    for (const settings of refused) {
      const problem = await problemOf(await send(`PATCH ${path}`, settings))
      expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
    }
  })

  it.each([
    [{ mirror: 'default' }, 'mirror'],
    [{ mirror: {} }, 'mirror.bucket'],
    [{ mirror: { bucket: 'default', domain: 'hub' } }, 'domain'],
    [{ mirror: { bucket: 'default', startTime: '2030-01-01' } }, 'startTime'],
    [{ mirror: { ...origin, transforms: [{ src: '*', dest: 'x' }] } }, 'transforms'],
    [{ mirror: { ...origin, filterSubject: 'a..b' } }, 'mirror.filterSubject'],
    [{ sources: {} }, 'sources'],
    [{ sources: [origin, { bucket: '../x' }] }, 'bucket'],
  ])('is refused for %j, naming %s', async (settings, place) => {
    const { send, request } = openApp()

    const problem = await problemOf(await send(`PUT ${path}`, settings))

    expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
    expect(problem.detail).toContain(place)
    expect((await request(path)).status).toBe(404)
  })
})
