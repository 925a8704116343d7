import type { OpenedEngine } from 'kvasir/conformance'
import { describe, expect, it } from 'vitest'
import { reportFigure, scaled } from '../../../../../scripts/faults/scale.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { openMemory } from '../../conformance/open-memory.ts'
import { behindServer, inProcess } from '../../conformance/open-remote.ts'
import { openSqlite } from '../../conformance/open-sqlite.ts'
import { repeatableRandom } from '../../remote/tcp-proxy.ts'
import { incrementFinds, record, sights } from './sights.ts'

const hourMs = 3_600_000
const patience = scaled({ short: 300_000, long: 7_200_000 })
const bucket = { project: 'shop', bucket: 'default' }
const copy = { project: 'shop', bucket: 'copy' }

interface Tally {
  reads: number
  /** Reads that showed what had expired. */
  expired: number
  /** Reads that did not show what had not. */
  missing: number
  absent: number
  present: number
  jumps: number
  restarts: number
}

interface Lifetime {
  readonly key: string
  readonly revision: number
  readonly expiresAt: number
}

interface Trial {
  readonly open: () => Promise<OpenedEngine>
  readonly reads: number
  readonly seed: number
  readonly spoil?: (engine: Engine) => Engine
}

/**
 * Lets a store live through a clock that is set to and fro, and looks at its keys in every way. The
 * time that ought to hold is reckoned here anew: the wall clock's, but never less than what was
 * once seen and has passed since.
 */
async function live({ open, reads, seed, spoil = (engine) => engine }: Trial): Promise<Tally> {
  const random = repeatableRandom(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const tally = { reads: 0, expired: 0, missing: 0, absent: 0, present: 0, jumps: 0, restarts: 0 }
  let opened = await open()
  const { clock } = opened
  let highest = { ms: clock.wallMs(), atMs: clock.monotonicMs() }
  const now = (): number => {
    const continued = highest.ms + clock.monotonicMs() - highest.atMs
    highest = { ms: Math.max(clock.wallMs(), continued), atMs: clock.monotonicMs() }
    return highest.ms
  }
  const config = { description: '', history: 3, metadata: {} }
  await opened.engine.createBucket(copy, { ...config, mirror: { bucket: 'default' } })
  const lifetimes: Lifetime[] = []
  const steps: readonly (() => Promise<void>)[] = [
    async () => {
      const key = `key-${10 + below(40)}`
      const ttlMs = 1 + below(2 * hourMs)
      const expiry = { ttlMs }
      const expiresAt = now() + ttlMs
      const put = { op: 'put', key, value: record, expiry } as const
      const committed = await opened.engine.commit(bucket, [put])
      const revision = committed.ok ? (committed.results[0]?.revision ?? 0) : 0
      const index = lifetimes.findIndex((each) => each.key === key)
      lifetimes.splice(index < 0 ? lifetimes.length : index, 1, { key, revision, expiresAt })
    },
    async () => {
      tally.jumps++
      clock.setWall(clock.wallMs() + (below(2) === 0 ? hourMs : -hourMs))
      now()
    },
    async () => clock.advance(below(hourMs / 4)),
    async () => {
      const [life] = lifetimes.splice(below(lifetimes.length), 1)
      if (!life) return
      const shouldBe = now() < life.expiresAt
      const isThere = await incrementFinds({ engine: opened.engine, at: bucket, ...life })
      tally.reads++
      if (isThere && !shouldBe) tally.expired++
      if (!isThere && shouldBe) tally.missing++
    },
    async () => {
      // To the very millisecond of some expiry, or the one before it.
      const next = lifetimes[below(lifetimes.length)]
      const leftMs = (next?.expiresAt ?? 0) - now() - below(2)
      if (leftMs > 0) await clock.advance(leftMs)
    },
    async () => {
      if (!opened.reopen || below(4) > 0) return
      tally.restarts++
      opened = await opened.reopen()
    },
  ]
  const names = Object.keys(sights)
  while (tally.reads < reads) {
    await steps[below(steps.length)]?.()
    for (const { key, revision, expiresAt } of lifetimes) {
      const name = names[below(names.length)] ?? 'get'
      const isReading = !name.startsWith('if')
      const at = isReading && below(4) === 0 ? copy : bucket
      const isThere = await sights[name]?.({ engine: spoil(opened.engine), at, key, revision })
      const shouldBe = now() < expiresAt
      tally.reads++
      tally[shouldBe ? 'present' : 'absent']++
      if (isThere && !shouldBe) tally.expired++
      if (!isThere && shouldBe) tally.missing++
    }
    const { keys } = await opened.engine.getBucket(bucket)
    const alive = lifetimes.filter(({ expiresAt }) => now() < expiresAt).length
    tally.reads++
    if (keys > alive) tally.expired++
    if (keys < alive) tally.missing++
  }
  await opened.close()
  return tally
}

describe.each([
  ['memory', openMemory],
  ['sqlite', openSqlite],
  ['remote over sqlite', behindServer(openSqlite, inProcess)],
] as const)('reads round expiry, with the clock set to and fro: %s', (name, open) => {
  it('never show what has expired, nor hide what has not', { timeout: patience }, async () => {
    const reads = scaled({ short: 1500, long: 40_000 })

    const tally = await live({ open, reads, seed: 21 })

    reportFigure(`reads round expiry, clock set by ±1 h, ${name}`, { ...tally })
    expect(tally).toMatchObject({ expired: 0, missing: 0 })
    expect(tally.absent).toBeGreaterThan(reads / 20)
    expect(tally.present).toBeGreaterThan(reads / 20)
    expect(tally.jumps).toBeGreaterThan(5)
  })
})

describe('reads round expiry', () => {
  it.each(['get', 'list'] as const)(
    'are caught when %s forgets to look at the time',
    async (verb) => {
      const kept = new Map<string, unknown>()
      const spoil = (engine: Engine): Engine => new Proxy(engine, { get: forgetTime(verb, kept) })

      const tally = await live({ open: openMemory, reads: 1000, seed: 22, spoil })

      expect(tally.expired).toBeGreaterThan(0)
    },
  )
})

/** Answers as the last time that there was something, so that nothing ever expires. */
function forgetTime(verb: 'get' | 'list', kept: Map<string, unknown>) {
  return (engine: Engine, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(engine, name, engine)
    if (typeof value !== 'function') return value
    if (name !== verb) return value.bind(engine)
    return async (...given: unknown[]) => {
      const found = (await value.apply(engine, given)) as { entries?: unknown[] } | undefined
      const isEmpty = found === undefined || found.entries?.length === 0
      const place = JSON.stringify(given)
      if (!isEmpty) kept.set(place, found)
      return kept.get(place) ?? found
    }
  }
}
