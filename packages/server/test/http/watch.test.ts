import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'
import { EventReader } from './read-events.ts'

const bucket = '/v1/buckets/default'

function openWatched(deps: Parameters<typeof openApp>[0] = {}) {
  const opened = openApp(deps)
  const put = (key: string, value: unknown = 1) => opened.send(`PUT ${bucket}/keys/${key}`, value)
  const watch = async (query = '', headers: Record<string, string> = {}) =>
    new EventReader(await opened.request(`${bucket}/watch${query}`, { headers }))
  return { ...opened, put, watch }
}

describe('watching a bucket', () => {
  it('says at once where it begins, and then tells every change', async () => {
    const { put, request, watch } = openWatched()
    await put('before')

    const events = await watch()
    await put('alice', { a: 1 })
    await request(`${bucket}/keys/alice`, { method: 'DELETE' })
    await request(`${bucket}/purge`, { method: 'POST' })

    expect(await events.next()).toEqual({ event: 'ready', id: '1', data: { revision: 1 } })
    expect(await events.next()).toMatchObject({
      event: 'put',
      id: '2',
      data: { kind: 'put', key: 'alice', value: { a: 1 }, revision: 2 },
    })
    expect(await events.next()).toMatchObject({
      event: 'delete',
      id: '3',
      data: { kind: 'delete', key: 'alice', revision: 3 },
    })
    expect(await events.next()).toMatchObject({ event: 'clear', id: '4' })
    await events.cancel()
  })

  it('takes a key or a prefix', async () => {
    const { put, watch } = openWatched()
    const one = await watch('?key=a%2Fb')
    const some = await watch('?prefix=x')

    for (const key of ['y', 'a%2Fb', 'x1']) await put(key)

    expect(await one.take(2)).toEqual(['ready 0', 'put 2 a/b'])
    expect(await some.take(2)).toEqual(['ready 0', 'put 3 x1'])
    await Promise.all([one.cancel(), some.cancel()])
  })

  it('goes on from a revision, by parameter or by the last event id, which wins', async () => {
    const { put, watch } = openWatched()
    for (const key of ['a', 'b', 'c']) await put(key)

    const since = await watch('?since=1')
    const lastId = await watch('?since=0', { 'last-event-id': '2' })

    expect(await since.take(3)).toEqual(['ready 1', 'put 2 b', 'put 3 c'])
    expect(await lastId.take(2)).toEqual(['ready 2', 'put 3 c'])
    await Promise.all([since.cancel(), lastId.cancel()])
  })

  it('tells of a gap under the id from which it would be told of it again', async () => {
    const { put, watch } = openWatched()
    for (const key of ['a', 'b', 'b', 'c']) await put(key)

    const late = await watch('?since=0')
    const seen = [await late.next(), await late.next(), await late.next()]
    const again = await watch('', { 'last-event-id': String(seen[2]?.id) })

    expect(seen[2]).toEqual({ event: 'gap', id: '1', data: { kind: 'gap', revision: 1, to: 4 } })
    expect(await late.take(2)).toEqual(['put 3 b', 'put 4 c'])
    await again.next()
    expect(await again.next()).toEqual(seen[2])
    await Promise.all([late.cancel(), again.cancel()])
  })

  it('begins with the entries there are when it is asked to', async () => {
    const { put, watch } = openWatched()
    for (const key of ['a', 'b']) await put(key)

    const events = await watch('?initial=true')
    await put('c')

    expect(await events.next()).toEqual({ event: 'ready', data: {} })
    expect(await events.take(4)).toEqual(['put 1 a', 'put 2 b', 'synced 2', 'put 3 c'])
    await events.cancel()
  })

  it('resumed amid the entries, tells what was missed and then says that it is up to date', async () => {
    const { put, request, watch } = openWatched()
    for (const key of ['x1', 'y1', 'x2', 'y2']) await put(key)
    await request(`${bucket}/keys/x1`, { method: 'DELETE' })

    const events = await watch('?initial=true&prefix=x', { 'last-event-id': '1' })
    await put('x3')

    expect(await events.take(5)).toEqual([
      'ready 1',
      'put 3 x2',
      'delete 5 x1',
      'synced 5',
      'put 6 x3',
    ])
    await events.cancel()
  })

  it('resumed where nothing was missed, says at once that it is up to date', async () => {
    const { put, watch } = openWatched()
    await put('a')

    const events = await watch('?initial=true', { 'last-event-id': '1' })

    expect(await events.take(2)).toEqual(['ready 1', 'synced 1'])
    await events.cancel()
  })

  it('keeps values that span lines on one line', async () => {
    const { request, watch } = openWatched()
    const events = await watch()
    const body = '{\r\n "a": 1\n}'
    const headers = { 'content-type': 'application/json' }

    await request(`${bucket}/keys/a`, { method: 'PUT', body, headers })

    await events.next()
    expect(await events.next()).toMatchObject({ data: { value: body, encoding: 'json' } })
    await events.cancel()
  })

  it('ends with the error that ends the watch', async () => {
    const { request, send } = openApp()
    await send('PUT /v1/buckets/orders', {})
    const events = new EventReader(await request('/v1/buckets/orders/watch'))

    await request('/v1/buckets/orders', { method: 'DELETE' })

    await events.next()
    expect(await events.next()).toMatchObject({
      event: 'error',
      data: { code: 'KV_BUCKET_NOT_FOUND', status: 404 },
    })
    expect(await events.next()).toBeUndefined()
  })

  it('gives a sign of life while nothing happens', async () => {
    const { watch } = openWatched({ heartbeatMs: 5 })
    const events = await watch()

    await events.block()

    expect(await events.block()).toBe(': still here\nid: 0')
    await events.cancel()
  })

  it('says how far it has come while other keys change', async () => {
    const { put, watch } = openWatched({ heartbeatMs: 5 })
    const events = await watch('?prefix=mine')
    await events.block()

    await put('mine')
    expect(await events.next()).toMatchObject({ event: 'put', id: '1' })
    await put('other')
    await put('another')

    await expect.poll(() => events.block()).toBe(': still here\nid: 3')
    await put('mine-too')
    expect(await events.next()).toMatchObject({ event: 'put', id: '4' })
    await events.cancel()
  })

  it('ends when its token is revoked', async () => {
    const { revoke, watch } = openWatched({ heartbeatMs: 5 })
    const events = await watch()
    await events.next()

    revoke('shop')

    expect(await events.next()).toMatchObject({
      event: 'error',
      data: { code: 'KV_UNAUTHENTICATED' },
    })
    expect(await events.next()).toBeUndefined()
  })

  it('leaves nothing behind when the client goes', async () => {
    const { engine, put, watch } = openWatched()
    const closed: string[] = []
    const open = engine.watch.bind(engine)
    engine.watch = (...parameters) => {
      const opened = open(...parameters)
      const close = opened.close.bind(opened)
      return Object.assign(opened, {
        close: () => {
          closed.push('closed')
          return close()
        },
      })
    }
    const events = await watch()
    await put('a')
    await events.take(2)

    await events.cancel()

    expect(closed).toEqual(['closed'])
  })

  it('asks for no more than the client reads', async () => {
    const { put, watch } = openWatched()
    const events = await watch()

    for (let count = 0; count < 3000; count++) await put('counter', count)

    expect(await events.take(3)).toEqual(['ready 0', 'gap 0', 'put 3000 counter'])
    await events.cancel()
  })

  it.each([
    ['?since=x', 'KV_INVALID_ARGUMENT'],
    ['?key=', 'KV_INVALID_KEY'],
    ['?key=a&prefix=b', 'KV_INVALID_ARGUMENT'],
    ['?since=0&initial=true', 'KV_INVALID_ARGUMENT'],
    ['?from=1', 'KV_INVALID_ARGUMENT'],
  ])('is refused as an ordinary answer with %s', async (query, code) => {
    const { request } = openWatched()

    const problem = await problemOf(await request(`${bucket}/watch${query}`))

    expect(problem).toMatchObject({ status: 400, code })
  })

  it('does not take HEAD, which would open a watch for nobody', async () => {
    const { request } = openWatched()

    const response = await request(`${bucket}/watch`, { method: 'HEAD' })

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
  })
})
