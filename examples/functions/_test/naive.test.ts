// The claims of the guide. The naive functions go wrong only when requests meet; here they are made
// to meet: everybody has read before anybody goes on.

import { compileFunction } from 'node:vm'
import type { Kv } from 'kvasir'
import { openMemoryStore } from 'kvasir/memory'
import { beforeAll, describe, expect, it } from 'vitest'
import { readGuideFunctions } from './guide-functions.ts'

type Handler = (req: object, res: object) => Promise<void>

const requests = 50

let functions: ReadonlyMap<string, string>

beforeAll(async () => {
  functions = await readGuideFunctions()
})

describe('the functions of the guide', () => {
  it('come in pairs, a naive one and a right one', () => {
    const subjects = ['counter', 'limit', 'list', 'lock', 'cache']

    expect([...functions.keys()]).toEqual(
      subjects.flatMap((subject) => [`naive-${subject}.js`, `right-${subject}.js`]),
    )
  })
})

describe('fifty requests that meet', () => {
  it('are one to the naive counter, and fifty to the right one', async () => {
    const naive = await run('naive-counter.js', { meetAt: ['visits'] })
    const right = await run('right-counter.js')

    expect(await naive.kv.get('visits')).toBe(1)
    expect(await right.kv.get('visits')).toBe(requests)
  })

  it('all pass the naive limit of ten, and ten of them the right one', async () => {
    const naive = await run('naive-limit.js', { meetAt: ['hits:203.0.113.9'] })
    const right = await run('right-limit.js')

    expect(naive.statuses).toEqual({ 200: requests })
    expect(right.statuses).toEqual({ 200: 10, 429: requests - 10 })
  })

  it('leave one name in the naive list, and all in the right one', async () => {
    const naive = await run('naive-list.js', { meetAt: ['names'] })
    const right = await run('right-list.js')

    expect(await naive.kv.get('names')).toHaveLength(1)
    expect(new Set(await right.kv.get<string[]>('names')).size).toBe(requests)
  })

  it('all hold the naive lock at once, and one the right one', async () => {
    const naive = await run('naive-lock.js', { meetAt: ['lock:till', 'sales'] })
    const right = await run('right-lock.js')

    expect(naive.statuses).toEqual({ 200: requests })
    expect(await naive.kv.get('sales')).toBe(1)
    expect(await right.kv.get('sales')).toBe(right.statuses[200])
  })

  it('load fifty times what is cached naively, and once what is cached right', async () => {
    const naive = await run('naive-cache.js', { meetAt: ['rates'] })
    const right = await run('right-cache.js')

    expect(await naive.kv.get('loads')).toBe(requests)
    expect(await right.kv.get('loads')).toBe(1)
  })
})

interface Outcome {
  readonly kv: Kv
  /** How many requests were answered with each status. */
  readonly statuses: Readonly<Record<number, number>>
}

/** Gives a function of the guide all requests at once, over a store of its own. */
async function run(
  file: string,
  { meetAt = [] }: { meetAt?: readonly string[] } = {},
): Promise<Outcome> {
  const kv = openMemoryStore().project().kv()
  const handler = load(functions.get(file) ?? '', meetAt.length > 0 ? meeting(kv, meetAt) : kv)
  const statuses: Record<number, number> = {}
  const answers = Array.from({ length: requests }, async (_, index) => {
    const res = {
      statusCode: 200,
      status(code: number) {
        res.statusCode = code
        return res
      },
      json: () => {
        statuses[res.statusCode] = (statuses[res.statusCode] ?? 0) + 1
      },
    }
    await handler({ ip: '203.0.113.9', query: { name: `name-${index}` } }, res)
  })
  await Promise.all(answers)
  return { kv, statuses }
}

/** Runs the code as the host would, with its globals. */
function load(code: string, kv: Kv): Handler {
  const module: { exports?: Handler } = {}
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  compileFunction(code, ['module', 'kv', 'sleep'])(module, kv, sleep)
  if (!module.exports) throw new Error('The code exports no handler.')
  return module.exports
}

/** The store, but who reads one of these keys goes on only when all requests have read it. */
function meeting(kv: Kv, keys: readonly string[]): Kv {
  const points = new Map(keys.map((key) => [key, meetingPoint()]))
  const get: Kv['get'] = async (key) => {
    const value = await kv.get(key)
    await points.get(key)?.()
    return value as never
  }
  return new Proxy(kv, {
    get: (target, name: keyof Kv) => (name === 'get' ? get : target[name].bind(target)),
  })
}

/** A function whose calls resolve once it has been called for every request. */
function meetingPoint(): () => Promise<void> {
  let open: () => void
  let arrived = 0
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    arrived += 1
    if (arrived === requests) open()
    return opened
  }
}
