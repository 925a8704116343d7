import { type Harness, ManualClock, type OpenedEngine } from 'kvasir/conformance'
import type { BucketRef, Engine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { openMemory } from '../conformance/open-memory.ts'
import { type Bug, harnessOf } from './broken-engine.ts'
import { bugs } from './bugs.ts'
import { collectTests, redAmong } from './collecting-runner.ts'

const sound: Bug = { name: 'sound', turnsRed: [], breaks: () => ({}) }

describe('the conformance suite', () => {
  it('has as many tests as it has grown to', () => {
    const titles = [...collectTests({ name: 'memory', open: openMemory }).keys()]

    expect(titles.length).toBeGreaterThanOrEqual(1150)
  })

  it('lets every test that is named here pass on an engine without a bug', async () => {
    const titles = new Set(bugs.flatMap(({ turnsRed }) => turnsRed))

    expect(await redAmong(harnessOf(sound), [...titles])).toEqual([])
  })

  for (const bug of bugs) {
    it(`catches an engine that ${bug.name}`, async () => {
      expect(await redAmong(harnessOf(bug), bug.turnsRed)).toEqual(bug.turnsRed)
    })
  }

  it('catches an engine whose time stands still when the clock is set back', async () => {
    const title = 'the clock › does not make a TTL longer when it is set back'
    const open = async () => {
      const clock = new ManualClock()
      // Only the wall clock moves, as where somebody had used it alone.
      const wallOnly = {
        wallMs: () => clock.wallMs(),
        monotonicMs: () => 0,
        schedule: clock.schedule.bind(clock),
      }
      const engine = openMemoryEngine({ clock: wallOnly })
      return { engine, clock, close: () => engine.close() }
    }

    expect(await redAmong({ name: 'stands still', open }, [title])).toEqual([title])
  })
})

describe('the conformance suite on engines that outlive their process', () => {
  const title =
    'a bucket with its values in memory › has its configuration and its numbering after a restart'
  const shop = 'shop'

  /** Buckets in memory go through `restart` when the engine is opened again. */
  function harnessWith(restart: (engine: Engine, at: BucketRef) => Promise<unknown>): Harness {
    return {
      name: 'persistent',
      async open() {
        const { engine: plain, clock, close } = await harnessOf(sound).open()
        const capabilities = { ...plain.capabilities, persistence: true }
        const engine = { ...plain, capabilities }
        const reopen = async (): Promise<OpenedEngine> => {
          for (const { name, config } of (await engine.listBuckets(shop, { limit: 10 })).buckets) {
            if (config.storage === 'memory') await restart(engine, { project: shop, bucket: name })
          }
          return { engine, clock, close, reopen }
        }
        return { engine, clock, close, reopen }
      },
    }
  }

  it('lets one pass that purges buckets in memory on a restart', async () => {
    const harness = harnessWith((engine, at) => engine.purgeBucket(at))

    expect(await redAmong(harness, [title])).toEqual([])
  })

  it('catches one that begins anew with the numbers of buckets in memory', async () => {
    const harness = harnessWith(async (engine, at) => {
      const { config } = await engine.deleteBucket(at)
      await engine.createBucket(at, config)
    })

    expect(await redAmong(harness, [title])).toEqual([title])
  })

  it('catches one that forgets what buckets in memory are set to', async () => {
    const harness = harnessWith((engine, at) => engine.updateBucket(at, { description: '' }))

    expect(await redAmong(harness, [title])).toEqual([title])
  })
})

describe('an exemption', () => {
  const passing = 'getting a key › answers undefined when it was never put'
  const failing = 'watching one key › sees its changes alone'
  const control = 'names only tests that exist in its exemptions, each with a reason'
  const broken = bugs.find(({ turnsRed }) => turnsRed.includes(failing)) ?? sound

  it('lets a test fail that it names', async () => {
    const exemptions = [{ test: failing, reason: 'watches everything' }]

    expect(await redAmong({ ...harnessOf(broken), exemptions }, [failing, control])).toEqual([])
  })

  it('fails when it is not needed', async () => {
    const exemptions = [{ test: passing, reason: 'none' }]

    expect(await redAmong({ ...harnessOf(sound), exemptions }, [passing])).toEqual([passing])
  })

  it('fails when there is no such test', async () => {
    const exemptions = [{ test: 'getting a key › flies', reason: 'none' }]

    expect(await redAmong({ ...harnessOf(sound), exemptions }, [control])).toEqual([control])
  })

  it('fails when it gives no reason', async () => {
    const exemptions = [{ test: failing, reason: ' ' }]

    expect(await redAmong({ ...harnessOf(broken), exemptions }, [control])).toEqual([control])
  })
})
