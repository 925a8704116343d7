import { rmSync } from 'node:fs'
import { dataDirectory } from '../engine-process.ts'
import { microseconds } from '../format.ts'
import { inTurn } from '../in-turn.ts'
import { say } from '../progress.ts'
import { twoAtATime } from '../two-at-a-time.ts'
import { RecordProcess } from './record-process.ts'
import type { RecordMeasurement } from './record-results.ts'
import type { RecordStoreDefinition } from './record-store.ts'
import type { CallPace } from './time-calls.ts'
import type { RecordWorkload } from './workloads/record-workload.ts'

export interface RecordOptions extends CallPace {
  readonly stores: readonly RecordStoreDefinition[]
  readonly workloads: readonly RecordWorkload[]
  /** How many elements the records have, from few to many. */
  readonly elementCounts: readonly number[]
  readonly rounds: number
}

/**
 * Measures every store at every workload and size of record. Within a round the stores take turns
 * at one workload, each with all of its sizes, so that all meet the same moods of the machine.
 */
export async function measureRecords(options: RecordOptions): Promise<RecordMeasurement[]> {
  const { stores, workloads, elementCounts, rounds } = options
  if (workloads.length === 0) return []
  const groups = stores.map((store) =>
    elementCounts.map((count) => new RecordProcess(store, count)),
  )
  const measurements: RecordMeasurement[] = []
  try {
    await twoAtATime(groups.flat(), (process) => process.open())
    say(`records: opened ${stores.map(({ name }) => name).join(', ')}`)
    for (let round = 0; round < rounds; round++) {
      for (const workload of workloads) {
        say(`records, round ${round + 1} of ${rounds}: ${workload.title}`)
        const due = groups.filter(([any]) => any && isWorth(any.store, workload))
        for (const processes of inTurn(due, round)) {
          const taken = await measureStore(processes, { workload, options, measurements })
          tell(taken)
        }
      }
    }
  } finally {
    for (const process of groups.flat()) await process.close()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  return measurements
}

interface Turn {
  readonly workload: RecordWorkload
  readonly options: RecordOptions
  readonly measurements: RecordMeasurement[]
}

async function measureStore(
  processes: readonly RecordProcess[],
  { workload, options, measurements }: Turn,
): Promise<RecordMeasurement[]> {
  const taken: RecordMeasurement[] = []
  for (const process of processes) {
    const measurement = take(measurements, process, workload)
    await measure(measurement, { process, workload, options })
    taken.push(measurement)
  }
  return taken
}

interface Run {
  readonly process: RecordProcess
  readonly workload: RecordWorkload
  readonly options: RecordOptions
}

async function measure(
  measurement: RecordMeasurement,
  { process, workload, options: { ms, callsMin } }: Run,
): Promise<void> {
  // What failed once would fail again, perhaps slowly.
  if (measurement.failure !== undefined) return
  try {
    measurement.costsUs.push(await process.run(workload, { ms, callsMin }))
  } catch (error) {
    measurement.failure = error instanceof Error ? error.message : String(error)
    say(`${process.store.name} FAILED at ${workload.name}: ${measurement.failure}`)
  }
}

function take(
  measurements: RecordMeasurement[],
  { store, elementCount }: RecordProcess,
  workload: RecordWorkload,
): RecordMeasurement {
  const measurement: RecordMeasurement = {
    store: store.name,
    workload: workload.name,
    elementCount,
    costsUs: [],
  }
  const known = measurements.find(
    (each) =>
      each.store === measurement.store &&
      each.workload === measurement.workload &&
      each.elementCount === elementCount,
  )
  if (known) return known
  measurements.push(measurement)
  return measurement
}

function tell(taken: readonly RecordMeasurement[]): void {
  const costs = taken.map(({ costsUs }) => {
    const last = costsUs.at(-1)
    return (last === undefined ? 'failed' : microseconds(last)).padStart(9)
  })
  say(`    ${(taken[0]?.store ?? '').padEnd(16)}${costs.join('')} µs`)
}

/** Reads are those of the sibling that syncs. */
function isWorth({ durability }: RecordStoreDefinition, { kind }: RecordWorkload): boolean {
  return durability === 'durable' || kind === 'write'
}
