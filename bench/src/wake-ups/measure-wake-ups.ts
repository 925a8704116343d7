import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { dataDirectory } from '../engine-process.ts'
import { say } from '../progress.ts'
import { WorkerProcess } from '../worker-process.ts'
import type { WakeUpAnswer, WakeUpRequest } from './wake-up-protocol.ts'
import type { WakeUps } from './wake-ups.ts'

export interface WakeUpOptions {
  /** How many watches are open, in turns; none when it is not to be measured. */
  readonly watches: readonly number[]
  readonly changes: number
  readonly idleMs: number
}

const pauseMs = 10
const msMax = 120_000
const worker = join(import.meta.dirname, 'wake-up-worker.ts')

/** Has one process write what another one watches. */
export async function measureWakeUps({ watches, ...load }: WakeUpOptions): Promise<WakeUps[]> {
  const measured: WakeUps[] = []
  for (const count of watches) measured.push(await measure(count, load))
  return measured
}

async function measure(
  watches: number,
  { changes, idleMs }: Omit<WakeUpOptions, 'watches'>,
): Promise<WakeUps> {
  const directory = join(dataDirectory, `wake-ups-${watches}`)
  mkdirSync(directory, { recursive: true })
  const watching = new WorkerProcess<WakeUpRequest, WakeUpAnswer>(worker)
  const writing = new WorkerProcess<WakeUpRequest, WakeUpAnswer>(worker)
  try {
    for (const process of [watching, writing]) {
      process.start()
      await process.ask({ kind: 'open', directory }, msMax)
    }
    await watching.ask({ kind: 'watch', watches }, msMax)
    // What starting has left to do is not what waiting costs.
    await watching.ask({ kind: 'idle', ms: idleMs / 2 }, msMax)
    const { idleCpu = 1 } = (await watching.ask({ kind: 'idle', ms: idleMs }, msMax)) ?? {}
    await writing.ask({ kind: 'write', count: changes, watches, pauseMs }, msMax)
    const { latenciesMs = [] } = (await watching.ask({ kind: 'seen', count: changes }, msMax)) ?? {}
    say(`wake-ups with ${watches} watches: measured`)
    return { watches, latenciesMs, idleCpu }
  } finally {
    watching.kill()
    writing.kill()
  }
}
