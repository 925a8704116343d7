import { describe, expect, it } from 'vitest'
import { problemOf, type TokenName } from './open-app.ts'
import { openRecords, records } from './open-records.ts'

const members = { type: 'string', fields: { tags: ['b'] } }

type Asked = readonly [target: string, body: unknown]

const reading: readonly Asked[] = [
  ['GET', undefined],
  ['HEAD', undefined],
  ['GET /exists', undefined],
  ['POST /peek', { fields: { list: 1 } }],
  ['POST /has', members],
]

const writing: readonly Asked[] = [
  ['POST /increment', { fields: { n: 1 } }],
  ['POST /append', { fields: { list: [1] } }],
  ['POST /unshift', { fields: { list: [1] } }],
  ['POST /add', members],
  ['POST /remove', members],
]

const writingAndGivingBack: readonly Asked[] = [
  ['PUT', { n: 2 }],
  ['PATCH', { n: 2 }],
  ['DELETE', undefined],
  ['DELETE ?field=n', undefined],
  ['POST /shift', { fields: { list: 1 } }],
]

/** What a token may do with a record that is there, and what the record is afterwards. */
async function ask(name: TokenName, [target, body]: Asked) {
  const opened = openRecords()
  await opened.given('ada', { n: 1, list: [1], tags: ['a'] }, { '/tags': 'string' })
  const [method = '', path = ''] = target.split(' ')
  const response = await opened.request(`${records}/ada${path}`, {
    method,
    headers: { authorization: `Bearer ${name}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const after = await opened.request(`${records}/ada`)
  return { response, etag: after.headers.get('etag') }
}

describe('a token that may only read', () => {
  it.each(reading)('is taken for %s of a record', async (...asked) => {
    const { response } = await ask('shopRead', asked)

    expect(response.status).toBe(200)
  })

  it.each([...writing, ...writingAndGivingBack])(
    'is 403 for %s of a record, which stays',
    async (...asked) => {
      const { response, etag } = await ask('shopRead', asked)

      expect(await problemOf(response)).toMatchObject({ status: 403, code: 'KV_FORBIDDEN' })
      expect(etag).toBe('"1"')
    },
  )
})

describe('a token that may only write', () => {
  it.each(writing)('is taken for %s of a record', async (...asked) => {
    const { response } = await ask('shopWrite', asked)

    expect(response.status).toBe(200)
  })

  it.each(reading)('is 403 for %s of a record', async (...asked) => {
    const { response } = await ask('shopWrite', asked)

    expect(response.status).toBe(403)
  })

  it.each(writingAndGivingBack)(
    'is 403 for %s of a record, which would give back what was there',
    async (...asked) => {
      const { response, etag } = await ask('shopWrite', asked)

      expect(await problemOf(response)).toMatchObject({ status: 403, code: 'KV_FORBIDDEN' })
      expect(etag).toBe('"1"')
    },
  )
})

describe('a token that may read and write', () => {
  it.each([...reading, ...writing, ...writingAndGivingBack])(
    'is taken for %s of a record',
    async (...asked) => {
      const { response } = await ask('shop', asked)

      expect(response.status).toBe(200)
    },
  )
})
