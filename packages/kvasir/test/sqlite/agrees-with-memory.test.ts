import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import type { BucketConfig, Engine } from '../../src/engine/engine.ts'
import type { Change } from '../../src/engine/entry.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { openMemoryEngine } from '../../src/engines/memory/memory-engine.ts'
import { checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import { open, temporaryDirectory } from './directories.ts'

const at = { project: 'shop', bucket: 'orders' }
const keys = ['a', 'b/1', 'b/2', 'b/ö', 'nul\0key', '\u{1f600}', '\uffff']
const key = fc.constantFrom(...keys)
// Whole seconds everywhere: the engines' reapers then have something to do at the same times, and
// the pauses between their rounds, which differ, do not show.
const seconds = fc.integer({ min: 1, max: 4 }).map((count) => count * 1000)
const ttlMs = seconds

const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((data) => ({ kind: 'text', data }) as const),
  fc.uint8Array({ maxLength: 8 }).map((data) => ({ kind: 'bytes', data }) as const),
  fc.constantFrom(
    { kind: 'json', data: '12' } as const,
    { kind: 'record', data: '{"n":1,"list":[1,2,3]}' } as const,
    { kind: 'record', data: '{"tags":["x"]}', sets: { '/tags': 'string' } } as const,
    // Long enough for its list to have rows of its own.
    { kind: 'record', data: JSON.stringify({ n: 1, list: Array(100).fill(7) }) } as const,
  ),
)

const expiry = fc.oneof(
  fc.constantFrom('none' as const, 'keep' as const),
  fc.record({ ttlMs }),
  ttlMs.map((initialTtlMs) => ({ initialTtlMs })),
)

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('put'), key, value, expiry }) },
  fc.record({ op: fc.constant('put'), key, value, ifAbsent: fc.constant(true) }),
  fc.record({
    op: fc.constant('put'),
    key,
    value,
    ifRevision: fc.nat(9),
    previous: fc.constant(true),
  }),
  fc.record({ op: fc.constant('delete'), key, previous: fc.constant(true) }),
  fc.record({ op: fc.constant('purge'), key }),
  fc.record({ op: fc.constant('touch'), key, expiry: fc.record({ ttlMs }) }),
  fc.record({ op: fc.constant('increment'), key, by: fc.integer({ min: -3, max: 3 }) }),
  fc.record({
    op: fc.constant('shift'),
    key,
    fields: fc.constant([['list', 2]]),
  }),
  fc.record({
    op: fc.constant('append'),
    key,
    fields: fc.constant([['list', [{ kind: 'json', data: '8' }]]]),
  }),
) as fc.Arbitrary<Operation>

const config: fc.Arbitrary<BucketConfig> = fc.record(
  {
    description: fc.constant(''),
    history: fc.integer({ min: 1, max: 4 }),
    metadata: fc.constant({}),
    ttlMs,
    bytesMax: fc.constantFrom(40, 400),
  },
  { requiredKeys: ['description', 'history', 'metadata'] },
)

type Step = (engine: Engine, clock: ManualClock) => Promise<unknown>

const idempotencyKey = fc.option(fc.constantFrom('first', 'second'), { nil: undefined })

const operations = fc.array(operation, { minLength: 1, maxLength: 4 })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(operations, idempotencyKey).map(
      ([given, id]): Step =>
        (engine) => {
          return engine.commit(at, given, id === undefined ? {} : { idempotencyKey: id })
        },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.array(operations, { minLength: 2, maxLength: 6 }).map(
      (commits): Step =>
        (engine) =>
          Promise.all(commits.map((given) => outcomeOf(() => engine.commit(at, given)))),
    ),
  },
  {
    weight: 3,
    arbitrary: seconds.map(
      (ms): Step =>
        (_engine, clock) =>
          clock.advance(ms),
    ),
  },
  config.map(
    (changed): Step =>
      (engine) =>
        engine.updateBucket(at, changed),
  ),
  fc.constant<Step>((engine) => engine.purgeBucket(at)),
)

/** What a caller gets, errors included, without what may differ between engines. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    const { code, outcome, message } = error as { code: string; outcome: string; message: string }
    return { code, outcome, message }
  }
}

/** Everything that can be read of the bucket. */
async function stateOf(engine: Engine): Promise<unknown> {
  const listings = [
    { order: 'key', limit: 3 },
    { order: 'key', limit: 3, after: 'b/1', prefix: 'b/' },
    { order: 'key', limit: 3, after: 'b/ö', reverse: true },
    { order: 'key', limit: 9, prefix: 'b/', reverse: true, keysOnly: true },
    { order: 'revision', limit: 3, after: 2 },
    { order: 'revision', limit: 2, prefix: 'b/', reverse: true, after: 9 },
  ] as const
  return {
    info: await engine.getBucket(at),
    entries: await Promise.all(keys.map((name) => engine.get(at, name))),
    histories: await Promise.all(
      keys.map(async (name) => comparable(await engine.history(at, name))),
    ),
    pages: await Promise.all(listings.map((query) => engine.list(at, query))),
    peeks: await outcomeOf(() =>
      engine.read(at, [
        { key: 'a', peek: [['list', 1]] },
        { key: 'b/1', fields: ['n'] },
      ]),
    ),
  }
}

/** When an expiry is recorded, and in which order with others, is for each engine to say. */
function comparable(changes: readonly Change[]): unknown[] {
  return changes.map((change) =>
    change.kind === 'expire' ? { ...change, revision: 0, at: 0 } : change,
  )
}

async function runOn(
  engine: Engine,
  clock: ManualClock,
  { steps, initial }: { steps: readonly Step[]; initial: BucketConfig },
): Promise<unknown[]> {
  const seen: unknown[] = [await outcomeOf(() => engine.createBucket(at, initial))]
  for (const take of steps) {
    seen.push(await outcomeOf(() => take(engine, clock)))
    // A few turns for the reapers.
    for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate)
    seen.push(await stateOf(engine))
  }
  return seen
}

describe('any sequence of calls', () => {
  it('is answered by the sqlite engine as by the memory engine, and leaves a healthy store', async () => {
    const run = fc.record({ steps: fc.array(step, { maxLength: 25 }), initial: config })
    await fc.assert(
      fc.asyncProperty(run, async (calls) => {
        const clock = new ManualClock()
        const memoryClock = new ManualClock()
        const directory = temporaryDirectory()
        const sqlite = await open(directory, { clock, durability: 'relaxed' })
        const memory = openMemoryEngine({ clock: memoryClock })

        const expected = await runOn(memory, memoryClock, calls)
        const found = await runOn(sqlite, clock, calls)
        await Promise.all([sqlite.close(), memory.close()])

        expect(found).toEqual(expected)
        expect(await checkStore(directory)).toMatchObject({ findings: [] })
      }),
      { numRuns: 60 },
    )
  })
})
