// Random calls of the records dialect, on small records and on fields that grow large.
import fc from 'fast-check'
import { NumberSet, StringSet } from 'kvasir'
import type { Call } from './record-model.ts'

/** A step in the life of a store. */
export type Step =
  | {
      readonly key: string
      readonly call: Call
      /** Makes it as a call of one field where it has one. */
      readonly isSingle: boolean
      /** Looks at all records afterwards; nothing is to depend on it. */
      readonly looks: boolean
    }
  | { readonly advanceMs: number }
  | { readonly reopen: true }

export const keys = ['alice', 'bob'] as const

/** What differs between the lives of small records and those of large ones. */
interface Contents {
  /** How often a call is one on lists or sets, rather than one on the record: so many to one. */
  readonly elementsWeight: number
  readonly field: fc.Arbitrary<string>
  /** Where calls on lists, and on the sets, mostly go. */
  readonly fieldOf: Readonly<Record<'list' | 'String' | 'Number', fc.Arbitrary<string>>>
  readonly elements: fc.Arbitrary<readonly unknown[]>
  readonly count: fc.Arbitrary<number>
  readonly members: Readonly<Record<'String' | 'Number', fc.Arbitrary<readonly Member[]>>>
}

type Member = string | number

const scalar = fc.constantFrom<unknown>(
  ...[0, 1, -2.5, '10', 'ten', '\ud800', null, true],
  { deep: ['ø'] },
  { tags: new StringSet(['a', 'ø😀']) },
  [new NumberSet([1])],
)

const anyField = fc.constantFrom('x', 'y', '', 'length', '__proto__', 'constructor', 'ø😀', 'a/b~c')

const small: Contents = {
  elementsWeight: 1,
  field: anyField,
  fieldOf: { list: anyField, String: anyField, Number: anyField },
  elements: fc.array(scalar, { maxLength: 3 }),
  count: fc.nat(3),
  members: {
    String: fc.array(fc.constantFrom('a', 'b', '', 'ø', '😀', '__proto__'), { maxLength: 3 }),
    Number: fc.array(fc.constantFrom(1, -2.5, 0, -0, 1e21), { maxLength: 3 }),
  },
}

// Around the sizes at which an engine may keep a field in another way, and far beyond them.
const length = fc.constantFrom(0, 1, 2, 15, 16, 17, 48, 64, 65, 70, 150, 150, 1200)
const start = fc.constantFrom(0, 1, 5, 16, 50, 64, 100)
const range = fc.tuple(start, length).map(([from, count]) => numbersFrom(from, count))

/** How an element looks: many short ones pass one limit, a few long ones another. */
const look = fc.constantFrom<(n: number) => unknown>(
  (n) => n,
  (n) => `ø😀 ${n}`,
  (n) => ({ n, tags: new StringSet([`tag ${n}`]) }),
  (n) => (n % 40 === 0 ? 'long '.repeat(100) : null),
)

const large: Contents = {
  elementsWeight: 3,
  field: fc.constantFrom('__proto__', 'a/b~c', 'words', 'ids', 'x'),
  fieldOf: {
    list: fc.constantFrom('a/b~c', 'a/b~c', '__proto__'),
    String: fc.constant('words'),
    Number: fc.constant('ids'),
  },
  elements: fc.tuple(range, look).map(([given, toElement]) => given.map(toElement)),
  count: fc.constantFrom(0, 1, 2, 16, 40, 64, 150, 5000),
  members: {
    // Some stand in one call twice, some are long.
    String: fc
      .tuple(range, fc.constantFrom<(n: number) => string>(short, short, short, twice, long))
      .map(([given, toMember]) => given.map(toMember)),
    Number: fc
      .tuple(range, fc.constantFrom(1, 1, 1 / 4, -1e20))
      .map(([given, factor]) => given.map((n) => n * factor)),
  },
}

/** Lives of records with a few fields of a few elements. */
export const smallLife = lifeOf(small, { minLength: 1, maxLength: 40 })

/** Lives of records whose lists and sets grow and shrink by hundreds of elements. */
export const largeLife = lifeOf(large, { minLength: 10, maxLength: 50 })

function lifeOf(
  contents: Contents,
  steps: { minLength: number; maxLength: number },
): fc.Arbitrary<readonly Step[]> {
  const key = fc.oneof({ arbitrary: fc.constant(keys[0]), weight: 4 }, fc.constantFrom(...keys))
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      arbitrary: fc.record({
        key,
        call: callWith(contents),
        isSingle: fc.boolean(),
        looks: fc.boolean(),
      }),
      weight: 20,
    },
    { arbitrary: fc.record({ advanceMs: fc.constantFrom(1, 99, 100, 1000) }), weight: 2 },
    { arbitrary: fc.constant({ reopen: true } as const), weight: 1 },
  )
  return fc.array(step, steps)
}

function callWith(contents: Contents): fc.Arbitrary<Call> {
  const { elementsWeight, field, fieldOf, elements, count, members } = contents
  const strings = members.String.map((given) => new StringSet(given as string[]))
  const numbers = members.Number.map((given) => new NumberSet(given as number[]))
  const anything = fc.oneof(scalar, elements, strings, numbers, fc.constant(undefined))
  const record = fieldsOf(
    fc.oneof(
      fc.tuple(fieldOf.list, elements),
      fc.tuple(fieldOf.String, strings),
      fc.tuple(fieldOf.Number, numbers),
      fc.tuple(field, anything),
    ),
  )
  const fields = fc.uniqueArray(field, { maxLength: 2 })
  const ttlMs = fc.constantFrom(100, 250, 1000, 60_000)
  const anyTtlMs = fc.oneof(ttlMs, fc.constant(null))
  const mostly = (usual: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof({ arbitrary: usual, weight: 9 }, field)
  const list = mostly(fieldOf.list)
  const sets = (['String', 'Number'] as const).flatMap((type) => {
    const given = fieldsWith(mostly(fieldOf[type]), members[type])
    return (['add', 'has', 'remove'] as const).map((name) =>
      callOf(name, { type: fc.constant(type), members: given }),
    )
  })
  const onElements = fc.oneof(
    { arbitrary: callOf('append', { values: fieldsWith(list, elements) }), weight: 3 },
    { arbitrary: callOf('unshift', { values: fieldsWith(list, elements) }), weight: 3 },
    { arbitrary: callOf('shift', { counts: fieldsWith(list, count) }), weight: 3 },
    callOf('peek', { counts: fieldsWith(list, count) }),
    ...sets,
  )
  const amounts = fieldsWith(field, fc.constantFrom(1, -2, 0.5))
  const assign = fc.oneof(ttlMs, fc.constant('none'))
  const onRecord = fc.oneof(
    { arbitrary: callOf('put', { record }, { ttlMs }), weight: 4 },
    { arbitrary: callOf('patch', { record }, { ttlMs: anyTtlMs }), weight: 6 },
    { arbitrary: callOf('update', { record }, { ttlMs: anyTtlMs, assign }), weight: 4 },
    { arbitrary: callOf('increment', { amounts }, { ttlMs: anyTtlMs }), weight: 4 },
    { arbitrary: callOf('get', {}, { fields }), weight: 2 },
    { arbitrary: callOf('delete', { fields }), weight: 2 },
    callOf('delete', {}),
    callOf('exists', {}),
    callOf('kv.set', { value: fc.constantFrom<unknown>('text', [1], { x: 1 }) }),
  )
  return fc.oneof(
    { arbitrary: onRecord, weight: 2 },
    { arbitrary: onElements, weight: 2 * elementsWeight },
  )
}

function fieldsWith<Content>(
  field: fc.Arbitrary<string>,
  content: fc.Arbitrary<Content>,
): fc.Arbitrary<Record<string, Content>> {
  return fieldsOf(fc.tuple(field, content))
}

/** Up to two fields with their contents; seldom none at all, which is to do nothing. */
function fieldsOf<Content>(
  pair: fc.Arbitrary<[string, Content]>,
): fc.Arbitrary<Record<string, Content>> {
  const pairs = fc.oneof(
    { arbitrary: fc.constant([]), weight: 1 },
    { arbitrary: fc.tuple(pair), weight: 4 },
    { arbitrary: fc.tuple(pair, pair), weight: 3 },
  )
  return pairs.map((given) => Object.fromEntries(given))
}

/** A call, with optional parts in it or not. */
function callOf(name: Call['call'], parts: object, optional: object = {}): fc.Arbitrary<Call> {
  const all = { ...parts, ...optional } as Record<string, fc.Arbitrary<unknown>>
  return fc
    .record(all, { requiredKeys: Object.keys(parts) })
    .map((given) => ({ call: name, ...given }) as unknown as Call)
}

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}

function short(n: number): string {
  return `ø${n}`
}

function twice(n: number): string {
  return short(n % 70)
}

function long(n: number): string {
  return `${n % 7} ${'long '.repeat(100)}`
}
