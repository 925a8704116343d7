// The calls of the records dialect, and what they refuse, as tables for storage-refusals.ts.
import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import type { KVStore } from '../dialects/storage/storage-types.ts'
import { range } from './observe.ts'

/** What a field may hold, small or large, and how errors name it. */
export const held: readonly (readonly [found: string, value: unknown])[] = [
  ['a string', 'ten'],
  ['a number', 7],
  ['a boolean', true],
  ['null', null],
  ['an object', { n: 1 }],
  ['a list', ['a']],
  ['a StringSet', new StringSet(['a'])],
  ['a NumberSet', new NumberSet([1])],
  ['a list', range(200)],
  ['a StringSet', new StringSet(range(200).map(String))],
  ['a NumberSet', new NumberSet(range(200))],
]

/** A call on the field `field` of a record; calls of several fields do `good` before it. */
interface FieldCall {
  readonly name: string
  readonly needs: string
  /** What a field holds that the call takes. */
  readonly good: unknown
  readonly make: (records: KVStore, key: string) => Promise<unknown>
}

const both = <Content>(content: Content) => ({ good: content, field: content })

export const numberCalls: readonly FieldCall[] = [
  ['increment', (records: KVStore, key: string) => records.increment(key, 'field')] as const,
  [
    'incrementMulti',
    (records: KVStore, key: string) => records.incrementMulti(key, both(1), { ttl: 5 }),
  ] as const,
].map(([name, make]) => ({ name, make, needs: 'a number', good: 7 }))

export const listCalls: readonly FieldCall[] = (['append', 'unshift', 'shift'] as const).flatMap(
  (name): FieldCall[] => [
    {
      name,
      needs: 'a list',
      good: ['a'],
      make: (records, key) =>
        name === 'shift' ? records.shift(key, 'field') : records[name](key, 'field', 'b'),
    },
    {
      name: `${name}Multi`,
      needs: 'a list',
      good: ['a'],
      make: (records, key) =>
        name === 'shift'
          ? records.shiftMulti(key, both(1))
          : records[`${name}Multi`](key, both(['b'])),
    },
  ],
)

export const setCalls: readonly FieldCall[] = (['add', 'has', 'remove'] as const).flatMap(
  (verb): FieldCall[] => [
    {
      name: `${verb}String`,
      needs: 'a StringSet',
      good: new StringSet(['a']),
      make: (records, key) => records[`${verb}String`](key, 'field', 'b'),
    },
    {
      name: `${verb}StringMulti`,
      needs: 'a StringSet',
      good: new StringSet(['a']),
      make: (records, key) => records[`${verb}StringMulti`](key, both(['a', 'b'])),
    },
    {
      name: `${verb}Number`,
      needs: 'a NumberSet',
      good: new NumberSet([1]),
      make: (records, key) => records[`${verb}Number`](key, 'field', 1),
    },
    {
      name: `${verb}NumberMulti`,
      needs: 'a NumberSet',
      good: new NumberSet([1]),
      make: (records, key) => records[`${verb}NumberMulti`](key, both([1, 2])),
    },
  ],
)

/** Arguments that a call does not take, from callers without types, and how errors name them. */
const notAmounts = [
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['a string', '1'],
  ['null', null],
  ['a boolean', true],
  ['a bigint', 1n],
  ['a list', [1]],
] as const

const notCounts = [
  ['-1', -1],
  ['1.5', 1.5],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a string', '1'],
  ['null', null],
  ['undefined', undefined],
] as const

const notElements = [
  ['a string', 'abc'],
  ['a number', 7],
  ['null', null],
  ['undefined', undefined],
  ['an object', { 0: 'a', length: 1 }],
  ['a StringSet', new StringSet(['a'])],
] as const

const notMembers = [
  ['a string', 'abc'],
  ['null', null],
  ['undefined', undefined],
  ['an object', { a: 1 }],
] as const

const notStrings = [
  ['a number', 1],
  ['null', null],
  ['undefined', undefined],
  ['a list', ['a']],
] as const

const notNumbers = [
  ['a string', '1'],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['null', null],
] as const

export const notStored = [
  ['NaN', Number.NaN],
  ['a bigint', 1n],
  ['a function', () => 1],
  ['an instance of Map', new Map()],
] as const

/** Fields as callers without types give them. */
export const untyped = (fields: unknown) => fields as Record<string, never>

/** A call with an argument for `field`, after one for another field that is as it should be. */
interface ArgumentCall {
  readonly name: string
  readonly needs: string
  readonly wrong: readonly (readonly [found: string, given: unknown])[]
  readonly make: (records: KVStore, given: unknown) => Promise<unknown>
}

export const countCalls: readonly ArgumentCall[] = [
  {
    name: 'increment',
    needs: 'a finite number',
    wrong: notAmounts,
    make: (records, amount) => records.increment('record', 'field', amount as number),
  },
  {
    name: 'incrementMulti',
    needs: 'a finite number',
    wrong: notAmounts,
    make: (records, amount) => records.incrementMulti('record', untyped({ n: 1, field: amount })),
  },
  ...(['peekMulti', 'shiftMulti'] as const).map((name) => ({
    name,
    needs: 'an integer of at least 0',
    wrong: notCounts,
    make: (records: KVStore, count: unknown) =>
      records[name]('record', untyped({ list: 1, field: count })),
  })),
]

export const contentCalls: readonly ArgumentCall[] = [
  ...(['appendMulti', 'unshiftMulti'] as const).map((name) => ({
    name,
    needs: 'an array of elements',
    wrong: notElements,
    make: (records: KVStore, elements: unknown) =>
      records[name]('record', untyped({ list: ['b'], field: elements })),
  })),
  ...(['add', 'has', 'remove'] as const).flatMap((verb) =>
    (['String', 'Number'] as const).flatMap((type): ArgumentCall[] => {
      const name = `${verb}${type}Multi` as const
      const good = type === 'String' ? { words: ['a', 'b'] } : { ids: [1, 2] }
      const make = (records: KVStore, members: unknown) =>
        records[name]('record', untyped({ ...good, field: members }))
      return [
        { name, needs: 'an array or a set of members', wrong: notMembers, make },
        {
          name,
          needs: type === 'String' ? 'strings as members' : 'finite numbers as members',
          wrong: type === 'String' ? notStrings : notNumbers,
          make: (records, member) => make(records, [member]),
        },
      ]
    }),
  ),
]

/** A call that stores a value in `field`. */
export const storingCalls: readonly (readonly [
  name: string,
  make: (records: KVStore, value: unknown) => Promise<unknown>,
])[] = [
  ['patch', (records, field) => records.patch<object>('record', { n: 2, field })],
  ['append', (records, value) => records.append('record', 'field', value)],
  ['unshift', (records, value) => records.unshift('record', 'field', value)],
  [
    'appendMulti',
    (records, value) => records.appendMulti<unknown>('record', { list: ['b'], field: [1, value] }),
  ],
  [
    'unshiftMulti',
    (records, value) => records.unshiftMulti<unknown>('record', { list: ['b'], field: [value] }),
  ],
]

/** Calls that would make the record larger than 200 bytes. */
export const growingCalls: readonly (readonly [
  name: string,
  make: (records: KVStore) => Promise<unknown>,
])[] = [
  ['put', (records) => records.put('record', { text: long })],
  ['patch', (records) => records.patch('record', { n: 2, text: long })],
  ['patch with an updater', (records) => records.patch('record', () => ({ text: long }))],
  ['incrementMulti', (records) => records.incrementMulti('record', { n: 1, [long]: 1 })],
  ['appendMulti', (records) => records.appendMulti('record', { list: ['b'], more: [long] })],
  ['unshiftMulti', (records) => records.unshiftMulti('record', { list: ['b'], more: [long] })],
  ['addStringMulti', (records) => records.addStringMulti('record', { words: ['b', long] })],
  ['addNumberMulti', (records) => records.addNumberMulti('record', { ids: range(200) })],
]

const long = 'long '.repeat(50)

export const notFields = [
  ['null', null],
  ['undefined', undefined],
  ['a string', 'field'],
  ['a number', 7],
  ['a list', [['field', 1]]],
] as const

export const multiCalls = [
  'incrementMulti',
  'appendMulti',
  'unshiftMulti',
  'peekMulti',
  'shiftMulti',
  'addStringMulti',
  'hasStringMulti',
  'removeStringMulti',
  'addNumberMulti',
  'hasNumberMulti',
  'removeNumberMulti',
] as const
