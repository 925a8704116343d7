import { ManualClock } from 'kvasir/conformance'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { problemOf } from './open-app.ts'
import { openRecords, records } from './open-records.ts'

describe('incrementing fields of a record', () => {
  it('answers the new numbers, from 0 for what is missing', async () => {
    const { given, post, stored } = openRecords()
    await given('stock', { apples: 5, pears: '10', name: 'x' })

    const fields = { apples: -1.5, pears: 2, plums: 3 }
    const response = await post('stock', 'increment', { fields })

    expect([response.status, await response.json()]).toEqual([
      200,
      { changed: true, revision: 2, numbers: { apples: 3.5, pears: 12, plums: 3 } },
    ])
    expect(await stored('stock')).toBe('{"apples":3.5,"pears":12,"name":"x","plums":3}')
  })

  it('creates the record', async () => {
    const { post, stored } = openRecords()

    await post('visits', 'increment', { fields: { today: 1 } })

    expect(await stored('visits')).toBe('{"today":1}')
  })

  it('adds up all that comes at once', async () => {
    const { post, stored } = openRecords()

    const requests = Array.from({ length: 64 }, () => post('n', 'increment', { fields: { n: 1 } }))
    const responses = await Promise.all(requests)

    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    expect(await stored('n')).toBe('{"n":64}')
  })
})

describe('appending to lists and putting in front of them', () => {
  it('keeps the order given, and creates record and field', async () => {
    const { post, stored } = openRecords()

    const appended = await post('q', 'append', { fields: { high: [3, { a: 1 }], low: ['x'] } })
    await post('q', 'unshift', { fields: { high: [1, 2] } })

    expect(await appended.json()).toEqual({ changed: true, revision: 1 })
    expect(await stored('q')).toBe('{"high":[1,2,3,{"a":1}],"low":["x"]}')
  })

  it('takes lists and null as elements, and typed sets where the pointers say', async () => {
    const { post, request } = openRecords()
    const fields = { list: [[1], null, { tags: ['a'] }] }

    await post('q', 'append', { fields, sets: { '/list/2/tags': 'string' } })

    const got = await request(`${records}/q`)
    expect(await got.json()).toEqual(fields)
    expect(got.headers.get('kvasir-sets')).toBe('{"/list/2/tags":"string"}')
  })

  it('of nothing changes and creates nothing', async () => {
    const { post, request } = openRecords()

    const none = await post('q', 'append', { fields: { list: [] } })
    const noFields = await post('q', 'unshift', { fields: {} })

    expect(await none.json()).toEqual({ changed: false, revision: 0 })
    expect(await noFields.json()).toEqual({ changed: false, revision: 0 })
    expect(await (await request(`${records}/q/exists`)).json()).toEqual({ exists: false })
  })
})

describe('taking elements from the front of lists', () => {
  it('answers up to so many of each, [] where there are none', async () => {
    const { given, post, stored } = openRecords()
    await given('q', { high: [1, 2, 3], low: ['x'] })

    const response = await post('q', 'shift', { fields: { high: 2, low: 9, no: 1, zero: 0 } })

    expect(await response.json()).toEqual({
      changed: true,
      revision: 2,
      elements: { high: [1, 2], low: ['x'], no: [], zero: [] },
    })
    expect(await stored('q')).toBe('{"high":[3],"low":[]}')
  })

  it('says where typed sets stand in the elements', async () => {
    const { given, post } = openRecords()
    await given('q', { list: [0, { tags: ['a'] }] }, { '/list/1/tags': 'string' })

    const peeked = await post('q', 'peek', { fields: { list: 2 } })
    const shifted = await post('q', 'shift', { fields: { list: 2 } })

    const answer = { elements: { list: [0, { tags: ['a'] }] }, sets: { '/list/1/tags': 'string' } }
    expect(await peeked.json()).toEqual(answer)
    expect(await shifted.json()).toMatchObject(answer)
  })

  it('never creates a record', async () => {
    const { post, request } = openRecords()

    const response = await post('q', 'shift', { fields: { list: 1 } })

    expect(await response.json()).toEqual({ changed: false, revision: 0, elements: { list: [] } })
    expect(await (await request(`${records}/q/exists`)).json()).toEqual({ exists: false })
  })

  it('gives each element to exactly one of those who ask at once', async () => {
    const { given, post } = openRecords()
    const jobs = Array.from({ length: 40 }, (_, index) => index)
    await given('q', { jobs })

    const responses = await Promise.all(jobs.map(() => post('q', 'shift', { fields: { jobs: 1 } })))

    const answers = await Promise.all(responses.map((response) => response.json()))
    const taken = answers.flatMap(({ elements }) => elements.jobs)
    expect(taken.sort((left, right) => left - right)).toEqual(jobs)
  })
})

describe('peeking at lists', () => {
  it('answers the first elements and leaves them, [] for what is no list', async () => {
    const { given, post, stored } = openRecords()
    await given('q', { list: ['a', 'b'], text: 'x' })

    const response = await post('q', 'peek', { fields: { list: 1, text: 1, no: 5 } })
    const missing = await post('nobody', 'peek', { fields: { list: 1 } })

    expect(await response.json()).toEqual({ elements: { list: ['a'], text: [], no: [] } })
    expect(await missing.json()).toEqual({ elements: { list: [] } })
    expect(await stored('q')).toBe('{"list":["a","b"],"text":"x"}')
  })
})

describe.each([
  ['string', ['a', 'b', 'a', ''], ['b', 'c']],
  ['number', [1, 2.5, 1, -3], [2.5, 9]],
] as const)('sets of the type %s', (type, first, second) => {
  it('answer what was newly added, what is there, and what was removed', async () => {
    const { post, request } = openRecords()
    const members = async (operation: string, given: readonly unknown[]) => {
      const response = await post('it', operation, { type, fields: { set: given, other: [] } })
      return ((await response.json()) as { members: { set: unknown[] } }).members.set
    }

    expect(await members('add', first)).toEqual([...new Set<unknown>(first)])
    expect(await members('add', second)).toEqual(second.slice(1))
    expect(await members('has', second)).toEqual(second)
    expect(await members('remove', second)).toEqual(second)
    expect(await members('has', second)).toEqual([])
    expect(await members('remove', second)).toEqual([])
    const { headers } = await request(`${records}/it`)
    expect(headers.get('kvasir-sets')).toBe(`{"/set":"${type}"}`)
  })

  it('are not created by asking for members or removing them', async () => {
    const { post, request } = openRecords()

    const has = await post('it', 'has', { type, fields: { set: first } })
    const removed = await post('it', 'remove', { type, fields: { set: first } })

    expect(await has.json()).toEqual({ members: { set: [] } })
    expect(await removed.json()).toEqual({ changed: false, revision: 0, members: { set: [] } })
    expect(await (await request(`${records}/it/exists`)).json()).toEqual({ exists: false })
  })
})

describe('an operation on a field of another type', () => {
  const record = { text: 'x', list: [1], strings: ['a'], numbers: [1], none: null, big: '1e400' }
  const sets = { '/strings': 'string', '/numbers': 'number' }

  it.each([
    ['increment', { fields: { list: 1 } }, 'a list', 'a number'],
    ['increment', { fields: { text: 1 } }, 'a string', 'a number'],
    ['increment', { fields: { none: 1 } }, 'null', 'a number'],
    ['increment', { fields: { big: 1 } }, 'a string', 'a number'],
    ['append', { fields: { strings: [1] } }, 'a StringSet', 'a list'],
    ['unshift', { fields: { text: [1] } }, 'a string', 'a list'],
    ['shift', { fields: { numbers: 1 } }, 'a NumberSet', 'a list'],
    ['add', { type: 'string', fields: { numbers: ['a'] } }, 'a NumberSet', 'a StringSet'],
    ['remove', { type: 'number', fields: { list: [1] } }, 'a list', 'a NumberSet'],
    ['has', { type: 'number', fields: { strings: [1] } }, 'a StringSet', 'a NumberSet'],
  ])('is refused naming what was found and what is needed: %s %j', async (...given) => {
    const [operation, body, found, needs] = given
    const opened = openRecords()
    await opened.given('it', record, sets)

    const problem = await problemOf(await opened.post('it', operation, body))

    const [field = ''] = Object.keys(body.fields)
    expect(problem).toMatchObject({
      status: 422,
      code: 'KV_WRONG_TYPE',
      details: { key: 'it', field, found, needs },
    })
    for (const word of ['"it"', `"${field}"`, found, needs]) expect(problem.detail).toContain(word)
  })

  it.each([
    ['increment', { fields: { n: 1, text: 1 } }],
    ['append', { fields: { list: [2], text: [1] } }],
    ['unshift', { fields: { list: [2], text: [1] } }],
    ['shift', { fields: { list: 1, text: 1 } }],
    ['add', { type: 'string', fields: { strings: ['b'], text: ['b'] } }],
    ['remove', { type: 'string', fields: { strings: ['a'], text: ['b'] } }],
  ])('changes none of the other fields either: %s', async (operation, body) => {
    const opened = openRecords()
    await opened.given('it', record, sets)

    const response = await opened.post('it', operation, body)

    expect(response.status).toBe(422)
    expect(await opened.stored('it')).toBe(JSON.stringify(record))
  })
})

describe('the expiry of a record', () => {
  const bodies = {
    increment: { fields: { n: 1 } },
    append: { fields: { list: [1] } },
    unshift: { fields: { list: [1] } },
    shift: { fields: { list: 1 } },
    add: { type: 'string', fields: { tags: ['b'] } },
    remove: { type: 'string', fields: { tags: ['a'] } },
  }

  it.each(Object.entries(bodies))('stays with %s unless the body says otherwise', async (...of) => {
    const [operation, body] = of
    const clock = new ManualClock()
    const { post, send } = openRecords({ engine: openMemoryEngine({ clock }) })
    const expiresIn = async (options: object) => {
      const sets = { 'kvasir-sets': '{"/tags":"string"}' }
      await send(`PUT ${records}/it?ttl=10m`, { list: [1], tags: ['a'] }, sets)
      const { expiresAt } = await (await post('it', operation, { ...body, ...options })).json()
      return expiresAt === undefined ? null : expiresAt - clock.wallMs()
    }

    expect(await expiresIn({})).toBe(600_000)
    expect(await expiresIn({ keepTtl: true })).toBe(600_000)
    expect(await expiresIn({ ttl: '90s' })).toBe(90_000)
    expect(await expiresIn({ ttl: 500 })).toBe(500)
    expect(await expiresIn({ expiresAt: clock.wallMs() + 7 })).toBe(7)
    expect(await expiresIn({ initialTtl: '1h' })).toBe(600_000)
    expect(await expiresIn({ ttl: null })).toBeNull()
  })
})
