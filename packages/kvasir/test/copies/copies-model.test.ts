import fc from 'fast-check'
import { ManualClock } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { decodeValue, encodePart, encodeValue } from '../../src/codec/value.ts'
import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { BucketConfig, Engine } from '../../src/engine/engine.ts'
import type { Entry } from '../../src/engine/entry.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { wholeValues } from '../../src/engine/value-access.ts'
import { openMemoryEngine } from '../../src/engines/memory/memory-engine.ts'
import type { KvasirError } from '../../src/errors/kvasir-error.ts'
import { open, temporaryDirectory } from '../sqlite/directories.ts'
import { ModelBucket, type ModelOperation } from './copies-model.ts'

const keys = ['eu.1', 'eu.2', 'eu.x.1', 'us.1', 'plain']
const key = fc.constantFrom(...keys)
// Whole seconds, and no two the same: what expires at one instant expires in any order.
const ttlMs = fc.integer({ min: 1, max: 6 }).map((seconds) => seconds * 1000)
const elements = fc
  .integer({ min: 1, max: 90 })
  .map((length) => Array.from({ length }, (_, index) => index))

const operation: fc.Arbitrary<ModelOperation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { op: fc.constant('put'), key, value: fc.constantFrom('a', 'bb', { list: [1] }), ttlMs },
      { requiredKeys: ['op', 'key', 'value'] },
    ) as fc.Arbitrary<ModelOperation>,
  },
  fc.record({ op: fc.constant('append'), key, elements }) as fc.Arbitrary<ModelOperation>,
  fc.record({ op: fc.constant('touch'), key, ttlMs }) as fc.Arbitrary<ModelOperation>,
  fc.record({ op: fc.constantFrom('delete', 'purge'), key }) as fc.Arbitrary<ModelOperation>,
)

type Step =
  | { readonly write: 'a' | 'b' | 'all'; readonly operations: readonly ModelOperation[] }
  | { readonly passMs: number }
  | { readonly purge: 'a' | 'b' }
  | { readonly make: 'late' }
  | { readonly replace: 'b' }
  | { readonly reopen: true }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      write: fc.constantFrom('a' as const, 'b' as const, 'all' as const),
      operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ passMs: ttlMs }) },
  fc.record({ purge: fc.constantFrom('a' as const, 'b' as const) }),
  fc.constant<Step>({ make: 'late' }),
  fc.constant<Step>({ replace: 'b' }),
  fc.constant<Step>({ reopen: true }),
)

/**
 * `first` mirrors a, `second` part of that, and `one` makes several keys one. `all` takes from a and
 * b, and `last` mirrors that.
 */
const buckets: readonly (readonly [string, Partial<BucketConfig>])[] = [
  ['a', { history: 3 }],
  ['b', {}],
  ['first', { mirror: { bucket: 'a' } }],
  [
    'second',
    {
      history: 2,
      mirror: { bucket: 'first', transforms: [{ source: 'eu.>', dest: 'second.eu.>' }] },
    },
  ],
  [
    'all',
    {
      ttlMs: 5000,
      sources: [
        { bucket: 'a', filterSubject: 'eu.*' },
        { bucket: 'b', transforms: [{ source: '>', dest: 'b.>' }] },
      ],
    },
  ],
  ['last', { mirror: { bucket: 'all' } }],
  ['one', { mirror: { bucket: 'a', transforms: [{ source: 'eu.*', dest: 'one' }] } }],
]

const project = 'shop'
const names = ['a', 'b', 'all', 'one', 'first', 'second', 'last', 'late'] as const

/** A store with its model. */
interface Run {
  readonly clock: ManualClock
  readonly models: Readonly<Record<'a' | 'b' | 'all', ModelBucket>>
  engine: Engine
  reopen(): Promise<Engine>
}

function newModels(): Run['models'] {
  const models = { a: new ModelBucket(), b: new ModelBucket(), all: new ModelBucket(5000) }
  models.a.receivers.push({ filter: 'eu.*', prefix: '', into: models.all })
  models.b.receivers.push({ filter: '>', prefix: 'b.', into: models.all })
  return models
}

function create({ engine }: Run, bucket: string, config: Partial<BucketConfig>) {
  return engine.createBucket({ project, bucket }, { ...defaultBucketConfig, ...config })
}

async function take(run: Run, step: Step): Promise<void> {
  const { engine, clock, models } = run
  if ('write' in step) await write(run, step)
  else if ('passMs' in step) await clock.advance(step.passMs)
  else if ('make' in step) await create(run, 'late', { history: 3, mirror: { bucket: 'a' } })
  else if ('reopen' in step) run.engine = await run.reopen()
  else if ('purge' in step) {
    await engine.purgeBucket({ project, bucket: step.purge })
    models[step.purge].entries.clear()
  } else {
    await engine.deleteBucket({ project, bucket: 'b' })
    await create(run, 'b', {})
    models.b.entries.clear()
  }
  // A few turns for the reaper.
  for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate)
}

async function write(
  { engine, clock, models }: Run,
  { write: bucket, operations: given }: Extract<Step, { write: unknown }>,
): Promise<void> {
  const live = models[bucket].live(clock.wallMs())
  const operations = bucket === 'a' ? given.map((each, at) => plain(each, at, live)) : given
  const isApplied = models[bucket].commit(operations, clock.wallMs())
  const commit = engine.commit({ project, bucket }, operations.map(toOperation))
  const outcome = await commit.then(({ ok }) => ok, codeOf)
  expect(outcome).toBe(isApplied || 'KV_WRONG_TYPE')
}

/**
 * Purging a key that is gone is a change while history of it is kept, which the model does not know
 * of: such a purge becomes a deletion.
 */
function plain(
  operation: ModelOperation,
  index: number,
  live: ReadonlyMap<string, unknown>,
): ModelOperation {
  const isPlain = operation.op !== 'purge' || (index === 0 && live.has(operation.key))
  return isPlain ? operation : { op: 'delete', key: operation.key }
}

function toOperation(given: ModelOperation): Operation {
  switch (given.op) {
    case 'put': {
      const { key, value, ttlMs } = given
      const expiry = ttlMs === undefined ? {} : { expiry: { ttlMs } }
      return { op: 'put', key, value: encodeValue(value), ...expiry }
    }
    case 'append':
      return { op: 'append', key: given.key, fields: [['list', given.elements.map(encodePart)]] }
    case 'touch':
      return { op: 'touch', key: given.key, expiry: { ttlMs: given.ttlMs } }
    default:
      return given
  }
}

/** Everything that can be read of a bucket. */
async function stateOf(engine: Engine, bucket: string) {
  const at = { project, bucket }
  const { entries } = await engine.list(at, { order: 'key', limit: 100 })
  const histories = await Promise.all(keys.map((name) => engine.history(at, name)))
  return { info: await engine.getBucket(at), entries: entries as Entry[], histories }
}

function codeOf(error: unknown): unknown {
  return (error as KvasirError).code
}

/** What the model says of the bucket, in the form of `inShort`. */
function expected(model: ModelBucket, now: number): unknown[] {
  const entries = [...model.live(now)].map(([key, { value, expiresAt }]) => {
    return [key, value, Number.isFinite(expiresAt) ? expiresAt : undefined] as const
  })
  return entries.sort(([left], [right]) => (left < right ? -1 : 1))
}

function inShort(entries: readonly Entry[]): unknown[] {
  return entries.map(({ key, value, expiresAt }) => [key, decodeValue(value), expiresAt])
}

async function check({ engine, clock, models }: Run): Promise<void> {
  const known = (await engine.listBuckets(project, { limit: 100 })).buckets
  const states = new Map<string, Awaited<ReturnType<typeof stateOf>>>()
  for (const { name } of known) states.set(name, await stateOf(engine, name))
  const [a, b, all, one, first, second, last, late = states.get('a')] = names.map((name) =>
    states.get(name),
  )

  expect(inShort(a?.entries ?? [])).toEqual(expected(models.a, clock.wallMs()))
  expect(inShort(b?.entries ?? [])).toEqual(expected(models.b, clock.wallMs()))
  expect(inShort(all?.entries ?? [])).toEqual(expected(models.all, clock.wallMs()))

  const ofEu = (a?.entries ?? []).filter(({ key }) => key.startsWith('eu.'))
  expect(first?.entries).toEqual(a?.entries)
  expect(second?.entries).toEqual(ofEu.map((entry) => ({ ...entry, key: `second.${entry.key}` })))
  expect(last?.entries).toEqual(all?.entries)
  expect(ofEu.map(({ revision }) => revision)).toEqual(
    expect.arrayContaining((one?.entries ?? []).map(({ revision }) => revision)),
  )
  expect(late?.entries).toEqual(a?.entries)
  expect(late?.histories).toEqual(a?.histories)

  expect(first?.info.revision).toBe(a?.info.revision)
  expect(late?.info.revision).toBe(a?.info.revision)
  expect(last?.info).toMatchObject({ revision: all?.info.revision, bytes: all?.info.bytes })
  for (const state of [a, b, all, one, first, second, last, late]) {
    expect(state?.info.keys).toBe(state?.entries.length)
  }
  expect(first?.info.bytes).toBe(bytesOf(first?.entries ?? []))
  expect(one?.info.bytes).toBe(bytesOf(one?.entries ?? []))
  expect(all?.info.bytes).toBe(bytesOf(all?.entries ?? []))
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((bytes, entry) => bytes + wholeValues.bytesOf(entry), 0)
}

async function runAll(run: Run, steps: readonly Step[]): Promise<void> {
  for (const [name, config] of buckets) await create(run, name, config)
  for (const step of steps) {
    await take(run, step)
    await check(run)
  }
}

describe('copies of buckets, whatever is done to their origins', () => {
  it('are what a model says, in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const clock = new ManualClock()
        const engine = openMemoryEngine({ clock })
        const run = { clock, models: newModels(), engine, reopen: async () => engine }

        await runAll(run, steps)

        await engine.close()
      }),
      { numRuns: 150 },
    )
  })

  it('are what a model says, on disk', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const clock = new ManualClock()
        const directory = temporaryDirectory()
        const openHere = () => open(directory, { clock, durability: 'relaxed' })
        const run: Run = {
          clock,
          models: newModels(),
          engine: await openHere(),
          async reopen() {
            await this.engine.close()
            return openHere()
          },
        }

        await runAll(run, steps)

        await run.engine.close()
      }),
      { numRuns: 30 },
    )
  })
})
