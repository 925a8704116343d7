import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportFigure, scaled } from '../../../../../scripts/faults/scale.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { openEngine } from '../../../src/engine.ts'
import type { Fault } from './broken-engines.ts'
import { ClientPool } from './client-pool.ts'
import { type HistoriesPlan, makeHistories } from './make-histories.ts'

const directory = mkdtempSync(join(tmpdir(), 'kvasir-histories-'))
const options = { durability: 'relaxed' } as const
/** What the work takes on a busy machine. */
const patience = scaled({ short: 300_000, long: 7_200_000 })

const load = { operations: 1080, lanes: 3, abandoned: 0.02 }

const planted: readonly { fault: Fault; objects: HistoriesPlan['objects'] }[] = [
  { fault: 'stale cache', objects: ['register', 'cell', 'counter'] },
  { fault: 'lost update', objects: ['counter'] },
  { fault: 'torn read', objects: ['group'] },
  { fault: 'torn write', objects: ['group'] },
  { fault: 'check then act', objects: ['cell'] },
]

let engine: Engine
beforeAll(async () => {
  engine = await openEngine(directory, options)
})
afterAll(async () => {
  await engine.close()
  rmSync(directory, { recursive: true })
})

function poolOf(kind: 'thread' | 'process'): ClientPool {
  const plans = ['a', 'b', 'c'].map((name) => ({ location: directory, options, name }))
  return new ClientPool(kind, plans)
}

describe.each(['thread', 'process'] as const)('clients that are each a %s', (kind) => {
  const pool = poolOf(kind)
  beforeAll(() => pool.start())
  afterAll(() => pool.close())

  const make = (plan: Partial<HistoriesPlan>) =>
    makeHistories(pool, { ...load, engine, histories: 1, prefix: kind, ...plan })

  it('have linearizable histories, given-up calls and killed processes included', {
    timeout: patience,
  }, async () => {
    const histories = scaled({ short: 6, long: 430 })
    const killsEvery = kind === 'process' ? { killsEvery: scaled({ short: 3, long: 20 }) } : {}
    const startedMs = performance.now()

    const judgement = await make({ histories, ...killsEvery })

    const { operations, unknown, overlapping, mostAtOnce, complaints } = judgement
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    const figures = { histories, operations, unknown, overlapping, mostAtOnce, seconds }
    reportFigure(`histories, embedded, a ${kind} each`, {
      ...figures,
      notLinearizable: complaints.length,
    })
    expect(complaints).toEqual([])
    expect(operations).toBeGreaterThan(histories * 1000)
    // A history in which nobody meets proves nothing.
    expect(overlapping / operations).toBeGreaterThan(0.4)
    expect(mostAtOnce).toBeGreaterThan(4)
    expect(unknown).toBeGreaterThan(histories)
  })

  it.each(kind === 'process' ? planted : [])(
    'bring to light: $fault',
    async ({ fault, objects }) => {
      const prefix = `${kind}-${fault.replaceAll(' ', '-')}`

      const { complaints } = await make({
        histories: 20,
        prefix,
        fault,
        objects,
        stopsAtFirstComplaint: true,
      })

      expect(complaints.join()).toContain('not linearizable')
    },
  )
})
