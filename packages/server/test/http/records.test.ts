import { ManualClock } from 'kvasir/conformance'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { problemOf } from './open-app.ts'
import { openRecords, records } from './open-records.ts'

const ada = { name: 'Ada', age: 36 }

describe('getting a record', () => {
  it('answers its stored text with what is known of it in headers', async () => {
    const { request, send } = openRecords()
    const text = ' {"b": 1.10, "a":12345678901234567890, "__proto__":{"x":1}}\n'
    await send(`PUT ${records}/ada?ttl=1h`, text)

    const response = await request(`${records}/ada`)

    expect([response.status, await response.text()]).toEqual([200, text])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.headers.get('kvasir-revision')).toBe('1')
    expect(Number(response.headers.get('kvasir-expires-at'))).toBeGreaterThan(Date.now())
  })

  it('answers {} at revision 0 when it does not exist', async () => {
    const { request } = openRecords()

    const response = await request(`${records}/nobody`)

    expect([response.status, await response.text()]).toEqual([200, '{}'])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('etag')).toBe('"0"')
    expect(response.headers.get('kvasir-revision')).toBe('0')
    expect(response.headers.get('kvasir-expires-at')).toBeNull()
  })

  it('answers only the fields named, in the order asked, with their text as it was', async () => {
    const { request, send } = openRecords()
    await send(`PUT ${records}/ada`, '{"name":"Ada","id":12345678901234567890,"n":1.10,"z":null}')

    const response = await request(`${records}/ada?field=n&field=id&field=nothing&field=n`)

    expect(await response.text()).toBe('{"n":1.10,"id":12345678901234567890}')
    expect(response.headers.get('etag')).toBe('"1"')
  })

  it.each(['a,b', 'ä&b=c', '__proto__', '', 'field', '~/x', 'a b+c'])(
    'finds a field of any name: %j',
    async (name) => {
      const { given, request } = openRecords()
      await given(
        'ada',
        Object.fromEntries([
          ['other', 2],
          [name, 1],
        ]),
      )

      const response = await request(`${records}/ada?field=${encodeURIComponent(name)}`)

      expect(await response.text()).toBe(`{${JSON.stringify(name)}:1}`)
    },
  )

  it('answers {} when it has none of the fields, or does not exist', async () => {
    const { given, request } = openRecords()
    await given('ada', ada)

    expect(await (await request(`${records}/ada?field=email`)).text()).toBe('{}')
    expect(await (await request(`${records}/nobody?field=email`)).text()).toBe('{}')
  })

  it('says where typed sets stand, in the fields named as well', async () => {
    const { given, request } = openRecords()
    const sets = { '/tags': 'string', '/deep/0/ids': 'number' }
    await given('ada', { tags: ['a'], deep: [{ ids: [1] }], n: 1 }, sets)

    const whole = await request(`${records}/ada`)
    const part = await request(`${records}/ada?field=deep&field=n`)

    expect(JSON.parse(whole.headers.get('kvasir-sets') ?? '')).toEqual(sets)
    expect(await part.text()).toBe('{"deep":[{"ids":[1]}],"n":1}')
    expect(part.headers.get('kvasir-sets')).toBe('{"/deep/0/ids":"number"}')
  })

  it('answers an entry with envelope=true, also where there is none', async () => {
    const { given, request } = openRecords()
    await given('ada', { tags: ['a'] }, { '/tags': 'string' })

    const there = await request(`${records}/ada?envelope=true`)
    const missing = await request(`${records}/no"body?envelope=true`)

    expect(await there.json()).toMatchObject({
      key: 'ada',
      value: { tags: ['a'] },
      sets: { '/tags': 'string' },
      revision: 1,
    })
    expect(await missing.json()).toEqual({ key: 'no"body', value: {}, revision: 0 })
  })

  it('answers 304 when the client has that revision, also of a record that is not there', async () => {
    const { given, request } = openRecords()
    await given('ada', ada)
    const get = (key: string, tag: string) =>
      request(`${records}/${key}`, { headers: { 'if-none-match': tag } })

    expect((await get('ada', '"1"')).status).toBe(304)
    expect((await get('ada', '"0"')).status).toBe(200)
    expect((await get('nobody', '"0"')).status).toBe(304)
    expect((await get('nobody', '"1"')).status).toBe(200)
  })

  it('answers HEAD with the headers of GET and no body', async () => {
    const { given, request } = openRecords()
    await given('ada', ada)

    const there = await request(`${records}/ada`, { method: 'HEAD' })
    const missing = await request(`${records}/nobody`, { method: 'HEAD' })

    expect([there.status, await there.text()]).toEqual([200, ''])
    expect(there.headers.get('content-length')).toBe('23')
    expect([missing.status, await missing.text()]).toEqual([200, ''])
    expect(missing.headers.get('kvasir-revision')).toBe('0')
  })
})

describe('whether a record exists', () => {
  it('is told as JSON, for an empty record and another value as well', async () => {
    const { given, request } = openRecords()
    await given('empty', {})
    await given('text', 'hello')
    const exists = async (key: string) => (await request(`${records}/${key}/exists`)).json()

    expect(await exists('empty')).toEqual({ exists: true })
    expect(await exists('text')).toEqual({ exists: true })
    expect(await exists('nobody')).toEqual({ exists: false })
  })
})

describe('a record whose time has come', () => {
  it('is to every request as if it had never been', async () => {
    const clock = new ManualClock()
    const { post, request, send } = openRecords({ engine: openMemoryEngine({ clock }) })
    await send(`PUT ${records}/ada?ttl=1s`, { list: [1], n: 5 })

    await clock.advance(1000)

    expect(await (await request(`${records}/ada`)).text()).toBe('{}')
    expect(await (await request(`${records}/ada/exists`)).json()).toEqual({ exists: false })
    expect(await (await request(`${records}/ada`, { method: 'DELETE' })).text()).toBe('{}')
    const shifted = await post('ada', 'shift', { fields: { list: 1 } })
    expect(await shifted.json()).toMatchObject({ elements: { list: [] } })
    const counted = await post('ada', 'increment', { fields: { n: 1 } })
    expect(await counted.json()).toMatchObject({ numbers: { n: 1 } })
  })
})

describe('a key that holds something else than a record', () => {
  const others = [
    ['a string', 'hello', 'a string'],
    ['a number', 7, 'a number'],
    ['a list', [1], 'a list'],
    ['null', null, 'null'],
  ] as const

  it.each(others)('%s is refused where a record is needed', async (_, value, found) => {
    const { given, post, request, send, stored } = openRecords()
    await given('it', value)

    const answers = [
      await request(`${records}/it`),
      await request(`${records}/it?field=a`),
      await send(`PATCH ${records}/it`, { a: 1 }),
      await request(`${records}/it?field=a`, { method: 'DELETE' }),
      await post('it', 'increment', { fields: { a: 1 } }),
      await post('it', 'append', { fields: { a: [1] } }),
      await post('it', 'unshift', { fields: { a: [1] } }),
      await post('it', 'shift', { fields: { a: 1 } }),
      await post('it', 'peek', { fields: { a: 1 } }),
      await post('it', 'add', { type: 'string', fields: { a: ['x'] } }),
      await post('it', 'remove', { type: 'string', fields: { a: ['x'] } }),
      await post('it', 'has', { type: 'string', fields: { a: ['x'] } }),
    ]

    for (const problem of await Promise.all(answers.map(problemOf))) {
      expect(problem).toMatchObject({ status: 422, code: 'KV_WRONG_TYPE', details: { found } })
      expect(problem.detail).toContain('"it"')
    }
    expect(await (await request('/v1/buckets/default/keys/it')).text()).toBe(await stored('it'))
    expect((await request('/v1/buckets/default/keys/it')).headers.get('etag')).toBe('"1"')
  })

  it.each(others)('%s is replaced by PUT, which answers {}', async (_, value) => {
    const { given, send, stored } = openRecords()
    await given('it', value)

    const response = await send(`PUT ${records}/it`, ada)

    expect([response.status, await response.text()]).toEqual([200, '{}'])
    expect(await stored('it')).toBe(JSON.stringify(ada))
  })

  it.each(others)('%s is removed by DELETE, which answers {}', async (_, value) => {
    const { given, request } = openRecords()
    await given('it', value)

    const response = await request(`${records}/it?envelope=true`, { method: 'DELETE' })

    expect(await response.json()).toEqual({ changed: true, revision: 2 })
    expect((await request('/v1/buckets/default/keys/it')).status).toBe(404)
  })
})
