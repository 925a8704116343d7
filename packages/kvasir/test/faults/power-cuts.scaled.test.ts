import { describe, expect, it } from 'vitest'
import type { Plant } from '../../../../scripts/faults/planted-driver.ts'
import { cutPower, type PowerCuts } from '../../../../scripts/faults/power-cuts/cut-power.ts'
import type { Verdict } from '../../../../scripts/faults/power-cuts/judge.ts'
import type { Judgement } from '../../../../scripts/faults/power-cuts/judge-program.ts'
import { isLong, reportFigure, scaled } from '../../../../scripts/faults/scale.ts'

const short = { lanes: 4, commits: [25, 25], checkpointPages: 60 } as const

/** A relaxed store syncs its log twice as it begins it, and next when it copies it. */
const failedCheckpoint = {
  lanes: 4,
  commits: [5, 25],
  checkpointPages: 200,
  failingSync: 3,
  commitsAfterwards: 5,
} as const

interface Cuts extends Omit<PowerCuts, 'recording'> {
  readonly recording: Omit<PowerCuts['recording'], 'seed'>
}

const cuts: Record<string, Cuts> = {
  'while a store is created': {
    recording: { lanes: 1, commits: [1, 1], durability: 'relaxed' },
    images: scaled({ short: 100, long: 800 }),
  },
  'in durable mode': {
    recording: { ...short, durability: 'durable' },
    images: scaled({ short: 120, long: 2000 }),
  },
  'in durable mode, with syncs in the background': {
    recording: { ...short, durability: 'durable', backgroundSyncs: true },
    images: scaled({ short: 120, long: 2000 }),
  },
  'after a sync in the background has failed': {
    recording: { ...short, durability: 'durable', backgroundSyncs: true, failingSync: 25 },
    images: scaled({ short: 50, long: 1000 }),
  },
  'in relaxed mode': {
    recording: { ...short, durability: 'relaxed' },
    images: scaled({ short: 80, long: 1700 }),
  },
  'in relaxed mode, some calls durable': {
    recording: { ...short, durability: 'relaxed', durableLanes: 2 },
    images: scaled({ short: 80, long: 1000 }),
  },
  'after a sync has failed': {
    recording: { ...short, durability: 'durable', failingSync: 25 },
    images: scaled({ short: 50, long: 1000 }),
  },
  'after a sync has failed, the store opened anew': {
    recording: { ...short, durability: 'durable', failingSync: 25, commitsAfterwards: 10 },
    images: scaled({ short: 50, long: 500 }),
  },
  'after a sync of a checkpoint has failed, in relaxed mode': {
    recording: { ...failedCheckpoint, durability: 'relaxed' },
    images: scaled({ short: 50, long: 1000 }),
  },
  'with checkpoints as rare as users have them': {
    recording: { lanes: 8, commits: isLong ? [200, 100] : [5, 5], durability: 'durable' },
    images: scaled({ short: 20, long: 600 }),
  },
}

/** Different ones in the long run, which makes several recordings of each kind. */
const seeds = isLong ? [1, 2, 3, 4, 5] : [1]

const timeout = scaled({ short: 300_000, long: 86_400_000 })

describe('a power cut at any moment', { timeout }, () => {
  it.each(Object.entries(cuts))('%s leaves what was promised', async (name, given) => {
    const judgements: Judgement[] = []
    for (const seed of seeds) {
      const images = Math.ceil(given.images / seeds.length)
      const recording = { ...given.recording, seed }
      judgements.push(await cutPower({ recording, images, judges: isLong ? 2 : 1 }))
    }

    const sum = (count: 'images' | 'acknowledged' | 'events') =>
      judgements.reduce((total, judgement) => total + judgement[count], 0)
    const findings = judgements.flatMap((judgement) => judgement.findings)
    reportFigure(`power cut ${name}`, {
      images: sum('images'),
      acknowledged: sum('acknowledged'),
      'writes and syncs recorded': sum('events'),
      'lost, torn or damaged': findings.length,
    })
    expect(findings).toEqual([])
    expect(sum('images')).toBeGreaterThanOrEqual(given.images)
    expect(sum('acknowledged')).toBeGreaterThan(0)
  })
})

describe('the search for what a power cut breaks', { timeout }, () => {
  const catches: [Plant, 'durable' | 'relaxed', Verdict[]][] = [
    ['no-sync', 'durable', ['lost']],
    ['no-sync', 'relaxed', ['unopened', 'inconsistent', 'torn', 'unordered']],
    ['torn-batch', 'durable', ['torn']],
    ['late-counters', 'durable', ['inconsistent']],
    ['late-commit', 'durable', ['lost']],
  ]

  it.each(catches)('catches %s in %s mode', async (plant, durability, verdicts) => {
    const recording = { ...short, durability, plant, seed: 7 }

    const { findings } = await cutPower({ recording, images: 40 })

    const caught = findings.filter(({ verdict }) => verdicts.includes(verdict))
    expect(caught.length).toBeGreaterThan(0)
  })

  it('catches syncs in the background that are left out', async () => {
    const recording = { ...short, durability: 'durable', backgroundSyncs: true, seed: 7 } as const

    const { findings } = await cutPower({
      recording: { ...recording, plant: 'no-background-sync' },
      images: 40,
    })

    expect(findings.filter(({ verdict }) => verdict === 'lost').length).toBeGreaterThan(0)
  })

  it('catches calls that are not as durable as they asked for', async () => {
    const recording = { ...short, durability: 'relaxed', durableLanes: 2, seed: 7 } as const

    const { findings } = await cutPower({
      recording: { ...recording, plant: 'unheard-durability' },
      images: 40,
    })

    const lost = findings.filter(({ verdict }) => verdict === 'lost')
    expect(lost.length).toBeGreaterThan(0)
  })

  it('catches a relaxed store that goes on after a sync of a checkpoint has failed', async () => {
    const plant = 'automatic-checkpoints'
    const recording = { ...failedCheckpoint, durability: 'relaxed', plant, seed: 2 } as const

    const { findings } = await cutPower({ recording, images: 120 })

    const damaged = findings.filter(({ verdict }) => ['unopened', 'inconsistent'].includes(verdict))
    expect(damaged.length).toBeGreaterThan(0)
  })
})
