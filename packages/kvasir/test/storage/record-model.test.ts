import fc from 'fast-check'
import { type KVStore, KvasirError, NumberSet, type Project, StringSet } from 'kvasir'
import type { OpenedEngine } from 'kvasir/conformance'
import { createStore } from 'kvasir/engine'
import { describe, expect, it } from 'vitest'
import { openMemory } from '../conformance/open-memory.ts'
import { openSqlite } from '../conformance/open-sqlite.ts'
import { harnessOf } from '../conformance-catches/broken-engine.ts'
import { bugs } from '../conformance-catches/bugs.ts'
import { type Call, type Fields, RecordModel, wrongType } from './record-model.ts'

type Step = { readonly key: string; readonly call: Call } | { readonly advanceMs: number }

const field = fc.constantFrom('x', 'y', '', 'length')
const scalar = fc.constantFrom<unknown>(0, 1, -2.5, '10', 'ten', null, true, { deep: ['ø'] })
const text = fc.constantFrom('a', 'b', '')
const texts = fc.array(text, { maxLength: 3 })
const fieldValue = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  texts.map((members) => new StringSet(members)),
  fc.constant(new NumberSet([1, 2])),
)
const count = fc.nat(3)
const ttlMs = fc.constantFrom(100, 250, 1000, 60_000)

function byField<Content>(content: fc.Arbitrary<Content>): fc.Arbitrary<Record<string, Content>> {
  const pairs = fc.array(fc.tuple(field, content), { maxLength: 2 })
  return pairs.map((given) => Object.fromEntries(given))
}

/** A call, with optional parts in it or not. */
function callOf(name: Call['call'], parts: object, optional: object = {}): fc.Arbitrary<Call> {
  const all = { ...parts, ...optional } as Record<string, fc.Arbitrary<unknown>>
  return fc
    .record(all, { requiredKeys: Object.keys(parts) })
    .map((given) => ({ call: name, ...given }) as unknown as Call)
}

const record = byField(fc.oneof({ arbitrary: fieldValue, weight: 6 }, fc.constant(undefined)))
const fields = fc.uniqueArray(field, { maxLength: 2 })
const values = byField(fc.array(scalar, { maxLength: 2 }))

const call = fc.oneof(
  callOf('put', { record }, { ttlMs }),
  callOf('patch', { record }, { ttlMs: fc.oneof(ttlMs, fc.constant(null)) }),
  callOf('update', { record }, { assign: fc.oneof(ttlMs, fc.constant('none')) }),
  callOf('get', {}, { fields }),
  callOf('delete', {}, { fields }),
  callOf('exists', {}),
  callOf('increment', { amounts: byField(fc.constantFrom(1, -2, 0.5)) }, { ttlMs }),
  callOf('append', { values }),
  callOf('unshift', { values }),
  callOf('peek', { counts: byField(count) }),
  callOf('shift', { counts: byField(count) }),
  callOf('add', { members: byField(texts) }),
  callOf('has', { members: byField(texts) }),
  callOf('remove', { members: byField(texts) }),
  callOf('kv.set', { value: fc.constantFrom<unknown>('text', [1], { x: 1 }) }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ key: fc.constantFrom('alice', 'bob'), call }), weight: 6 },
  fc.record({ advanceMs: fc.constantFrom(1, 99, 100, 1000) }),
)

const life = fc.array(step, { minLength: 1, maxLength: 40 })

const engines: readonly (readonly [string, number, () => Promise<OpenedEngine>])[] = [
  ['memory', 300, openMemory],
  ['sqlite', 60, openSqlite],
]

describe('any sequence of calls of the kvStore', () => {
  for (const [name, lives, open] of engines) {
    it(`resolves as plain objects would, and leaves the same records: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(life, (steps) => live(open, steps)),
        { numRuns: lives },
      )
    })
  }

  for (const name of ['drops the TTL where it should stay', 'loses the types of sets']) {
    it(`is told apart from one on an engine that ${name}`, async () => {
      const broken = bugs.filter((bug) => bug.name === name).map(harnessOf)

      const outcomes = await Promise.all(
        broken.map(({ open }) =>
          fc.check(
            fc.asyncProperty(life, (steps) => live(open, steps)),
            { numRuns: 500, endOnFailure: true },
          ),
        ),
      )

      expect(outcomes.map(({ failed }) => failed)).toEqual([true])
    })
  }
})

/** Does the same on a store and on the model, comparing after every step. */
async function live(open: () => Promise<OpenedEngine>, steps: readonly Step[]): Promise<void> {
  const { engine, clock, close } = await open()
  const project = createStore(engine).project('shop')
  const model = new RecordModel()
  try {
    for (const taken of steps) {
      if ('advanceMs' in taken) {
        await clock.advance(taken.advanceMs)
        model.now += taken.advanceMs
      } else {
        const { key, call: made } = taken
        const expected = model.run(key, made)
        expect(await answerOf(perform(project, key, made))).toStrictEqual(expected)
      }
      for (const key of ['alice', 'bob']) {
        expect(await stateOf(project, key)).toStrictEqual(model.state(key))
      }
    }
  } finally {
    await close()
  }
}

async function stateOf(project: Project, key: string): Promise<unknown> {
  const kv = project.kv()
  if (!(await kv.has(key))) return undefined
  return { value: await kv.get(key), ttlMs: await kv.ttl(key) }
}

async function answerOf(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    if (KvasirError.is(error, 'KV_WRONG_TYPE')) return wrongType
    throw error
  }
}

async function perform(project: Project, key: string, made: Call): Promise<unknown> {
  const { kvStore } = project.storage()
  switch (made.call) {
    case 'put':
      return kvStore.put<object>(key, made.record, optionsOf(made))
    case 'patch':
      return kvStore.patch<object>(key, made.record, optionsOf(made))
    case 'update':
      return update(kvStore, key, made)
    case 'get':
    case 'delete':
      return kvStore[made.call](key, made.fields && [...made.fields])
    case 'exists':
      return kvStore.exists(key)
    case 'increment':
      return kvStore.incrementMulti(key, made.amounts, optionsOf(made))
    case 'append':
    case 'unshift':
      return kvStore[`${made.call}Multi`]<unknown>(key, made.values as Record<string, unknown[]>)
    case 'peek':
    case 'shift':
      return kvStore[`${made.call}Multi`](key, made.counts)
    case 'kv.set':
      return project.kv().set(key, made.value)
    default:
      return kvStore[`${made.call}StringMulti`](key, made.members as Record<string, string[]>)
  }
}

function update(
  kvStore: KVStore,
  key: string,
  { record: change, assign }: Extract<Call, { call: 'update' }>,
): Promise<Fields> {
  return kvStore.patch<Fields>(key, async (value, options) => {
    if (assign === 'none') delete options.ttl
    else if (assign !== undefined) options.ttl = assign / 1000
    return { ...value, ...change }
  })
}

/** The TTL in the dialect's seconds. */
function optionsOf({ ttlMs: ms }: { ttlMs?: number | null }): { ttl?: number | null } {
  if (ms === undefined) return {}
  return { ttl: ms === null ? null : ms / 1000 }
}
