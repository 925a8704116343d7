import { join } from 'node:path'
import { startEngineProcess } from '../killing/engine-process.ts'
import { KillLoop } from '../killing/kill-loop.ts'
import type { Plant } from '../planted-driver.ts'
import type { LoopFileSystem } from './loop-file-system.ts'

export interface RealCuts {
  readonly cuts: number
  readonly plant?: Plant
}

/** Cuts the power of a real file system under a store, again and again, until something breaks. */
export async function cutRealPower(
  disk: LoopFileSystem,
  { cuts, plant }: RealCuts,
): Promise<KillLoop> {
  const directory = join(disk.directory, plant ?? 'store')
  // While ext4 is being shut down, a sync under way may succeed without effect. A sync that is under
  // way when the power goes never returns: what is answered from here on counts as unanswered.
  let isCut = false
  const start = async () => {
    const victim = await startEngineProcess({ directory, durability: 'durable', plant })
    const kill = async (): Promise<void> => {
      isCut = true
      await disk.cutPower()
      await victim.kill()
      await disk.restore()
      isCut = false
    }
    return { ...victim, kill }
  }
  const loop = new KillLoop({ seed: 3, lanes: 8, answersMax: 300, start, isCut: () => isCut })
  try {
    while (loop.kills < cuts && loop.problems.length === 0) await loop.run({ processes: 1 })
    if (loop.problems.length === 0) await loop.finish()
  } finally {
    await loop.abandon()
  }
  return loop
}
