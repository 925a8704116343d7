import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, startServer } from '@kvasir/server'
import { openEngine } from 'kvasir/engine'
import { afterEach, describe, expect, it } from 'vitest'
import { openApp, problemOf, tokens } from './open-app.ts'
import { EventReader, type SeenEvent } from './read-events.ts'

const republish = { dest: 'changes.>' }

async function openPublishing(deps: Parameters<typeof openApp>[0] = {}) {
  const opened = openApp(deps)
  await opened.send('PUT /v1/buckets/orders', { republish })
  const put = (key: string, value: unknown = 1, bucket = 'orders') =>
    opened.send(`PUT /v1/buckets/${bucket}/keys/${key}`, value)
  const subscribe = async (subject: string, headers: Record<string, string> = {}) =>
    new EventReader(
      await opened.request(`/v1/subjects/${encodeURIComponent(subject)}`, { headers }),
    )
  return { ...opened, put, subscribe }
}

function inShort(event: SeenEvent | undefined): string {
  const { subject, bucket, revision } = event?.data ?? {}
  return `${event?.event} ${subject} ${bucket} ${revision}`
}

describe('subscribing to a subject', () => {
  it('says where it begins, and then tells every change that is published', async () => {
    const { put, request, subscribe } = await openPublishing()

    const events = await subscribe('changes.>')
    await put('ada', { n: 1 })
    await request('/v1/buckets/orders/keys/ada', { method: 'DELETE' })
    await request('/v1/buckets/orders/purge', { method: 'POST' })

    const ready = await events.next()
    expect(ready).toEqual({ event: 'ready', id: ready?.id, data: { position: ready?.id } })
    expect(await events.next()).toMatchObject({
      event: 'put',
      data: {
        subject: 'changes.ada',
        bucket: 'orders',
        kind: 'put',
        key: 'ada',
        value: { n: 1 },
        revision: 1,
      },
    })
    expect(await events.next()).toMatchObject({
      event: 'delete',
      data: { subject: 'changes.ada', bucket: 'orders', kind: 'delete', key: 'ada', revision: 2 },
    })
    expect(inShort(await events.next())).toBe('clear changes.> orders 3')
    await events.cancel()
  })

  it('leaves out the values that are not published', async () => {
    const { put, send, subscribe } = await openPublishing()
    await send('PATCH /v1/buckets/orders', { republish: { dest: 'x', headersOnly: true } })

    const events = await subscribe('x')
    await put('ada', { n: 1 })

    await events.next()
    const event = await events.next()
    expect(event?.data).toMatchObject({ kind: 'put', key: 'ada', revision: 1 })
    expect(event?.data).not.toHaveProperty('value')
    await events.cancel()
  })

  it('goes on after the last event id, or the parameter since', async () => {
    const { put, request, subscribe } = await openPublishing()
    const first = await subscribe('changes.>')
    for (const key of ['a', 'b', 'c']) await put(key)
    const [, seen] = [await first.next(), await first.next()]
    await first.cancel()

    const byHeader = await subscribe('changes.>', { 'last-event-id': String(seen?.id) })
    const byQuery = new EventReader(await request(`/v1/subjects/changes.%3E?since=${seen?.id}`))

    for (const events of [byHeader, byQuery]) {
      expect(await events.next()).toMatchObject({ event: 'ready', id: seen?.id })
      expect(inShort(await events.next())).toBe('put changes.b orders 2')
      expect(inShort(await events.next())).toBe('put changes.c orders 3')
      await events.cancel()
    }
  })

  it('tells with its signs of life how far it has come', async () => {
    const { put, subscribe } = await openPublishing({ heartbeatMs: 20 })
    const events = await subscribe('changes.wanted')
    await events.next()
    await put('other')

    const beats = [await events.block(), await events.block()]
    const [, since] = beats.at(-1)?.split('\nid: ') ?? []
    await put('wanted')
    const resumed = await subscribe('changes.>', { 'last-event-id': String(since) })
    await resumed.next()

    expect(beats[0]).toMatch(/^: still here\nid: \S+$/)
    expect(inShort(await resumed.next())).toBe('put changes.wanted orders 2')
    await Promise.all([events.cancel(), resumed.cancel()])
  })

  it('tells nothing of other projects', async () => {
    const { put, request, subscribe } = await openPublishing()
    const headers = { authorization: 'Bearer other', 'content-type': 'application/json' }
    const body = JSON.stringify({ republish })
    await request('/v1/buckets/orders', { method: 'PUT', headers, body })

    const events = await subscribe('>')
    await request('/v1/buckets/orders/keys/foreign', { method: 'PUT', headers, body: '1' })
    await put('own')

    await events.next()
    expect(inShort(await events.next())).toBe('put changes.own orders 1')
    await events.cancel()
  })

  it('ends when its token is revoked', async () => {
    const { revoke, subscribe } = await openPublishing({ heartbeatMs: 5 })
    const events = await subscribe('changes.>')
    await events.next()

    revoke('shop')

    expect(await events.next()).toMatchObject({
      event: 'error',
      data: { code: 'KV_UNAUTHENTICATED' },
    })
    expect(await events.next()).toBeUndefined()
  })

  it.each([
    ['a..b', 400, 'KV_INVALID_ARGUMENT'],
    ['a.%3E.b', 400, 'KV_INVALID_ARGUMENT'],
    ['%ff', 400, 'KV_INVALID_ARGUMENT'],
    ['a?since=5', 400, 'KV_INVALID_ARGUMENT'],
    ['a?from=5', 400, 'KV_INVALID_ARGUMENT'],
    ['', 404, 'KV_ROUTE_NOT_FOUND'],
  ])('is refused as an ordinary answer for %j', async (path, status, code) => {
    const { request } = await openPublishing()

    const problem = await problemOf(await request(`/v1/subjects/${path}`))

    expect(problem).toMatchObject({ status, code })
  })

  it('needs the scope read, and does not take HEAD', async () => {
    const { request } = await openPublishing()
    const headers = { authorization: 'Bearer shopWrite' }

    const problem = await problemOf(await request('/v1/subjects/changes', { headers }))
    const head = await request('/v1/subjects/changes', { method: 'HEAD' })

    expect(problem).toMatchObject({ status: 403, code: 'KV_FORBIDDEN' })
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET'])
  })
})

const started: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of started.splice(0).reverse()) await stop()
})

/** A server over the data of a directory, on a port of this machine. */
async function serve(directory: string) {
  const engine = await openEngine(directory)
  const app = createApp({ engine, verifyToken: async () => tokens.shop })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  const headers = { authorization: 'Bearer shop', 'content-type': 'application/json' }
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    await server.close({ graceMs: 0 })
    await engine.close()
  }
  started.push(stop)
  return {
    stop,
    put: (path: string, body: unknown) =>
      fetch(`${server.url}/v1/buckets/${path}`, {
        method: 'PUT',
        headers,
        body: JSON.stringify(body),
      }),
    subscribe: async (lastId?: string) =>
      new EventReader(
        await fetch(`${server.url}/v1/subjects/changes.%3E`, {
          headers: { ...headers, ...(lastId !== undefined && { 'last-event-id': lastId }) },
        }),
      ),
  }
}

describe('a subscription over a restart of the server', () => {
  it('goes on with its last event id, with nothing missed or repeated', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kvasir-subjects-'))
    started.push(() => rm(directory, { recursive: true, force: true }))
    const before = await serve(directory)
    await before.put('orders', { republish })
    await before.put('stock', { republish })
    const first = await before.subscribe()
    await before.put('orders/keys/a', 1)
    await before.put('orders/keys/b', 1)
    const [, seen] = [await first.next(), await first.next()]
    await before.put('stock/keys/c', 1)
    await before.stop()

    const after = await serve(directory)
    await after.put('later', { republish })
    await after.put('later/keys/d', 1)
    const resumed = await after.subscribe(seen?.id)
    await after.put('orders/keys/e', 1)

    await resumed.next()
    const rest: string[] = []
    for (let count = 0; count < 4; count++) rest.push(inShort(await resumed.next()))
    await resumed.cancel()
    expect(inShort(seen)).toBe('put changes.a orders 1')
    expect(rest.sort()).toEqual([
      'put changes.b orders 2',
      'put changes.c stock 1',
      'put changes.d later 1',
      'put changes.e orders 3',
    ])
  })
})
