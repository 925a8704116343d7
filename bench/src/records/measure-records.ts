import { join } from 'node:path'
import { measureStores } from '../measure-stores.ts'
import { StoreProcess } from '../store-process.ts'
import type { CallPace } from '../time-calls.ts'
import type { RecordMeasurement } from './record-results.ts'
import type { RecordStoreDefinition } from './record-store.ts'
import type { RecordWorkload } from './workloads/record-workload.ts'

export interface RecordOptions extends CallPace {
  readonly stores: readonly RecordStoreDefinition[]
  readonly workloads: readonly RecordWorkload[]
  /** How many elements the records have, from few to many. */
  readonly elementCounts: readonly number[]
  readonly rounds: number
}

const worker = join(import.meta.dirname, 'record-worker.ts')

/** Measures every store at every workload and size of record, in turns. */
export async function measureRecords(options: RecordOptions): Promise<RecordMeasurement[]> {
  const { stores, workloads, elementCounts, rounds, ms, callsMin } = options
  if (workloads.length === 0) return []
  const groups = stores.map((store) =>
    elementCounts.map((size) => {
      const setting = { elementCount: size }
      return new StoreProcess({ store, worker, label: 'records', size, setting })
    }),
  )
  const pace = { ms, callsMin }
  const run = { subject: 'records', groups, workloads, rounds, pace, isWorth }
  const measurements = await measureStores(run)
  return measurements.map(({ size, ...rest }) => ({ ...rest, elementCount: size }))
}

/** Reads are those of the sibling that syncs. */
function isWorth({ durability }: RecordStoreDefinition, { kind }: RecordWorkload): boolean {
  return durability === 'durable' || kind === 'write'
}
