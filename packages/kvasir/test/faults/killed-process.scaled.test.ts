import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startEngineProcess } from '../../../../scripts/faults/killing/engine-process.ts'
import { KillLoop } from '../../../../scripts/faults/killing/kill-loop.ts'
import type { Plant } from '../../../../scripts/faults/planted-driver.ts'
import { reportFigure, scaled } from '../../../../scripts/faults/scale.ts'

interface Circumstances {
  readonly durability: 'durable' | 'relaxed'
  readonly plant?: Plant
}

function newLoop({ durability, plant }: Circumstances): KillLoop {
  const directory = mkdtempSync(join(tmpdir(), 'kvasir-killed-'))
  const start = () => startEngineProcess({ directory, durability, plant, checkpointPages: 500 })
  const loop = new KillLoop({
    seed: 1,
    lanes: 16,
    answersMax: scaled({ short: 200, long: 600 }),
    start,
  })
  onTestFinished(async () => {
    await loop.abandon()
    rmSync(directory, { recursive: true })
  })
  return loop
}

/** Starting a process over and over takes its time where other tests run beside. */
const timeout = scaled({ short: 300_000, long: 86_400_000 })

describe('a data directory whose processes are killed again and again', { timeout }, () => {
  it.each(['durable', 'relaxed'] as const)(
    'has all that was acknowledged, and of the rest all or nothing, %s',
    async (durability) => {
      const loop = newLoop({ durability })
      const cycles = scaled({ short: 7, long: 200 })

      while (loop.cycles < cycles && loop.problems.length === 0) {
        // Every third time two write at once; every tenth time they are closed.
        const processes = loop.cycles % 3 === 2 ? 2 : 1
        await loop.run({ processes, closes: loop.cycles % 10 === 9 })
      }
      await loop.finish()

      reportFigure(`kill -9, embedded, ${durability}`, {
        cycles: loop.cycles,
        kills: loop.kills,
        'operations acknowledged': loop.acknowledged,
        'commits unanswered': loop.unanswered,
        'lost, torn or inconsistent': loop.problems.length,
      })
      expect(loop.problems).toEqual([])
      expect(loop.cycles).toBe(cycles)
      expect(loop.unanswered).toBeGreaterThan(0)
      expect(loop.operations.size).toBe(11)
    },
  )
})

describe('the search for what a killed process breaks', { timeout }, () => {
  const catches: [Plant, RegExp][] = [
    ['late-commit', /is not as after/],
    ['torn-batch', /differs|miscounted|does not lead|last change|to no|answered another/],
    ['late-counters', /miscounted|does not lead to its entry|is not that of the last change/],
    ['late-answers', /answered another result|in place of applied|differs/],
  ]

  it.each(catches)('catches %s', async (plant, problem) => {
    const loop = newLoop({ durability: 'durable', plant })

    while (loop.cycles < 100 && loop.problems.length === 0) await loop.run({ processes: 1 })

    const caught = loop.problems.filter((found) => problem.test(found))
    expect(caught.length, loop.problems.join('\n')).toBeGreaterThan(0)
  })

  it('finds a process that has ended by itself, because nobody handled a rejection', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvasir-killed-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const task = { directory, durability: 'relaxed', leavesRejection: true } as const
    const victim = await startEngineProcess(task)

    while (await victim.checkTables().catch(() => undefined));

    await expect(victim.kill()).rejects.toThrow('ended by itself with 1')
  })
})
