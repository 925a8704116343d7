import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const keys = '/v1/buckets/default/keys'

describe('a batch', () => {
  it('applies every kind of operation, each seeing those before it', async () => {
    const { request, send } = openApp()
    const operations = [
      { op: 'put', key: 'r', value: { n: 1, list: ['b'] }, ttl: '1h' },
      { op: 'patch', key: 'r', fields: { name: 'Ada', gone: 1 } },
      { op: 'patch', key: 'r', fields: {}, unset: ['gone'] },
      { op: 'increment', key: 'r', fields: { n: 2 } },
      { op: 'increment', key: 'count', by: 5 },
      { op: 'increment', key: 'count' },
      { op: 'append', key: 'r', fields: { list: ['c', { deep: [1] }] } },
      { op: 'unshift', key: 'r', fields: { list: ['a'] } },
      { op: 'shift', key: 'r', fields: { list: 2 } },
      { op: 'add', key: 'r', type: 'string', fields: { tags: ['x', 'y', 'x'] } },
      { op: 'remove', key: 'r', type: 'string', fields: { tags: ['y', 'z'] } },
      { op: 'touch', key: 'r', ttl: null },
      { op: 'delete', key: 'r', fields: ['name'] },
      { op: 'delete', key: 'count', previous: true },
      { op: 'purge', key: 'nobody' },
    ]

    const response = await send('POST /v1/batch', { operations })
    const { ok, results } = (await response.json()) as { ok: boolean; results: object[] }

    expect([response.status, ok, results.length]).toEqual([200, true, operations.length])
    expect(results[3]).toMatchObject({ changed: true, revision: 4, numbers: { n: 3 } })
    expect(results[5]).toMatchObject({ number: 6 })
    expect(results[8]).toMatchObject({ elements: { list: ['a', 'b'] } })
    expect(results[9]).toMatchObject({ members: { tags: ['x', 'y'] } })
    expect(results[10]).toMatchObject({ members: { tags: ['y'] } })
    expect(results[13]).toMatchObject({ previous: { key: 'count', value: 6, revision: 6 } })
    expect(results[14]).toEqual({ changed: false, revision: 0 })
    const got = await request(`${keys}/r`)
    expect(await got.json()).toEqual({ n: 3, list: ['c', { deep: [1] }], tags: ['x'] })
    expect(got.headers.get('kvasir-sets')).toBe('{"/tags":"string"}')
    expect(got.headers.get('kvasir-expires-at')).toBeNull()
  })

  it('answers 409 when a condition does not hold, and applies nothing', async () => {
    const { request, send } = openApp()
    await send(`PUT ${keys}/alice`, 1)

    const response = await send('POST /v1/batch', {
      operations: [
        { op: 'put', key: 'bob', value: 1 },
        { op: 'put', key: 'alice', value: 2, ifAbsent: true },
      ],
    })

    expect(await problemOf(response)).toMatchObject({
      status: 409,
      code: 'KV_CONFLICT',
      outcome: 'not-applied',
      details: { index: 1, key: 'alice', revision: 1 },
    })
    expect((await request(`${keys}/bob`)).status).toBe(404)
  })

  it('stores values as they were sent, odd names and digits included', async () => {
    const { request, send } = openApp()
    const value = '{"__proto__":{"x":1},"n":1.10,"big":12345678901234567890,"s":"\\ud800"}'

    await send('POST /v1/batch', `{"operations":[{"op":"put","key":"a","value":${value}}]}`)
    await send(
      'POST /v1/batch',
      '{"operations":[{"op":"patch","key":"b","fields":{"__proto__":1}}]}',
    )

    expect(await (await request(`${keys}/a`)).text()).toBe(value)
    expect(await (await request(`${keys}/b`)).text()).toBe('{"__proto__":1}')
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  it('takes bytes as base64, and JSON text as a string', async () => {
    const { request, send } = openApp()

    const response = await send('POST /v1/batch', {
      operations: [
        { op: 'put', key: 'bytes', value: 'AP8K', encoding: 'base64' },
        { op: 'put', key: 'spaced', value: ' [1,\n2] ', encoding: 'json' },
      ],
    })

    expect(response.status).toBe(200)
    const bytes = await (await request(`${keys}/bytes`)).arrayBuffer()
    expect(new Uint8Array(bytes)).toEqual(new Uint8Array([0, 255, 10]))
    expect(await (await request(`${keys}/spaced`)).text()).toBe(' [1,\n2] ')
  })

  it.each([
    ['no operations', {}],
    ['operations that are no array', { operations: {} }],
    ['an unknown member', { operations: [], bukket: 'x' }],
    ['a bucket that is no string', { operations: [], bucket: 7 }],
    ['an unknown operation', { operations: [{ op: 'set', key: 'a' }] }],
    ['an unknown member of an operation', { operations: [{ op: 'purge', key: 'a', iff: 1 }] }],
    ['a condition where there is none', { operations: [{ op: 'purge', key: 'a', ttl: 1 }] }],
    ['an operation that is no object', { operations: [null] }],
    ['a missing key', { operations: [{ op: 'purge' }] }],
    ['a missing value', { operations: [{ op: 'put', key: 'a' }] }],
    ['two conditions', { operations: [{ op: 'purge', key: 'a', ifAbsent: true, ifRevision: 1 }] }],
    ['an unknown encoding', { operations: [{ op: 'put', key: 'a', value: '', encoding: 'hex' }] }],
    ['fields that are a list', { operations: [{ op: 'patch', key: 'a', fields: [] }] }],
    ['an amount that is a string', { operations: [{ op: 'increment', key: 'a', by: '1' }] }],
    ['both by and fields', { operations: [{ op: 'increment', key: 'a', by: 1, fields: {} }] }],
    ['elements that are no list', { operations: [{ op: 'append', key: 'a', fields: { l: 1 } }] }],
    [
      'members of another type',
      { operations: [{ op: 'add', key: 'a', type: 'number', fields: { s: ['x'] } }] },
    ],
    [
      'sets that name nothing',
      { operations: [{ op: 'patch', key: 'a', fields: {}, sets: { '/x': 'string' } }] },
    ],
    [
      'sets that are no pointers',
      { operations: [{ op: 'put', key: 'a', value: [], sets: { x: 'string' } }] },
    ],
    ['a touch without an expiry', { operations: [{ op: 'touch', key: 'a' }] }],
  ])('is refused with %s', async (_, body) => {
    const { send } = openApp()

    const problem = await problemOf(await send('POST /v1/batch', body))

    expect(problem.status).toBe(400)
    expect(['KV_INVALID_ARGUMENT', 'KV_MALFORMED_BODY']).toContain(problem.code)
    expect(problem.outcome).toBe('not-applied')
  })

  it.each([
    ['a set that is not there', { '/tags': 'string' }, {}],
    ['a set of other members', { '/tags': 'number' }, { tags: ['a'] }],
    ['a set with a member twice', { '/tags': 'string' }, { tags: ['a', 'a'] }],
    ['a set that is no array', { '': 'string' }, { length: 1 }],
  ])('is refused when sets names %s', async (_, sets, value) => {
    const { send } = openApp()

    const operations = [{ op: 'put', key: 'a', value, sets }]
    const problem = await problemOf(await send('POST /v1/batch', { operations }))

    expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_VALUE' })
  })

  it('names what it does not know', async () => {
    const { send } = openApp()
    const operations = [
      { op: 'purge', key: 'a' },
      { op: 'put', key: 'a', value: 1, tll: '1h' },
    ]

    const problem = await problemOf(await send('POST /v1/batch', { operations }))

    expect(problem.detail).toBe('operations[1]: "tll" is not known here.')
  })

  it('refuses a member that stands twice', async () => {
    const { send } = openApp()
    const body = '{"operations":[{"op":"put","key":"a","value":1,"value":2}]}'

    const problem = await problemOf(await send('POST /v1/batch', body))

    expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
  })
})

describe('a read of many', () => {
  it('answers every kind of question in order', async () => {
    const { send } = openApp()
    const put = { op: 'put', key: 'r', value: { a: 1, list: [1, [2]] } }
    const add = { op: 'add', key: 'r', type: 'number', fields: { set: [1, 2] } }
    await send('POST /v1/batch', { operations: [put, add] })

    const response = await send('POST /v1/read', {
      reads: [
        { key: 'r', fields: ['set', 'a'] },
        { key: 'r', peek: { list: 2, none: 1 } },
        { key: 'r', has: { set: [2, 3] }, type: 'number' },
        { key: 'r', ttl: true },
        { key: 'nobody' },
      ],
    })

    const entry = {
      key: 'r',
      revision: 2,
      value: { a: 1, set: [1, 2] },
      sets: { '/set': 'number' },
    }
    const { results } = (await response.json()) as { results: object[] }
    expect(results[0]).toMatchObject({ entry })
    expect(results.slice(1)).toEqual([
      { elements: { list: [1, [2]], none: [] } },
      { members: { set: [2] } },
      { ttlMs: null },
      {},
    ])
  })

  it.each([
    ['an unknown part', { reads: [{ key: 'a', feilds: [] }] }],
    ['two parts', { reads: [{ key: 'a', ttl: true, fields: [] }] }],
    ['has without a type', { reads: [{ key: 'a', has: {} }] }],
    ['no reads', { operations: [] }],
  ])('is refused with %s', async (_, body) => {
    const { send } = openApp()

    const problem = await problemOf(await send('POST /v1/read', body))

    expect(problem).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
  })

  it('is refused when the values are more than one answer takes', async () => {
    const { request, send } = openApp()
    const body = new Uint8Array(16 * 1024 * 1024)
    const headers = { 'content-type': 'application/octet-stream' }
    await request(`${keys}/large`, { method: 'PUT', body, headers })

    const reads = Array.from({ length: 5 }, () => ({ key: 'large' }))
    const problem = await problemOf(await send('POST /v1/read', { reads }))

    expect(problem).toMatchObject({ status: 413, code: 'KV_TOO_LARGE' })
  })
})
