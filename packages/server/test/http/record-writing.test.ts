import { ManualClock } from 'kvasir/conformance'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { openRecords, records } from './open-records.ts'

const ada = { name: 'Ada', age: 36 }

describe('putting a record', () => {
  it('answers 201 and {} when the key did not exist', async () => {
    const { send, stored } = openRecords()

    const response = await send(`PUT ${records}/ada`, ada)

    expect([response.status, await response.text()]).toEqual([201, '{}'])
    expect(response.headers.get('etag')).toBe('"1"')
    expect(await stored('ada')).toBe(JSON.stringify(ada))
  })

  it('answers 200 and the record from before, with the revision of now', async () => {
    const { send, stored } = openRecords()
    await send(`PUT ${records}/ada`, '{"id":12345678901234567890}')

    const response = await send(`PUT ${records}/ada?ttl=1h`, { name: 'Grace' })

    expect([response.status, await response.text()]).toEqual([200, '{"id":12345678901234567890}'])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('etag')).toBe('"2"')
    expect(response.headers.get('kvasir-revision')).toBe('2')
    expect(Number(response.headers.get('kvasir-expires-at'))).toBeGreaterThan(Date.now())
    expect(await stored('ada')).toBe('{"name":"Grace"}')
  })

  it('takes typed sets as the header says, and gives them back', async () => {
    const { post, request, send } = openRecords()
    const sets = { 'kvasir-sets': '{"/t\\u00e4gs":"string"}' }
    await send(`PUT ${records}/ada`, { tägs: ['a'] }, sets)

    const got = await request(`${records}/ada`)
    const added = await post('ada', 'add', { type: 'string', fields: { tägs: ['a', 'b'] } })
    const replaced = await send(`PUT ${records}/ada`, {})

    expect(got.headers.get('kvasir-sets')).toBe('{"/t\\u00e4gs":"string"}')
    expect(await added.json()).toMatchObject({ members: { tägs: ['b'] } })
    expect(await replaced.json()).toEqual({ tägs: ['a', 'b'] })
    expect(replaced.headers.get('kvasir-sets')).toBe('{"/t\\u00e4gs":"string"}')
  })

  it('makes the record permanent unless the query says otherwise', async () => {
    const clock = new ManualClock()
    const { send } = openRecords({ engine: openMemoryEngine({ clock }) })
    const put = async (query: string) => {
      const { headers } = await send(`PUT ${records}/ada${query}`, ada)
      const expiresAt = headers.get('kvasir-expires-at')
      return expiresAt === null ? null : Number(expiresAt) - clock.wallMs()
    }

    expect(await put('?ttl=10m')).toBe(600_000)
    expect(await put('?keepTtl=true')).toBe(600_000)
    expect(await put('?ttl=500')).toBe(500)
    expect(await put(`?expiresAt=${clock.wallMs() + 7}`)).toBe(7)
    expect(await put('?ttl=none')).toBeNull()
    expect(await put('?ttl=1.5s')).toBe(1500)
    expect(await put('')).toBeNull()
  })

  it('answers the operation as in a batch with envelope=true', async () => {
    const { send } = openRecords()
    const sets = { 'kvasir-sets': '{"/tags":"string"}' }

    const first = await send(`PUT ${records}/ada?envelope=true`, { tags: ['a'] }, sets)
    const second = await send(`PUT ${records}/ada?envelope=true`, {})

    expect([first.status, await first.json()]).toEqual([201, { changed: true, revision: 1 }])
    expect(second.headers.get('kvasir-sets')).toBeNull()
    expect(await second.json()).toMatchObject({
      changed: true,
      revision: 2,
      previous: {
        key: 'ada',
        value: { tags: ['a'] },
        sets: { '/tags': 'string' },
        revision: 1,
      },
    })
  })
})

describe('the record from before', () => {
  it('comes as a whole with envelope=true where its sets are too many for a header', async () => {
    const { given, request, send } = openRecords()
    const names = Array.from({ length: 500 }, (_, index) => `field-${index}`)
    const record = Object.fromEntries(names.map((name) => [name, [1, 2]]))
    const sets = Object.fromEntries(names.map((name) => [`/${name}`, 'number']))
    await given('ada', record, sets)

    const bare = await send(`PATCH ${records}/ada`, {})
    const whole = await request(`${records}/ada?envelope=true`, { method: 'DELETE' })

    expect(bare.headers.get('kvasir-sets')).toBe('*')
    expect(await whole.json()).toMatchObject({ previous: { value: record, sets } })
  })
})

describe('patching a record', () => {
  it('sets the fields given, leaves the others, and answers the whole record from before', async () => {
    const { given, send, stored } = openRecords()
    await given('ada', ada)

    const response = await send(`PATCH ${records}/ada`, '{"age":null,"__proto__":{"a":1}}')

    expect([response.status, await response.json()]).toEqual([200, ada])
    expect(response.headers.get('etag')).toBe('"2"')
    expect(await stored('ada')).toBe('{"name":"Ada","age":null,"__proto__":{"a":1}}')
  })

  it('removes the fields that the query names, in the same step', async () => {
    const { given, send, stored } = openRecords()
    await given('ada', { ...ada, 'a,b': 1, mail: 'x' })

    const response = await send(`PATCH ${records}/ada?unset=a%2Cb&unset=mail&unset=no`, { age: 37 })

    expect(await response.json()).toEqual({ ...ada, 'a,b': 1, mail: 'x' })
    expect(await stored('ada')).toBe('{"name":"Ada","age":37}')
  })

  it('creates a record that does not exist, also an empty one', async () => {
    const { send, stored } = openRecords()

    const first = await send(`PATCH ${records}/ada`, { name: 'Ada' })
    await send(`PATCH ${records}/empty`, {})

    expect([first.status, await first.json()]).toEqual([200, {}])
    expect([await stored('ada'), await stored('empty')]).toEqual(['{"name":"Ada"}', '{}'])
  })

  it('leaves the expiry unless the query says otherwise', async () => {
    const { send } = openRecords()
    const expiry = async (query: string) =>
      (await send(`PATCH ${records}/ada${query}`, { a: 1 })).headers.get('kvasir-expires-at')

    const given = await expiry('?ttl=1h')

    expect(Number(given)).toBeGreaterThan(Date.now())
    expect(await expiry('')).toBe(given)
    expect(await expiry('?keepTtl=true')).toBe(given)
    expect(Number(await expiry('?ttl=2h'))).toBeGreaterThan(Number(given))
    expect(await expiry('?ttl=none')).toBeNull()
  })

  it('takes typed sets as the header says', async () => {
    const { given, request, send } = openRecords()
    await given('ada', ada)

    await send(`PATCH ${records}/ada`, { ids: [1] }, { 'kvasir-sets': '{"/ids":"number"}' })

    const { headers } = await request(`${records}/ada`)
    expect(headers.get('kvasir-sets')).toBe('{"/ids":"number"}')
  })
})

describe('deleting a record', () => {
  it('answers what it was, with the revision of the removal', async () => {
    const { request, send } = openRecords()
    await send(`PUT ${records}/ada`, '{"id":12345678901234567890}')

    const response = await request(`${records}/ada`, { method: 'DELETE' })
    const again = await request(`${records}/ada`, { method: 'DELETE' })

    expect([response.status, await response.text()]).toEqual([200, '{"id":12345678901234567890}'])
    expect(response.headers.get('kvasir-revision')).toBe('2')
    expect(response.headers.get('etag')).toBeNull()
    expect([again.status, await again.text()]).toEqual([200, '{}'])
    expect(again.headers.get('kvasir-revision')).toBe('0')
  })

  it('of fields answers their values, and leaves the record and its expiry', async () => {
    const { request, send, stored } = openRecords()
    const sets = { 'kvasir-sets': '{"/tags":"string","/ids":"number"}' }
    await send(`PUT ${records}/ada?ttl=1h`, '{"tags":["a"],"n":1.10,"ids":[1],"x":0}', sets)

    const url = `${records}/ada?field=n&field=tags&field=no&field=x`
    const response = await request(url, { method: 'DELETE' })

    expect(await response.text()).toBe('{"n":1.10,"tags":["a"],"x":0}')
    expect(response.headers.get('kvasir-sets')).toBe('{"/tags":"string"}')
    expect(response.headers.get('etag')).toBe('"2"')
    expect(Number(response.headers.get('kvasir-expires-at'))).toBeGreaterThan(Date.now())
    expect(await stored('ada')).toBe('{"ids":[1]}')
  })

  it('of the last field leaves an empty record', async () => {
    const { given, request, stored } = openRecords()
    await given('ada', { name: 'Ada' })

    await request(`${records}/ada?field=name`, { method: 'DELETE' })

    expect(await stored('ada')).toBe('{}')
  })

  it('of fields that it does not have changes nothing', async () => {
    const { given, request } = openRecords()
    await given('ada', ada)

    const known = await request(`${records}/ada?field=no`, { method: 'DELETE' })
    const missing = await request(`${records}/nobody?field=no`, { method: 'DELETE' })

    expect([await known.text(), known.headers.get('etag')]).toEqual(['{}', '"1"'])
    expect([await missing.text(), missing.headers.get('etag')]).toEqual(['{}', null])
    expect((await request(`${records}/nobody/exists`)).status).toBe(200)
  })

  it('answers the operation as in a batch with envelope=true, the named fields alone', async () => {
    const { given, request } = openRecords()
    await given('ada', ada)

    const url = `${records}/ada?envelope=true&field=age`
    const response = await request(url, { method: 'DELETE' })

    expect(await response.json()).toMatchObject({
      changed: true,
      revision: 2,
      previous: { key: 'ada', value: { age: 36 }, revision: 1 },
    })
  })
})
