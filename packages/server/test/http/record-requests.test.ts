import { describe, expect, it } from 'vitest'
import { problemOf } from './open-app.ts'
import { openRecords, records } from './open-records.ts'

const kept = { n: 1, list: [1], tags: ['a'] }

/** A record that must stay as it is. */
async function openKept() {
  const opened = openRecords()
  await opened.given('it', kept, { '/tags': 'string' })
  return opened
}

const set = { type: 'string', fields: { tags: ['b'] } }

describe('the body of an operation on fields', () => {
  it.each<[what: string, operation: string, body: unknown]>([
    ['a list', 'increment', []],
    ['a string', 'increment', '"fields"'],
    ['no fields', 'increment', {}],
    ['no fields but another member', 'shift', { ttl: 1 }],
    ['an unknown member', 'increment', { fields: { n: 1 }, feilds: {} }],
    ['the member __proto__', 'increment', '{"fields":{"n":1},"__proto__":{}}'],
    ['the members of a batch', 'increment', { op: 'delete', key: 'it', fields: { n: 1 } }],
    ['a condition', 'increment', { fields: { n: 1 }, ifRevision: 1 }],
    ['an amount without fields', 'increment', { by: 1 }],
    ['a member twice', 'increment', '{"fields":{"n":1},"fields":{"n":2}}'],
    ['a field twice', 'increment', '{"fields":{"n":1,"n":2}}'],
    ['fields that are a list', 'increment', { fields: ['n'] }],
    ['fields that are null', 'increment', { fields: null }],
    ['an amount that is a string', 'increment', { fields: { n: '1' } }],
    ['an amount that is null', 'increment', { fields: { n: null } }],
    ['an amount beyond the finite ones', 'increment', '{"fields":{"n":1e400}}'],
    ['two expiries', 'increment', { fields: { n: 1 }, ttl: 1, keepTtl: true }],
    ['a type where there is none', 'increment', { fields: { n: 1 }, type: 'number' }],
    ['elements that are no list', 'append', { fields: { list: 2 } }],
    ['elements that are an object', 'unshift', { fields: { list: { 0: 2 } } }],
    ['sets that name nothing', 'append', { fields: { list: [2] }, sets: { '/x': 'string' } }],
    ['sets of another type', 'append', { fields: { list: [[2]] }, sets: { '/list/0': 'any' } }],
    ['sets where there are none', 'shift', { fields: { list: 1 }, sets: {} }],
    ['a negative count', 'shift', { fields: { list: -1 } }],
    ['half a count', 'shift', { fields: { list: 0.5 } }],
    ['a count that is a string', 'shift', { fields: { list: '1' } }],
    ['a negative count', 'peek', { fields: { list: -1 } }],
    ['half a count', 'peek', { fields: { list: 1.5 } }],
    ['an expiry of a read', 'peek', { fields: { list: 1 }, ttl: 1 }],
    ['no fields', 'peek', {}],
    ['no type', 'add', { fields: { tags: ['b'] } }],
    ['another type', 'add', { ...set, type: 'boolean' }],
    ['members that are no list', 'add', { ...set, fields: { tags: 'b' } }],
    ['members of another type', 'add', { ...set, fields: { tags: ['b', 1] } }],
    ['members that are null', 'remove', { ...set, fields: { tags: [null] } }],
    ['numbers beyond the finite ones', 'add', '{"type":"number","fields":{"ids":[1e400]}}'],
    ['no type', 'has', { fields: { tags: ['a'] } }],
    ['another type', 'has', { ...set, type: 'set' }],
    ['members of another type', 'has', { ...set, fields: { tags: [1] } }],
    ['no fields', 'has', { type: 'string' }],
  ])('with %s is refused by %s, and nothing is written', async (_, operation, body) => {
    const { post, request, stored } = await openKept()

    const response = await post('it', operation, body)

    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      code: expect.stringMatching(/^KV_INVALID_(ARGUMENT|TTL)$/),
      outcome: 'not-applied',
    })
    expect(await stored('it')).toBe(JSON.stringify(kept))
    expect((await request(`${records}/it`)).headers.get('etag')).toBe('"1"')
  })

  it.each([
    ['an unknown member', { fields: {}, feilds: 1 }, ['"feilds"', 'initialTtl']],
    ['missing fields', { ttl: 1 }, ['lacks fields', 'increment']],
    ['an amount that is none', { fields: { apples: '1' } }, ['"apples"', 'a number', 'a string']],
  ])('is refused with words that help: %s', async (_, body, words) => {
    const { post } = openRecords()

    const { detail } = await problemOf(await post('it', 'increment', body))

    for (const word of words) expect(detail).toContain(word)
  })

  it.each([
    ['zero', { ttl: 0 }],
    ['negative', { ttl: -1 }],
    ['without a unit, as text', { ttl: '60' }],
    ['in the past', { expiresAt: -1 }],
    ['of nothing for the beginning', { initialTtl: '0s' }],
  ])('with a TTL that is %s is refused', async (_, expiry) => {
    const { post } = await openKept()

    const response = await post('it', 'increment', { fields: { n: 1 }, ...expiry })

    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_INVALID_TTL' })
  })

  it.each(['', '{"fields":{"n":1}', '{"fields":{"n":}}', 'n=1'])(
    'is refused when it is empty, cut off or no JSON: %j',
    async (body) => {
      const { send } = openRecords()

      const response = await send(`POST ${records}/it/increment`, body)

      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_MALFORMED_BODY' })
    },
  )

  it('takes fields of any name', async () => {
    const { post, stored } = openRecords()

    await post('it', 'increment', '{"fields":{"__proto__":1,"":2,"🙂":3,"constructor":4}}')

    expect(await stored('it')).toBe('{"__proto__":1,"":2,"🙂":3,"constructor":4}')
  })

  it('is refused in another form than JSON', async () => {
    const { send } = openRecords()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }

    const response = await send(`POST ${records}/it/increment`, 'n=1', headers)

    expect(await problemOf(response)).toMatchObject({ status: 415 })
  })
})

describe('the body of a whole record', () => {
  it.each(['[1]', '"text"', '7', 'null', 'true'])('must be an object: %s', async (body) => {
    const { send, stored } = await openKept()

    const put = await problemOf(await send(`PUT ${records}/it`, body))
    const patch = await problemOf(await send(`PATCH ${records}/it`, body))

    expect(put).toMatchObject({ status: 400, code: 'KV_INVALID_VALUE', details: { key: 'it' } })
    expect(patch).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
    expect(await stored('it')).toBe(JSON.stringify(kept))
  })

  it.each(['', '{"a":1', 'a=1'])('is refused when it is no JSON: %j', async (body) => {
    const { send } = openRecords()

    const put = await problemOf(await send(`PUT ${records}/it`, body))
    const patch = await problemOf(await send(`PATCH ${records}/it`, body))

    expect([put.code, patch.code]).toEqual(['KV_MALFORMED_BODY', 'KV_MALFORMED_BODY'])
  })

  it.each([
    ['nothing that stands there', '{"/no":"string"}', 'PUT', 'KV_INVALID_VALUE'],
    ['nothing that stands there', '{"/no":"string"}', 'PATCH', 'KV_INVALID_ARGUMENT'],
    ['what is no list of the type', '{"/list":"string"}', 'PUT', 'KV_INVALID_VALUE'],
    ['what is no list of the type', '{"/list":"string"}', 'PATCH', 'KV_INVALID_VALUE'],
    ['no pointer', '{"list":"number"}', 'PUT', 'KV_INVALID_ARGUMENT'],
    ['another type', '{"/list":"list"}', 'PUT', 'KV_INVALID_ARGUMENT'],
    ['no object', '"/list"', 'PUT', 'KV_INVALID_ARGUMENT'],
    ['no JSON', '/list', 'PATCH', 'KV_INVALID_ARGUMENT'],
    ['no place at all', '*', 'PUT', 'KV_INVALID_ARGUMENT'],
  ])('is refused when Kvasir-Sets names %s: %s %s', async (...given) => {
    const [, header, method, code] = given
    const { send, stored } = await openKept()

    const body = { list: [1, 2] }
    const response = await send(`${method} ${records}/it`, body, { 'kvasir-sets': header })

    expect(await problemOf(response)).toMatchObject({ status: 400, code })
    expect(await stored('it')).toBe(JSON.stringify(kept))
  })

  it('cannot set and remove one field', async () => {
    const { send } = openRecords()

    const response = await send(`PATCH ${records}/it?unset=a`, { a: 1 })

    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
  })

  it('is refused over 16 MiB, and so is what would grow a record beyond', async () => {
    const { given, post, send } = openRecords()
    const large = 'x'.repeat(9 * 1024 * 1024)
    await given('it', { list: [large] })

    const put = await send(`PUT ${records}/it`, { list: [large, large] })
    const patch = await send(`PATCH ${records}/it`, { more: large })
    const append = await post('it', 'append', { fields: { list: [large] } })

    for (const response of [put, patch, append]) {
      expect(await problemOf(response)).toMatchObject({ status: 413, code: 'KV_TOO_LARGE' })
    }
    const shifted = await post('it', 'shift', { fields: { list: 9 } })
    const { elements } = (await shifted.json()) as { elements: { list: string[] } }
    expect(elements.list.map(({ length }) => length)).toEqual([large.length])
  })
})

describe('the query of a request on a record', () => {
  it.each([
    ['GET', '?fields=a'],
    ['GET', '?envelope=yes'],
    ['GET', '?envelope=true&envelope=true'],
    ['GET', '?key=it'],
    ['GET', '/exists?field=a'],
    ['PUT', '?field=a'],
    ['PUT', '?unset=a'],
    ['PUT', '?ttl=1h&keepTtl=true'],
    ['PUT', '?ttl=soon'],
    ['PUT', '?ttl=0'],
    ['PUT', '?expiresAt=tomorrow'],
    ['PUT', '?initialTtl=1h'],
    ['PATCH', '?field=a'],
    ['PATCH', '?tll=1h'],
    ['DELETE', '?fields=a'],
    ['DELETE', '?ttl=1h'],
    ['POST', '/increment?ttl=1h'],
    ['POST', '/peek?field=a'],
  ])('is refused where it is not understood: %s %s', async (method, query) => {
    const { request, stored } = await openKept()
    const body = method === 'GET' ? {} : { body: '{"fields":{"n":1}}' }
    const headers = { 'content-type': 'application/json' }

    const response = await request(`${records}/it${query}`, { method, headers, ...body })

    const { status, code } = await problemOf(response)
    expect([status, code]).toEqual([400, expect.stringMatching(/^KV_INVALID_(ARGUMENT|TTL)$/)])
    expect(await stored('it')).toBe(JSON.stringify(kept))
  })
})

describe('a record under a key of any name', () => {
  const names = ['a/b', 'increment', 'exists', 'a?b#c', '50%', 'a+b c', 'ü🙂', 'records/x/add']

  it.each(names)('is reached by the path and by the query: %j', async (key) => {
    const { post, request, send } = openRecords()
    const twin = (path = '') => `/v1/buckets/default/record${path}?key=${encodeURIComponent(key)}`

    await send(`PUT ${twin()}`, { n: 1 })
    await post(key, 'increment', { fields: { n: 1 } })
    await send(`POST ${twin('/increment')}`, { fields: { n: 1 } })

    const inPath = await request(`${records}/${encodeURIComponent(key)}`)
    expect(await inPath.json()).toEqual({ n: 3 })
    expect(await (await request(`${twin()}&field=n`)).json()).toEqual({ n: 3 })
    expect(await (await request(twin('/exists'))).json()).toEqual({ exists: true })
  })

  it.each(['.', '..'])('travels in the query where a path cannot carry it: %s', async (key) => {
    const { request, send } = openRecords()
    const url = `/v1/buckets/default/record?key=${key}`

    await send(`PUT ${url}`, { n: 1 })

    expect(await (await request(url)).json()).toEqual({ n: 1 })
  })

  it('must be there, well-formed and within its length', async () => {
    const { request } = openRecords()
    const codeOf = async (path: string) =>
      (await problemOf(await request(`/v1/buckets/default/${path}`))).code

    expect(await codeOf('record')).toBe('KV_INVALID_ARGUMENT')
    expect(await codeOf('record/exists')).toBe('KV_INVALID_ARGUMENT')
    expect(await codeOf('record?key=')).toBe('KV_INVALID_KEY')
    expect(await codeOf('records/%ff')).toBe('KV_INVALID_KEY')
    expect(await codeOf('records/%ff/exists')).toBe('KV_INVALID_KEY')
    expect(await codeOf(`records/${'x'.repeat(1025)}`)).toBe('KV_INVALID_KEY')
    expect(await codeOf('records/')).toBe('KV_ROUTE_NOT_FOUND')
    expect(await codeOf('records/a/frobnicate')).toBe('KV_ROUTE_NOT_FOUND')
  })
})

describe('a record in another bucket', () => {
  it('is apart from those of the bucket default', async () => {
    const { request, send } = openRecords()
    await send('PUT /v1/buckets/orders', {})
    await send('PUT /v1/buckets/orders/records/a', { n: 1 })

    expect(await (await request('/v1/buckets/orders/records/a')).json()).toEqual({ n: 1 })
    expect(await (await request(`${records}/a`)).json()).toEqual({})
  })

  it('is a problem when the bucket does not exist, and not an empty record', async () => {
    const { request } = openRecords()

    const response = await request('/v1/buckets/nowhere/records/a')

    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'KV_BUCKET_NOT_FOUND' })
  })
})
