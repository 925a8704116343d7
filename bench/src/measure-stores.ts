import { rmSync } from 'node:fs'
import { dataDirectory } from './engine-process.ts'
import { microseconds } from './format.ts'
import { inTurn } from './in-turn.ts'
import { say } from './progress.ts'
import type { OpenableStore, StoreProcess } from './store-process.ts'
import type { CallPace } from './time-calls.ts'
import { twoAtATime } from './two-at-a-time.ts'

/** One store at one workload and one size. */
export interface StoreMeasurement {
  readonly store: string
  readonly workload: string
  readonly size: number
  /** Microseconds per call, a figure a round. */
  readonly costsUs: number[]
  /** Why the rounds after those in `costsUs` have no figure. */
  failure?: string
}

interface NamedWorkload {
  readonly name: string
  readonly title: string
}

export interface StoreRun<Store extends OpenableStore, Workload extends NamedWorkload> {
  /** What the run is about, for whoever watches its progress. */
  readonly subject: string
  /** For each store its processes, a size each, from small to large. */
  readonly groups: readonly (readonly StoreProcess<Store, object>[])[]
  readonly workloads: readonly Workload[]
  readonly rounds: number
  readonly pace: CallPace
  /** Whether a workload is worth measuring with a store. */
  readonly isWorth: (store: Store, workload: Workload) => boolean
}

/**
 * Measures every store at every workload and size. Within a round the stores take turns at one
 * workload, each with all of its sizes, so that all meet the same moods of the machine.
 */
export async function measureStores<Store extends OpenableStore, Workload extends NamedWorkload>(
  run: StoreRun<Store, Workload>,
): Promise<StoreMeasurement[]> {
  const { subject, groups, workloads, rounds } = run
  const measurements: StoreMeasurement[] = []
  try {
    const there = await openAll(groups)
    say(`${subject}: opened ${there.map(([any]) => any?.store.name).join(', ')}`)
    for (let round = 0; round < rounds; round++) {
      for (const workload of workloads) {
        say(`${subject}, round ${round + 1} of ${rounds}: ${workload.title}`)
        const due = there.filter(([any]) => any && run.isWorth(any.store, workload))
        for (const processes of inTurn(due, round)) {
          const taken: StoreMeasurement[] = []
          for (const process of processes) {
            const measurement = take(measurements, process, workload)
            await measure(measurement, process, run.pace)
            taken.push(measurement)
          }
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

/** Answers those that could be opened: the others are left out, and nobody suffers for it. */
async function openAll<Store extends OpenableStore>(
  groups: readonly (readonly StoreProcess<Store, object>[])[],
): Promise<(readonly StoreProcess<Store, object>[])[]> {
  const absent = new Set<string>()
  await twoAtATime(groups.flat(), async (process) => {
    const { name } = process.store
    if (absent.has(name)) return
    try {
      await process.open()
    } catch (error) {
      absent.add(name)
      const reason = error instanceof Error ? error.message : error
      say(`${name} is LEFT OUT, since it could not be opened: ${reason}`)
    }
  })
  return groups.filter(([any]) => any && !absent.has(any.store.name))
}

async function measure(
  measurement: StoreMeasurement,
  process: StoreProcess<OpenableStore, object>,
  pace: CallPace,
): Promise<void> {
  // What failed once would fail again, perhaps slowly.
  if (measurement.failure !== undefined) return
  const { store, workload } = measurement
  try {
    measurement.costsUs.push(await process.run({ name: workload }, pace))
  } catch (error) {
    measurement.failure = error instanceof Error ? error.message : String(error)
    say(`${store} FAILED at ${workload}: ${measurement.failure}`)
  }
}

function take(
  measurements: StoreMeasurement[],
  { store: { name: store }, size }: StoreProcess<OpenableStore, object>,
  { name: workload }: NamedWorkload,
): StoreMeasurement {
  const known = measurements.find(
    (each) => each.store === store && each.workload === workload && each.size === size,
  )
  if (known) return known
  const measurement: StoreMeasurement = { store, workload, size, costsUs: [] }
  measurements.push(measurement)
  return measurement
}

function tell(taken: readonly StoreMeasurement[]): void {
  const costs = taken.map(({ costsUs }) => {
    const last = costsUs.at(-1)
    return (last === undefined ? 'failed' : microseconds(last)).padStart(9)
  })
  say(`    ${(taken[0]?.store ?? '').padEnd(16)}${costs.join('')} µs`)
}
