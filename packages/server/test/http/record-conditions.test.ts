import { describe, expect, it } from 'vitest'
import { problemOf } from './open-app.ts'
import { openRecords, records } from './open-records.ts'

const requests = [
  ['PUT', { n: 5 }],
  ['PATCH', { n: 5 }],
  ['DELETE', {}],
  ['POST increment', { fields: { n: 1 } }],
  ['POST append', { fields: { list: [1] } }],
  ['POST unshift', { fields: { list: [1] } }],
  ['POST shift', { fields: { list: 1 } }],
  ['POST add', { type: 'string', fields: { tags: ['a'] } }],
  ['POST remove', { type: 'string', fields: { tags: ['b'] } }],
] as const

/** The target of a request such as `POST increment` on the record `ada`. */
function targetOf(request: string): string {
  const [method, operation] = request.split(' ')
  return `${method} ${records}/ada${operation === undefined ? '' : `/${operation}`}`
}

async function openWithAda() {
  const opened = openRecords()
  await opened.given('ada', { n: 1, list: [0], tags: ['b'] }, { '/tags': 'string' })
  return opened
}

describe.each(requests)('%s of a record under a condition', (name, body) => {
  it.each([
    ['If-Match with its revision', { 'if-match': '"1"' }],
    ['If-Match: *', { 'if-match': '*' }],
  ])('is done with %s', async (_what, headers) => {
    const { request, send } = await openWithAda()

    const response = await send(targetOf(name), body, headers)

    expect(response.status).toBe(200)
    expect((await request(`${records}/ada`)).headers.get('etag')).not.toBe('"1"')
  })

  it.each([
    ['another revision', { 'if-match': '"7"' }],
    ['revision 0', { 'if-match': '"0"' }],
    ['If-None-Match: *', { 'if-none-match': '*' }],
  ])('is 412 with %s, and changes nothing', async (_what, headers) => {
    const { request, send } = await openWithAda()

    const response = await send(targetOf(name), body, headers)

    expect(await problemOf(response)).toMatchObject({
      status: 412,
      code: 'KV_CONFLICT',
      outcome: 'not-applied',
      details: { key: 'ada', revision: 1 },
    })
    expect((await request(`${records}/ada`)).headers.get('etag')).toBe('"1"')
  })

  it('takes revision 0 for a record that does not exist, and If-Match: * not', async () => {
    const { send } = openRecords()

    const needsOne = await send(targetOf(name), body, { 'if-match': '*' })
    const needsNone = await send(targetOf(name), body, { 'if-match': '"0"' })

    expect(needsOne.status).toBe(412)
    expect(needsNone.ok).toBe(true)
  })
})

describe.each(requests)('%s of a record twice under one idempotency key', (name, body) => {
  const once = { 'idempotency-key': 'request-1' }

  it('is done once and answered as the first time', async () => {
    const { send, request } = await openWithAda()

    const first = await send(targetOf(name), body, once)
    const afterFirst = await (await request(`${records}/ada`)).text()
    const second = await send(targetOf(name), body, once)

    expect(first.status).toBe(200)
    expect([second.status, await second.text()]).toEqual([200, await first.text()])
    expect(await (await request(`${records}/ada`)).text()).toBe(afterFirst)
  })

  it('is refused with another request', async () => {
    const { send } = await openWithAda()
    await send(targetOf(name), body, once)

    const response = await send(`PATCH ${records}/ada`, { other: 1 }, once)

    expect(await problemOf(response)).toMatchObject({
      status: 422,
      code: 'KV_IDEMPOTENCY_MISMATCH',
    })
  })
})

describe('changing a record by a function of the client', () => {
  it('loses no change when each PUT is on the revision that was read', async () => {
    const { request, send, stored } = openRecords()
    const addOne = async (): Promise<number> => {
      for (let attempt = 1; ; attempt++) {
        const got = await request(`${records}/n`)
        const { n = 0 } = (await got.json()) as { n?: number }
        const tag = got.headers.get('etag') ?? ''
        const put = await send(`PUT ${records}/n?keepTtl=true`, { n: n + 1 }, { 'if-match': tag })
        if (put.status !== 412) return attempt
      }
    }

    const attempts = await Promise.all(Array.from({ length: 10 }, addOne))

    expect(await stored('n')).toBe('{"n":10}')
    expect(Math.max(...attempts)).toBeGreaterThan(1)
  })
})
