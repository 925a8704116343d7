import { durationOf } from './duration-of.ts'
import { EngineProcess } from './engine-process.ts'
import type { EngineDefinition } from './engines/engine.ts'
import { kvasirRelaxed } from './engines/kvasir.ts'
import type { BenchOptions } from './options.ts'
import { say } from './progress.ts'
import type { GrowthMeasurement } from './results.ts'
import { growthWorkloads } from './workloads/workload-list.ts'

// Relaxed, since the sync of a durable write hides what the rest of it costs.
const engine: EngineDefinition = kvasirRelaxed
const valueBytes = 1024

/** Measures what Kvasir's operations cost in a bucket of few, some and many keys. */
export async function measureGrowth(options: BenchOptions): Promise<GrowthMeasurement[]> {
  const { growthKeyCounts, rounds } = options
  if (growthKeyCounts.length === 0) return []
  const processes = growthKeyCounts.map((keyCount) => ({
    keyCount,
    process: new EngineProcess(engine, { keyCount, valueBytes }),
  }))
  const measurements = growthKeyCounts.flatMap((keyCount) =>
    growthWorkloads.map(({ name }) => {
      return { engine: engine.name, workload: name, keyCount, costsUs: [] as number[] }
    }),
  )
  try {
    for (const { process } of processes) await process.load()
    for (let round = 0; round < rounds; round++) {
      say(`growth, round ${round + 1} of ${rounds}`)
      for (const workload of growthWorkloads) {
        for (const { process, keyCount } of processes) {
          const ms = durationOf(engine, workload, options)
          const start = Math.floor((round * keyCount) / rounds)
          const outcome = await process.run(workload, { ms, start })
          measurements
            .find((each) => each.keyCount === keyCount && each.workload === workload.name)
            ?.costsUs.push((outcome.ms / outcome.operations) * 1000)
        }
      }
    }
  } finally {
    for (const { process } of processes) await process.close()
  }
  return measurements
}
