import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { KillLoop } from '../../../../scripts/faults/killing/kill-loop.ts'
import { freePort, startServerProcess } from '../../../../scripts/faults/killing/server-process.ts'
import { reportFigure, scaled } from '../../../../scripts/faults/scale.ts'

async function newLoop(retryMs: number): Promise<KillLoop> {
  const directory = mkdtempSync(join(tmpdir(), 'kvasir-killed-server-'))
  const port = await freePort()
  const start = () => startServerProcess({ directory, port, retryMs })
  const loop = new KillLoop({
    seed: 2,
    lanes: scaled({ short: 8, long: 16 }),
    answersMax: scaled({ short: 120, long: 600 }),
    start,
  })
  onTestFinished(async () => {
    await loop.abandon()
    rmSync(directory, { recursive: true })
  })
  return loop
}

function report(name: string, loop: KillLoop): void {
  reportFigure(`kill -9, server, ${name}`, {
    cycles: loop.cycles,
    kills: loop.kills,
    'operations acknowledged': loop.acknowledged,
    'lost, torn, doubled or inconsistent': loop.problems.length,
  })
}

/** Starting a server over and over takes its time where other tests run beside. */
const timeout = scaled({ short: 300_000, long: 86_400_000 })

describe('a server that is killed again and again', { timeout }, () => {
  it('has all that it answered, and of the rest all or nothing', async () => {
    const loop = await newLoop(0)
    const cycles = scaled({ short: 6, long: 120 })

    while (loop.cycles < cycles && loop.problems.length === 0) {
      await loop.run({ processes: 1, closes: loop.cycles % 10 === 9 })
    }
    await loop.finish()

    report('clients are told', loop)
    expect(loop.problems).toEqual([])
    expect(loop.cycles).toBe(cycles)
    expect(loop.unanswered).toBeGreaterThan(0)
  })

  it('is survived by clients that repeat what was not answered: nothing is lost or done twice', async () => {
    const loop = await newLoop(20_000)
    const kills = scaled({ short: 6, long: 120 })

    while (loop.kills < kills && loop.problems.length === 0) await loop.runThrough(2)
    await loop.finish()

    report('clients repeat', loop)
    expect(loop.problems).toEqual([])
    expect(loop.kills).toBeGreaterThanOrEqual(kills)
    expect(loop.acknowledged).toBeGreaterThan(0)
  })
})
