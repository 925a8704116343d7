import fc from 'fast-check'
import type { BucketOperation } from 'kvasir'
import { NumberSet, StringSet } from 'kvasir'

/** A condition that is resolved when it is met: revisions are not known beforehand. */
export type Condition = 'none' | 'ifAbsent' | 'current' | 'stale' | 'zero'

export type Command =
  | {
      readonly kind: 'commit'
      readonly operations: readonly (readonly [BucketOperation, Condition])[]
    }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'setWall'; readonly byMs: number }
  | {
      readonly kind: 'list'
      readonly prefix: string
      readonly reverse: boolean
      readonly limit: number
    }
  | { readonly kind: 'getMany'; readonly keys: readonly string[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'reopen' }

const key = fc.constantFrom('a', 'ab', 'b', '😀', '\uffff')
const field = fc.constantFrom('x', 'y', '__proto__', '')
const scalar = fc.constantFrom<unknown>(0, 1, -2.5, '10', 'ten', '', true, null, 'ä😀')
const element = fc.oneof(scalar, fc.constantFrom<unknown>([1], { deep: ['x'] }))
const text = fc.constantFrom('a', 'b', '1', '')
const number = fc.constantFrom(1, 2, -0.5)

const fieldValue = fc.oneof(
  scalar,
  fc.array(element, { maxLength: 3 }),
  fc.array(text, { maxLength: 2 }).map((members) => new StringSet(members)),
  fc.array(number, { maxLength: 2 }).map((members) => new NumberSet(members)),
)

function fieldsOf<Content>(content: fc.Arbitrary<Content>): fc.Arbitrary<Record<string, Content>> {
  const pairs = fc.array(fc.tuple(field, content), { minLength: 1, maxLength: 2 })
  return pairs.map((given) => Object.fromEntries(given))
}

const value = fc.oneof(
  scalar,
  fc.array(element, { maxLength: 3 }),
  fc.uint8Array({ maxLength: 4 }),
  { arbitrary: fieldsOf(fieldValue), weight: 3 },
)

const ttl = fc.constantFrom(1, 100, 1000, 5000)
const putExpiry = fc.constantFrom(
  {},
  {},
  { keepTtl: true },
  { ttl: null },
  { ttl: 100 },
  { ttl: 5000 },
)
const expiry = fc.oneof(
  { arbitrary: fc.constant({}), weight: 3 },
  fc.record({ ttl }),
  fc.record({ initialTtl: ttl }),
  fc.constant({ ttl: null }),
)

function operation<Shape extends object>(
  shape: fc.Arbitrary<Shape>,
  expiries: fc.Arbitrary<object> = expiry,
): fc.Arbitrary<BucketOperation> {
  return fc
    .tuple(shape, expiries, key, fc.boolean())
    .map(
      ([given, when, on, previous]) =>
        ({ ...given, ...when, key: on, previous }) as unknown as BucketOperation,
    )
}

const none = fc.constant({})
const anyOperation = fc.oneof(
  { arbitrary: operation(fc.record({ op: fc.constant('put'), value }), putExpiry), weight: 3 },
  operation(fc.record({ op: fc.constant('delete') }), none),
  operation(
    fc.record({ op: fc.constant('delete'), fields: fc.array(field, { maxLength: 2 }) }),
    none,
  ),
  operation(
    fc.record({
      op: fc.constant('patch'),
      fields: fieldsOf(fc.oneof(fieldValue, fc.constant(undefined))),
    }),
  ),
  operation(fc.record({ op: fc.constant('increment'), by: number })),
  operation(fc.record({ op: fc.constant('increment'), fields: fieldsOf(number) })),
  operation(
    fc.record({
      op: fc.constantFrom('append', 'unshift'),
      fields: fieldsOf(fc.array(element, { maxLength: 3 })),
    }),
  ),
  operation(fc.record({ op: fc.constant('shift'), fields: fieldsOf(fc.nat(2)) })),
  operation(
    fc.record({
      op: fc.constantFrom('add', 'remove'),
      type: fc.constant('string'),
      fields: fieldsOf(fc.array(text, { maxLength: 3 })),
    }),
  ),
  operation(
    fc.record({
      op: fc.constantFrom('add', 'remove'),
      type: fc.constant('number'),
      fields: fieldsOf(fc.array(number, { maxLength: 3 })),
    }),
  ),
  operation(fc.constant({ op: 'touch' }), fc.oneof(fc.record({ ttl }), fc.constant({ ttl: null }))),
  operation(fc.record({ op: fc.constant('purge') }), none),
)

const condition = fc.oneof(
  { arbitrary: fc.constant<Condition>('none'), weight: 6 },
  fc.constantFrom<Condition>('ifAbsent', 'current', 'stale', 'zero'),
)

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      operations: fc.array(fc.tuple(anyOperation, condition), { minLength: 1, maxLength: 3 }),
    }),
    weight: 12,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 99, 100, 999, 5000),
    }),
    weight: 3,
  },
  fc.record({
    kind: fc.constant('setWall' as const),
    byMs: fc.constantFrom(-60_000, -100, 100, 1000),
  }),
  fc.record({
    kind: fc.constant('list' as const),
    prefix: fc.constantFrom('', 'a', '😀'),
    reverse: fc.boolean(),
    limit: fc.constantFrom(1, 2, 10),
  }),
  fc.record({ kind: fc.constant('getMany' as const), keys: fc.array(key, { maxLength: 4 }) }),
  fc.constant({ kind: 'clear' as const }),
  { arbitrary: fc.constant({ kind: 'reopen' as const }), weight: 1 },
)

/** A life of a bucket. */
export const commands = fc.array(command, { minLength: 1, maxLength: 40 })
