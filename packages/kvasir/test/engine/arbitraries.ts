import fc from 'fast-check'
import { NumberSet, StringSet } from '../../src/codec/typed-sets.ts'
import { encodeValue } from '../../src/codec/value.ts'
import type { Entry } from '../../src/engine/entry.ts'
import type { Expiry, Operation } from '../../src/engine/operation.ts'

export const now = 1_000_000

const element = fc.constantFrom<unknown>('a', 1, null, true, ['x'], { y: 1 })
const field = fc.constantFrom('list', 'text', 'number', 'strings', 'numbers', '__proto__')

/** A value of every kind; records with fields of every type under the names above. */
const value = fc.oneof(
  fc.constantFrom<unknown>(5, '10', 'text', null, ['a'], new Uint8Array([1]), {}),
  fc.array(element, { maxLength: 3 }).map((list) => {
    return {
      list,
      text: 'text',
      number: 1,
      strings: new StringSet(['a']),
      numbers: new NumberSet([1]),
    }
  }),
)

const expiry: fc.Arbitrary<Expiry | undefined> = fc.constantFrom<Expiry | undefined>(
  undefined,
  'none',
  'keep',
  { ttlMs: 100 },
  { expiresAt: now + 500 },
  { initialTtlMs: 300 },
)

function pairs<Content>(content: fc.Arbitrary<Content>): fc.Arbitrary<[string, Content][]> {
  return fc.uniqueArray(fc.tuple(field, content), { maxLength: 3, selector: ([name]) => name })
}

const stored = value.map(encodeValue)
// The front lets no bytes into a record.
const part = stored.filter(({ kind }) => kind !== 'bytes')
const elements = fc.array(element.map(encodeValue), { maxLength: 3 })
const strings = fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 })
const numbers = fc.array(fc.constantFrom(1, 2), { maxLength: 3 })

/** Every kind of operation, on one of a few keys. */
export const operation: fc.Arbitrary<Operation> = fc
  .tuple(
    fc.oneof<fc.Arbitrary<object>[]>(
      fc.record({ op: fc.constant('put'), value: stored }),
      fc.record({ op: fc.constant('delete') }),
      fc.record({ op: fc.constant('delete'), fields: fc.array(field, { maxLength: 2 }) }),
      fc.record({ op: fc.constant('patch'), set: pairs(part) }),
      fc.record({ op: fc.constant('increment'), by: fc.constantFrom(1, -2) }),
      fc.record({ op: fc.constant('increment'), fields: pairs(fc.constantFrom(1, -2)) }),
      fc.record({ op: fc.constantFrom('append', 'unshift'), fields: pairs(elements) }),
      fc.record({ op: fc.constant('shift'), fields: pairs(fc.nat(3)) }),
      fc.record({
        op: fc.constantFrom('add', 'remove'),
        type: fc.constant('string'),
        fields: pairs(strings),
      }),
      fc.record({
        op: fc.constantFrom('add', 'remove'),
        type: fc.constant('number'),
        fields: pairs(numbers),
      }),
      fc.record({ op: fc.constant('touch') }),
      fc.record({ op: fc.constant('purge') }),
    ),
    fc.constantFrom('alice', 'bob', 'carol'),
    expiry,
    fc.boolean(),
  )
  .map(([given, key, when, isAsked]) => complete({ ...given, key }, when, isAsked))

/** An entry that exists at `now`. */
export const entry: fc.Arbitrary<Entry> = fc.record(
  {
    key: fc.constant('alice'),
    value: stored,
    revision: fc.integer({ min: 1, max: 100 }),
    createdAt: fc.integer({ min: now - 1000, max: now }),
    updatedAt: fc.constant(now),
    expiresAt: fc.integer({ min: now + 1, max: now + 1000 }),
  },
  { requiredKeys: ['key', 'value', 'revision', 'createdAt', 'updatedAt'] },
)

function complete(given: object, when: Expiry | undefined, isAsked: boolean): Operation {
  const { op } = given as Operation
  const previous = isAsked ? { previous: true } : {}
  const isPlain = op === 'delete' || op === 'purge' || (op === 'touch' && when === 'keep')
  const chosen = op === 'touch' && (when === undefined || when === 'keep') ? 'none' : when
  const expiry = chosen === undefined || (isPlain && op !== 'touch') ? {} : { expiry: chosen }
  return { ...given, ...previous, ...expiry } as Operation
}
