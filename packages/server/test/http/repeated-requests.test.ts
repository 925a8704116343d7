import { describe, expect, it } from 'vitest'
import { operations } from './described-api.ts'
import { openApp, problemOf } from './open-app.ts'

const keys = '/v1/buckets/default'
const record = `${keys}/record?key=`

/** A body for each route that takes an idempotency key, and another one that does another thing. */
const requests: Readonly<Record<string, readonly [url: string, one: unknown, other: unknown]>> = {
  'PUT /v1/buckets/{bucket}/keys/{key}': [`${keys}/keys/a`, { n: 1 }, { n: 2 }],
  'PATCH /v1/buckets/{bucket}/keys/{key}': [`${keys}/keys/a`, { n: 1 }, { n: 2 }],
  'DELETE /v1/buckets/{bucket}/keys/{key}': [`${keys}/keys/a`, undefined, undefined],
  'PUT /v1/buckets/{bucket}/entry': [`${keys}/entry?key=a`, { n: 1 }, { n: 2 }],
  'PATCH /v1/buckets/{bucket}/entry': [`${keys}/entry?key=a`, { n: 1 }, { n: 2 }],
  'DELETE /v1/buckets/{bucket}/entry': [`${keys}/entry?key=a`, undefined, undefined],
  'PUT /v1/buckets/{bucket}/records/{key}': [`${keys}/records/a`, { n: 1 }, { n: 2 }],
  'PATCH /v1/buckets/{bucket}/records/{key}': [`${keys}/records/a`, { n: 1 }, { n: 2 }],
  'DELETE /v1/buckets/{bucket}/records/{key}': [`${keys}/records/a`, undefined, undefined],
  'PUT /v1/buckets/{bucket}/record': [`${record}a`, { n: 1 }, { n: 2 }],
  'PATCH /v1/buckets/{bucket}/record': [`${record}a`, { n: 1 }, { n: 2 }],
  'DELETE /v1/buckets/{bucket}/record': [`${record}a`, undefined, undefined],
  ...fieldRoutes('increment', { fields: { n: 1 } }, { fields: { n: 2 } }),
  ...fieldRoutes('append', { fields: { list: ['x'] } }, { fields: { list: ['y'] } }),
  ...fieldRoutes('unshift', { fields: { list: ['x'] } }, { fields: { list: ['y'] } }),
  ...fieldRoutes('shift', { fields: { list: 1 } }, { fields: { list: 2 } }),
  ...fieldRoutes('add', ...members('x', 'y')),
  ...fieldRoutes('remove', ...members('a', 'b')),
  'POST /v1/batch': ['/v1/batch', batchOf(1), batchOf(2)],
  'POST /v1/functions/kv-key-put': call('kv-key-put', { value: '1' }, { value: '2' }),
  'POST /v1/functions/kv-key-increment': call('kv-key-increment', stepBy(1), stepBy(2)),
  'POST /v1/functions/kv-keys-put': call('kv-keys-put', entries('1'), entries('2')),
  'POST /v1/functions/kv-key-delete': call('kv-key-delete', {}, { key: 'b' }),
  'POST /v1/functions/kv-key-purge': call('kv-key-purge', {}, { key: 'b' }),
}

type Requests = Record<string, [string, unknown, unknown]>

function fieldRoutes(op: string, one: unknown, other: unknown): Requests {
  return {
    [`POST /v1/buckets/{bucket}/records/{key}/${op}`]: [`${keys}/records/a/${op}`, one, other],
    [`POST /v1/buckets/{bucket}/record/${op}`]: [`${keys}/record/${op}?key=a`, one, other],
  }
}

function members(one: string, other: string): [unknown, unknown] {
  const of = (member: string) => ({ type: 'string', fields: { set: [member] } })
  return [of(one), of(other)]
}

function batchOf(by: number) {
  return { bucket: 'default', operations: [{ op: 'increment', key: 'n', by }] }
}

function entries(value: string) {
  return { entries: [{ key: 'a', value }] }
}

function stepBy(by: number) {
  return { key: 'n', by }
}

function call(name: string, one: object, other: object) {
  const common = { bucket: 'default', ...(!('entries' in one) && { key: 'a' }) }
  const path = `/v1/functions/${name}`
  return [path, { ...common, ...one }, { ...common, ...other }] as [string, unknown, unknown]
}

const repeatable = operations.filter(({ operation }) =>
  JSON.stringify(operation.parameters ?? []).includes('IdempotencyKey'),
)

async function openFilled() {
  const opened = openApp()
  const put = { list: ['a', 'b', 'c'], set: ['a', 'b'], n: 0 }
  const sets = { 'kvasir-sets': JSON.stringify({ '/set': 'string' }) }
  for (const key of ['a', 'b']) await opened.send(`PUT ${keys}/records/${key}`, put, sets)
  const revision = async () =>
    (await opened.engine.getBucket({ project: 'shop', bucket: 'default' })).revision
  return { ...opened, revision }
}

describe('a request that comes again under its idempotency key', () => {
  it('is tried on every route that takes one', () => {
    expect(repeatable.map(({ target }) => target).sort()).toEqual(Object.keys(requests).sort())
  })

  it.each(Object.entries(requests))('%s: is done once', async (target, [url, body]) => {
    const { request, revision } = await openFilled()
    const send = () => request(url, requestOf(target, body))
    const before = await revision()

    const first = await send()
    const again = await send()

    expect([first.status, again.status]).toEqual([first.status, first.status])
    expect(first.status).toBeLessThan(300)
    expect(await revision()).toBe(before + 1)
  })

  it.each(Object.entries(requests))('%s: is refused with another body', async (target, given) => {
    const { request, revision } = await openFilled()
    const [url, one, other] = given
    // A DELETE has no body: what it is about stands in its address.
    const otherUrl = one === undefined ? url.replace(/a$/, 'b') : url
    expect((await request(url, requestOf(target, one))).status).toBeLessThan(300)
    const before = await revision()

    const refused = await request(otherUrl, requestOf(target, other))

    expect(refused.status).toBe(422)
    expect(JSON.stringify(await refused.json())).toContain('KV_IDEMPOTENCY_MISMATCH')
    expect(await revision()).toBe(before)
  })
})

describe('a request on a bucket', () => {
  it.each([`PUT ${keys}`, `PATCH ${keys}`, `DELETE ${keys}`, `POST ${keys}/purge`])(
    '%s: takes no idempotency key',
    async (target) => {
      const { send } = await openFilled()

      const refused = await send(target, {}, { 'idempotency-key': 'request-1' })

      expect(await problemOf(refused)).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
    },
  )
})

function requestOf(target: string, body: unknown): RequestInit {
  const [method = ''] = target.split(' ')
  const headers = { 'idempotency-key': 'request-1' }
  if (body === undefined) return { method, headers }
  return {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}
