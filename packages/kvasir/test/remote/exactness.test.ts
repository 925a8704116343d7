import type { Engine, StoredValue } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { openRemote } from './open-remote.ts'

const at = { project: 'shop', bucket: 'default' }
const deep = '['.repeat(10_000) + ']'.repeat(10_000)

const values: [name: string, value: StoredValue][] = [
  ['a negative zero', { kind: 'json', data: '-0' }],
  ['digits beyond a double', { kind: 'json', data: '[1.10,1E2,12345678901234567890]' }],
  ['lone surrogates', { kind: 'json', data: '["\\ud800","\\udfff"]' }],
  ['a member called __proto__', { kind: 'record', data: '{"__proto__":{"a":1},"constructor":2}' }],
  ['members that stand twice', { kind: 'record', data: '{"b":1,"a":2,"2":3,"1":4,"a":5}' }],
  ['white space around', { kind: 'record', data: ' \t{"a":1} ' }],
  ['line breaks of all kinds', { kind: 'json', data: '[1,\r\n2,\r3,\n4]' }],
  ['separators of lines', { kind: 'json', data: '["\u2028\u2029\u0085"]' }],
  ['10,000 levels', { kind: 'json', data: deep }],
  ['null', { kind: 'json', data: 'null' }],
  ['empty text', { kind: 'text', data: '' }],
  ['text that looks like JSON', { kind: 'text', data: '{"a":1}' }],
  ['text with a byte order mark', { kind: 'text', data: '\ufeffa\ufeff' }],
  ['text of odd characters', { kind: 'text', data: '\u0000\r\n"\\é🔑\u2028' }],
  ['no bytes', { kind: 'bytes', data: new Uint8Array() }],
  ['all bytes', { kind: 'bytes', data: Uint8Array.from({ length: 256 }, (_, byte) => byte) }],
  ['a set as a whole', { kind: 'json', data: '["a","b"]', sets: { '': 'string' } }],
  [
    'sets in odd places',
    {
      kind: 'record',
      data: '{"a/b~c":["x"],"é":{"0":[1,2]},"":[[3]],"__proto__":[]}',
      sets: { '/a~1b~0c': 'string', '/é/0': 'number', '//0': 'number', '/__proto__': 'string' },
    },
  ],
  [
    'sets too many for a header',
    {
      kind: 'json',
      data: `[${Array.from({ length: 1000 }, () => '["a"]').join()}]`,
      sets: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`/${index}`, 'string'])),
    },
  ],
]

/** Everything that an engine says of a key, with times of its own left out. */
async function everythingOf(engine: Engine, key: string) {
  const watch = engine.watch(at, { initial: true })
  const [event] = await firstOf(watch, 1)
  return withoutTimes([
    await engine.get(at, key),
    await engine.get(at, key, { revision: 1 }),
    await engine.read(at, [{ key }]),
    await engine.list(at, { order: 'key', limit: 9 }),
    await engine.history(at, key),
    event,
    await engine.commit(at, [{ op: 'delete', key, previous: true }]),
  ])
}

async function firstOf<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const first: Item[] = []
  for await (const item of items) {
    first.push(item)
    if (first.length === count) break
  }
  return first
}

function withoutTimes(given: unknown): unknown {
  if (given instanceof Uint8Array) return Array.from(given)
  if (Array.isArray(given)) return given.map(withoutTimes)
  if (typeof given !== 'object' || given === null) return given
  const members = Object.entries(given).filter(
    ([name]) => !/^(created|updated|expires)?at$/i.test(name),
  )
  return Object.fromEntries(members.map(([name, value]) => [name, withoutTimes(value)]))
}

describe('a value that goes over HTTP', () => {
  it.each(values)('comes back to the byte: %s', async (_, value) => {
    const memory = openMemoryEngine()
    const remote = openRemote(openMemoryEngine())
    const put = { op: 'put', key: 'k', value } as const

    await memory.commit(at, [put])
    await remote.commit(at, [put])

    expect(await everythingOf(remote, 'k')).toStrictEqual(await everythingOf(memory, 'k'))
  })
})

describe('an operation that goes over HTTP', () => {
  const text = (data: string): StoredValue => ({ kind: 'text', data })
  const json = (data: string): StoredValue => ({ kind: 'json', data })
  const set: StoredValue = { kind: 'json', data: '["x"]', sets: { '': 'string' } }

  it.each([
    {
      op: 'patch',
      key: 'r',
      set: [
        ['__proto__', json('1')],
        ['b', text('é\ud83d\ude00')],
        ['2', json('2')],
        ['1', set],
      ],
    },
    { op: 'patch', key: 'r', set: [], unset: ['n', '__proto__'] },
    { op: 'patch', key: 'r', set: [['deep', json(deep)]], expiry: { ttlMs: 60_000 } },
    { op: 'patch', key: 'r', set: [['bytes', { kind: 'bytes', data: new Uint8Array(1) }]] },
    { op: 'increment', key: 'n', by: -0 },
    { op: 'increment', key: 'n', by: 0.1, expiry: { initialTtlMs: 60_000 } },
    { op: 'increment', key: 'zero', by: -0 },
    {
      op: 'increment',
      key: 'r',
      fields: [
        ['n', 1e21],
        ['__proto__', 2],
      ],
    },
    {
      op: 'append',
      key: 'r',
      fields: [
        ['l', [text('a'), json('{"x":[]}'), set]],
        ['__proto__', [json('1')]],
      ],
    },
    { op: 'append', key: 'r', fields: [['l', []]] },
    { op: 'unshift', key: 'r', fields: [['l', [json('null'), json('-0')]]] },
    {
      op: 'shift',
      key: 'r',
      fields: [
        ['l', 9],
        ['none', 1],
        ['10', 0],
      ],
    },
    {
      op: 'add',
      key: 'r',
      type: 'string',
      fields: [
        ['s', ['b', '\ud800', '']],
        ['2', ['x']],
        ['1', ['y']],
      ],
    },
    { op: 'add', key: 'r', type: 'number', fields: [['numbers', [-0, 1e300]]] },
    { op: 'remove', key: 'r', type: 'string', fields: [['s', ['a', 'zz']]] },
    { op: 'delete', key: 'r', fields: ['n', 'none'] },
    { op: 'delete', key: 'r', ifRevision: 2, previous: true },
    { op: 'touch', key: 'r', expiry: 'none' },
    { op: 'touch', key: 'n', expiry: { expiresAt: 8_640_000_000_000_000 } },
    { op: 'put', key: 'r', value: text('x'), expiry: 'keep', ifAbsent: true },
    {
      op: 'put',
      key: 'new',
      value: set,
      expiry: { ttlMs: 60_000 },
      ifAbsent: true,
      previous: true,
    },
    { op: 'purge', key: 'r', ifRevision: 77 },
  ] satisfies Parameters<Engine['commit']>[1][number][])(
    'does and answers the same: %j',
    async (operation) => {
      const outcomeOn = async (engine: Engine) => {
        await engine.commit(at, [
          {
            op: 'put',
            key: 'r',
            value: {
              kind: 'record',
              data: '{"n":1,"l":[1,"two",{"three":3}],"s":["a"]}',
              sets: { '/s': 'string' },
            },
          },
          { op: 'put', key: 'n', value: json('0') },
          { op: 'put', key: 'zero', value: json('-0') },
        ])
        const result = await engine.commit(at, [operation]).catch(({ code }) => ({ code }))
        return withoutTimes([result, await engine.list(at, { order: 'key', limit: 9 })])
      }

      const here = await outcomeOn(openMemoryEngine())
      const there = await outcomeOn(openRemote(openMemoryEngine()))

      expect(there).toStrictEqual(here)
    },
  )
})

describe('a read that goes over HTTP', () => {
  it('answers the same about parts', async () => {
    const behind = openMemoryEngine()
    const value: StoredValue = {
      kind: 'record',
      data: '{"2":1,"__proto__":["a"],"l":[["x"],-0],"s":["b","a"]}',
      sets: { '/l/0': 'string', '/s': 'string' },
    }
    await behind.commit(at, [{ op: 'put', key: 'r', value }])
    const reads: Parameters<Engine['read']>[1] = [
      { key: 'r', fields: ['s', '2', '__proto__'] },
      {
        key: 'r',
        peek: [
          ['l', 9],
          ['__proto__', 1],
          ['2', 1],
          ['1', 1],
        ],
      },
      { key: 'r', has: [['s', ['a', 'z', '\ud800']]], type: 'string' },
      { key: 'r', ttl: true },
      { key: 'r' },
      { key: 'none', peek: [['a', 1]] },
      { key: 'none', has: [['a', [1]]], type: 'number' },
      { key: 'none', ttl: true },
    ]

    expect(await openRemote(behind).read(at, reads)).toStrictEqual(await behind.read(at, reads))
  })
})
