import fc from 'fast-check'
import { NumberSet, StringSet } from 'kvasir'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { createValueCalls } from '../../src/client/value-calls.ts'
import { Connection } from '../../src/engines/remote/connection.ts'
import { openRemoteEngine } from '../../src/engines/remote/open-remote-engine.ts'
import { ValueRequests } from '../../src/engines/remote/value-requests.ts'
import { createStore } from '../../src/store/store.ts'
import { serveInProcess, token } from '../remote/open-remote.ts'

// Plain calls are answered without most of the code. Whatever that takes on, it must send what the
// whole store sends, and answer the same; and what the whole store refuses, it must not take on.

interface Said {
  readonly requests: readonly unknown[]
  readonly outcome: unknown
}

type Call = readonly [name: string, given: readonly unknown[]]

const url = 'http://kvasir.test'
const at = { project: 'shop', bucket: 'default' }

async function outcomeOf(answer: () => unknown): Promise<unknown> {
  try {
    return { answer: await answer() }
  } catch (error) {
    return { error: String(error) }
  }
}

/** A `fetch` before a server of its own that notes what is sent, idempotency keys left out. */
function noting() {
  const requests: unknown[] = []
  const serve = serveInProcess(openMemoryEngine())
  const fetch: typeof globalThis.fetch = (input, init) => {
    const given = { ...init?.headers } as Record<string, string>
    const { 'idempotency-key': key, ...headers } = given
    requests.push({ url: input, method: init?.method, headers, body: init?.body, keyed: !!key })
    return serve(input, init)
  }
  return { requests, fetch }
}

/** `undefined` when the plain calls do not take it on. */
async function plainly([name, given]: Call, ttlUnit: 'ms' | 's'): Promise<Said | undefined> {
  const { requests, fetch } = noting()
  const calls = createValueCalls({
    at,
    ttlUnit,
    requests: new ValueRequests(new Connection(url, { token, fetch })),
    getWhole: () => Promise.reject(new Error('There are no sets.')),
  })
  await calls.set?.('known', 1, undefined)
  const answer = calls[name]?.(...given)
  return answer && { outcome: await outcomeOf(() => answer), requests }
}

async function wholly([name, given]: Call, ttlUnit: 'ms' | 's'): Promise<Said> {
  const { requests, fetch } = noting()
  const store = createStore(openRemoteEngine(url, { token, fetch }))
  const kv = store.project('shop').kv({ ttlUnit })
  await kv.set('known', 1)
  const methods = kv as unknown as Record<string, (...all: readonly unknown[]) => unknown>
  return { outcome: await outcomeOf(() => methods[name]?.(...given)), requests }
}

const oddValue = fc.constantFrom<unknown>(
  undefined,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  10n,
  Symbol('odd'),
  () => 1,
  new Date(0),
  new Date(Number.NaN),
  new Map([[1, 2]]),
  new Set(['a']),
  new StringSet(['a']),
  new NumberSet([1]),
  new Uint8Array([1, 2]),
  Object.create(null),
  Object.create({ inherited: 1 }),
  { toJSON: () => 'turned' },
  { [Symbol('odd')]: 1 },
  new Array(2),
  [1, undefined],
  '\ud800',
  '',
)

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    oddValue,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value'), { maxKeys: 3 }),
  ),
})).value

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>('known', 'user:1', 'ключ', '🔑', 'a/b c?&#') },
  fc.oneof(fc.string({ unit: 'binary' }), fc.constant('k'.repeat(2000)), oddValue),
)

const ttl = fc.constantFrom<unknown>(
  ...[undefined, null, 1, 0.4, 1.1, 60_000, 0, -1, 9e15, Number.NaN, '90s', '1.1s', '1.5h', '7d'],
  ...['', '1', '1 h', true, new Date(0), [], {}],
)

const options = fc.oneof(
  ttl,
  fc.record({ ttl }),
  fc.record(
    {
      ttl,
      durability: fc.constantFrom<unknown>('durable', 'relaxed', 'none', undefined, 1),
      expiresAt: fc.constantFrom<unknown>(undefined, 9e12),
      keepTtl: fc.constantFrom<unknown>(undefined, false, true),
      ifAbsent: fc.constantFrom<unknown>(undefined, false, true),
      ifRevision: fc.constantFrom<unknown>(undefined, 0, 1),
      other: fc.constant(1),
    },
    { requiredKeys: [] },
  ),
)

const by = fc.oneof(
  fc.integer(),
  fc.constantFrom<unknown>(undefined, null, 1.5, -0, '2', Number.NaN),
)

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(fc.constant('set'), fc.tuple(key, value, options)),
  fc.tuple(fc.constant('set'), fc.tuple(key, value)),
  fc.tuple(fc.constant('increment'), fc.tuple(key, by, options)),
  fc.tuple(fc.constant('increment'), fc.tuple(key)),
  fc.tuple(fc.constant('delete'), fc.tuple(key, options)),
  fc.tuple(fc.constantFrom('get', 'has', 'delete'), fc.tuple(key)),
  fc.tuple(fc.constant('clear'), fc.constant([])),
)

describe('a plain call that is answered without the whole store', () => {
  it('sends and answers what the whole store does', async () => {
    const taken = { yes: 0, no: 0 }
    await fc.assert(
      fc.asyncProperty(call, fc.constantFrom('ms' as const, 's' as const), async (made, unit) => {
        const plain = await plainly(made, unit)
        taken[plain ? 'yes' : 'no']++
        if (plain) expect(plain).toEqual(await wholly(made, unit))
      }),
      { numRuns: 600 },
    )

    expect(taken.yes).toBeGreaterThan(80)
    expect(taken.no).toBeGreaterThan(80)
  })

  it.each<Call>([
    ['get', ['known']],
    ['has', ['missing']],
    ['delete', ['known', { durability: 'relaxed' }]],
    ['clear', []],
    ['increment', ['known', 2, { ttl: '1h' }]],
    ['set', ['user:1', { name: 'alice', at: new Date(0), tags: ['a', null, 1.5, true] }]],
    ['set', ['user:1', 'text', '90s']],
    ['set', ['user:1', 17, { ttl: 60_000, durability: 'durable' }]],
  ])('takes on %s with %j', async (name, given) => {
    expect(await plainly([name, given], 'ms')).toEqual(await wholly([name, given], 'ms'))
  })
})
