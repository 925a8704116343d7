import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredValue } from '../../src/codec/stored-value.ts'
import { NumberSet, StringSet } from '../../src/codec/typed-sets.ts'
import { encodePart, encodeValue } from '../../src/codec/value.ts'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Fields, Operation } from '../../src/engine/operation.ts'
import { openMemoryEngine } from '../../src/engines/memory/memory-engine.ts'
import { open, temporaryDirectory } from './directories.ts'

const at = { project: 'shop', bucket: 'default' }
const keys = ['a', 'b'] as const
const fieldNames = ['list', 'tags', 'ids', '__proto__', '7', '', 'a/~b'] as const

const field = fc.constantFrom(...fieldNames)
const listField = mostly(fc.constantFrom('list', 'a/~b', '__proto__'))
const stringsField = mostly(fc.constant('tags'))
const numbersField = mostly(fc.constant('ids'))

/** The fields that an operation is for, and now and then any other. */
function mostly(usual: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 12, arbitrary: usual }, field)
}

/** Arrays that are as often long as short. */
function upTo<Item>(maxLength: number, item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> {
  return fc.nat(maxLength).chain((length) => {
    return fc.array(item, { minLength: length, maxLength: length, size: 'max' })
  })
}

const element = fc
  .oneof(
    fc.integer({ min: -5, max: 99 }),
    fc.constantFrom('x', 'ö', '\u{1f600}', '\ud800', 'a "quoted" one', null, true),
    fc.constantFrom<unknown>({ y: [1] }, { inner: new StringSet(['s']) }, new NumberSet([1, 2])),
    fc.constantFrom<unknown>([[new StringSet(['t'])]], 'w'.repeat(90)),
  )
  .map(encodePart)
const elements = upTo(100, element)
const strings = upTo(
  120,
  fc.nat(150).map((number) => `mö${number}`),
)
const numbers = upTo(120, fc.oneof(fc.nat(150), fc.constantFrom(-0, 0.5, 1e21)))

/** Every member twice, which a client of the server can send, if it wants to. */
function half(number: number): string {
  return String(Math.floor(number / 2))
}

function many(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

const value: fc.Arbitrary<StoredValue> = fc.constantFrom(
  encodeValue({}),
  encodeValue('text'),
  encodeValue({ list: many(70), tags: new StringSet(many(80).map(String)), n: 1 }),
  encodeValue({ list: [...many(66), { in: new NumberSet([3]) }], ids: new NumberSet(many(65)) }),
  encodeValue({ tags: many(100), __proto__: null, 7: ['long '.repeat(150), 'long '.repeat(150)] }),
  {
    kind: 'record',
    data: JSON.stringify({ tags: many(140).map(half) }),
    sets: { '/tags': 'string' },
  },
  // As another JSON writer might have put it.
  { kind: 'record', data: `{ "list" : [${many(70).join(', ')}] }` } as const,
  {
    kind: 'record',
    data: `{"list":[${many(70)
      .map((number) => `${number}.0`)
      .join()}]}`,
  } as const,
)

function pairs<Content>(
  named: fc.Arbitrary<string>,
  content: fc.Arbitrary<Content>,
): fc.Arbitrary<Fields<Content>> {
  return fc.uniqueArray(fc.tuple(named, content), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
}

function op<Kind extends string>(kind: Kind) {
  return fc.constant(kind)
}

const operation = fc
  .tuple(
    fc.oneof(
      fc.record({ op: op('put'), value }),
      { weight: 4, arbitrary: fc.record({ op: op('append'), fields: pairs(listField, elements) }) },
      {
        weight: 2,
        arbitrary: fc.record({ op: op('unshift'), fields: pairs(listField, elements) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ op: op('shift'), fields: pairs(listField, fc.nat(60)) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          op: fc.constantFrom('add', 'remove'),
          type: op('string'),
          fields: pairs(stringsField, strings),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          op: fc.constantFrom('add', 'remove'),
          type: op('number'),
          fields: pairs(numbersField, numbers),
        }),
      },
      fc.record({
        op: op('patch'),
        set: pairs(field, fc.oneof(element, fc.constantFrom(encodePart(many(70)), encodePart([])))),
        unset: fc.array(field, { maxLength: 1 }),
      }),
      fc.record({ op: op('delete'), fields: fc.array(field, { maxLength: 2 }) }),
      fc.record({ op: op('increment'), fields: pairs(field, fc.constantFrom(1, -2)) }),
      fc.record({ op: op('increment'), by: fc.constant(1) }),
      fc.record({ op: op('touch'), expiry: fc.constantFrom('none', { ttlMs: 2000 }) }),
      fc.record({ op: fc.constantFrom('delete', 'purge') }),
    ),
    fc.constantFrom(...keys),
    fc.constantFrom({}, {}, { previous: true }),
    fc.oneof({ weight: 12, arbitrary: fc.constant({}) }, fc.record({ ifRevision: fc.nat(12) })),
  )
  .map(([given, key, asked, condition]) => ({ ...given, key, ...asked, ...condition }) as Operation)

type Step = (engine: Engine, clock: ManualClock) => Promise<unknown>

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.array(operation, { minLength: 1, maxLength: 3 }).map(
      (operations): Step =>
        (engine) =>
          engine.commit(at, operations),
    ),
  },
  fc.constant<Step>((_engine, clock) => clock.advance(1000)),
  fc.constantFrom({ history: 1 }, { history: 2 }, { history: 1, bytesMax: 2000 }).map(
    (changed): Step =>
      (engine) => {
        return engine.updateBucket(at, { ...defaultBucketConfig, ...changed })
      },
  ),
)

async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: unknown }
    return { code, message, details }
  }
}

async function stateOf(engine: Engine): Promise<unknown> {
  const counts = fieldNames.map((name) => [name, 3] as const)
  const inParts = keys.flatMap((key) => [
    [{ key, peek: counts }],
    [{ key, fields: ['list', 'n', '__proto__'] }],
    ...fieldNames.map((name) => [
      { key, has: [[name, ['mö1', 'mö90', '5']]], type: 'string' } as const,
    ]),
    [{ key, has: [['ids', [0, 5, 77]]], type: 'number' } as const],
  ])
  return {
    info: await engine.getBucket(at),
    entries: await Promise.all(keys.map((key) => engine.get(at, key))),
    histories: await Promise.all(keys.map((key) => engine.history(at, key))),
    listed: await engine.list(at, { order: 'key', limit: 9 }),
    parts: await Promise.all(inParts.map((reads) => outcomeOf(() => engine.read(at, reads)))),
  }
}

async function seenBy(engine: Engine, clock: ManualClock, steps: readonly Step[]) {
  const seen: unknown[] = []
  for (const take of steps) {
    seen.push(await outcomeOf(() => take(engine, clock)))
    // A few turns for the reapers.
    for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate)
    seen.push(await stateOf(engine))
  }
  return seen
}

describe('any sequence of operations on records with large fields', () => {
  it('is answered by the sqlite engine, which keeps them in parts, as by the memory engine', async () => {
    await fc.assert(
      fc.asyncProperty(upTo(25, step), async (steps) => {
        const [clock, memoryClock] = [new ManualClock(), new ManualClock()]
        const sqlite = await open(temporaryDirectory(), { clock, durability: 'relaxed' })
        const memory = openMemoryEngine({ clock: memoryClock })

        const expected = await seenBy(memory, memoryClock, steps)
        const found = await seenBy(sqlite, clock, steps)
        await Promise.all([sqlite.close(), memory.close()])

        expect(found).toEqual(expected)
      }),
      { numRuns: 80 },
    )
  })
})
