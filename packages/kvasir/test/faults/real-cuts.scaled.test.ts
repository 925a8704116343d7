import { describe, expect, it, onTestFinished } from 'vitest'
import { cutRealPower } from '../../../../scripts/faults/real-cuts/cut-real-power.ts'
import { LoopFileSystem } from '../../../../scripts/faults/real-cuts/loop-file-system.ts'
import { reportFigure, scaled } from '../../../../scripts/faults/scale.ts'

const timeout = scaled({ short: 300_000, long: 86_400_000 })
const figure = 'power cut of a real file system (ext4)'

/** It takes loop devices and the right to mount, which not every machine gives. */
async function makeDisk(): Promise<LoopFileSystem | undefined> {
  try {
    const disk = await LoopFileSystem.create()
    onTestFinished(() => disk.remove())
    return disk
  } catch (error) {
    const [why = ''] = String(error).split('\n').filter(Boolean).slice(-1)
    reportFigure(figure, { 'not possible here': why })
    return undefined
  }
}

describe('a power cut of a real file system', { timeout }, () => {
  it('loses nothing that was acknowledged, where the machine allows one', async () => {
    const disk = await makeDisk()
    if (!disk) return
    const cuts = scaled({ short: 2, long: 50 })

    const loop = await cutRealPower(disk, { cuts })

    reportFigure(figure, {
      cuts: loop.kills,
      'operations acknowledged': loop.acknowledged,
      'lost, torn or inconsistent': loop.problems.length,
    })
    expect(loop.problems).toEqual([])
    expect(loop.acknowledged).toBeGreaterThan(cuts)
  })

  it('loses what a store without syncs acknowledged', async () => {
    const disk = await makeDisk()
    if (!disk) return

    const outcome = await cutRealPower(disk, { cuts: 5, plant: 'no-sync' }).then(
      ({ problems }) => problems.length > 0,
      () => true, // What is left cannot even be opened.
    )

    expect(outcome).toBe(true)
  })
})
