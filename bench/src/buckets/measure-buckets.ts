import { join } from 'node:path'
import { measureStores, type StoreMeasurement } from '../measure-stores.ts'
import { StoreProcess } from '../store-process.ts'
import type { CallPace } from '../time-calls.ts'
import type { BucketStoreDefinition } from './bucket-store.ts'
import { type Scene, type SceneName, scenes } from './scenes.ts'
import type { BucketWorkload } from './workloads/bucket-workload.ts'

export interface BucketOptions extends CallPace {
  readonly stores: readonly BucketStoreDefinition[]
  readonly workloads: readonly BucketWorkload[]
  /** The sizes of each scene, from small to large. */
  readonly sizes: Readonly<Record<SceneName, readonly number[]>>
  readonly rounds: number
}

const worker = join(import.meta.dirname, 'bucket-worker.ts')

/** Measures every store in one scene after the other, and within a scene in turns. */
export async function measureBuckets(options: BucketOptions): Promise<StoreMeasurement[]> {
  const measurements: StoreMeasurement[] = []
  for (const scene of scenes) measurements.push(...(await measureIn(scene, options)))
  return measurements
}

async function measureIn(
  { name: scene, unit }: Scene,
  options: BucketOptions,
): Promise<StoreMeasurement[]> {
  const { rounds, ms, callsMin } = options
  const workloads = options.workloads.filter((workload) => workload.scene === scene)
  const stores = options.stores.filter((store) => workloads.some((each) => isWorth(store, each)))
  if (stores.length === 0) return []
  const groups = stores.map((store) =>
    options.sizes[scene].map((size) => {
      const setting = { scene, size }
      return new StoreProcess({ store, worker, label: scene, size, setting })
    }),
  )
  const pace = { ms, callsMin }
  return measureStores({ subject: unit, groups, workloads, rounds, pace, isWorth })
}

/** Reads are measured with one of the siblings that differ in their durability. */
function isWorth({ isRead }: BucketStoreDefinition, { kind }: BucketWorkload): boolean {
  return isRead || kind === 'write'
}
