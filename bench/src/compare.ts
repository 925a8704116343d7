import { rmSync } from 'node:fs'
import { durationOf } from './duration-of.ts'
import { dataDirectory, EngineProcess } from './engine-process.ts'
import type { EngineDefinition } from './engines/engine.ts'
import { perSecond, sizeText } from './format.ts'
import { inTurn } from './in-turn.ts'
import type { BenchOptions } from './options.ts'
import { say } from './progress.ts'
import type { AbsentEngine, Measurement } from './results.ts'
import { twoAtATime } from './two-at-a-time.ts'
import type { Outcome, Workload } from './workloads/workload.ts'

/**
 * Measures every engine at every workload and size. Within a round the engines take turns at one
 * workload, each in its own process, so that all meet the same moods of the machine.
 */
export async function compare(options: BenchOptions): Promise<Comparison> {
  const measurements: Measurement[] = []
  const absent: AbsentEngine[] = []
  for (const valueBytes of options.sizes) {
    const { present, ...without } = await compareAt(valueBytes, options)
    measurements.push(...present)
    absent.push(...without.absent)
  }
  return { measurements, absent }
}

export interface Comparison {
  readonly measurements: readonly Measurement[]
  readonly absent: readonly AbsentEngine[]
}

async function compareAt(valueBytes: number, options: BenchOptions) {
  const { engines, keyCount, rounds } = options
  const workloads = options.workloads.filter((workload) => isDueAt(valueBytes, workload, options))
  const wanted = engines.filter((engine) => workloads.some((each) => isWorth(engine, each)))
  const processes = wanted.map((engine) => new EngineProcess(engine, { keyCount, valueBytes }))
  const measurements: Measurement[] = []
  const absent: AbsentEngine[] = []
  try {
    await twoAtATime(processes, async (process) => {
      const reason = await load(process, valueBytes)
      if (reason !== undefined) absent.push({ engine: process.engine.name, reason })
    })
    const running = processes.filter(
      ({ engine }) => !absent.some((each) => each.engine === engine.name),
    )
    for (let round = 0; round < rounds; round++) {
      for (const workload of workloads) {
        say(`${sizeText(valueBytes)}, round ${round + 1} of ${rounds}: ${workload.title}`)
        for (const process of inTurn(running, round)) {
          if (!isWorth(process.engine, workload)) continue
          const measurement = take(measurements, { process, workload, valueBytes })
          await measure(measurement, { process, workload, round, options })
        }
      }
    }
  } finally {
    for (const process of processes) await process.close()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  return { present: measurements, absent }
}

/** Answers why the engine is not there, if it is not: the others are measured all the same. */
async function load(process: EngineProcess, valueBytes: number): Promise<string | undefined> {
  const begin = performance.now()
  try {
    await process.load()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    say(`${process.engine.name} is LEFT OUT, since it could not be filled: ${reason}`)
    return reason
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  say(`${sizeText(valueBytes)}: filled ${process.engine.name} in ${seconds} s`)
  return undefined
}

interface Turn {
  readonly process: EngineProcess
  readonly workload: Workload
  readonly round: number
  readonly options: BenchOptions
}

async function measure(measurement: Measurement, turn: Turn): Promise<void> {
  const { process, workload, round, options } = turn
  // What failed once would fail again, perhaps slowly.
  if (measurement.failure !== undefined) return
  try {
    const ms = durationOf(process.engine, workload, options)
    const start = Math.floor((round * options.keyCount) / options.rounds)
    note(measurement, await process.run(workload, { ms, start }))
  } catch (error) {
    measurement.failure = error instanceof Error ? error.message : String(error)
    say(`${process.engine.name} FAILED at ${workload.name}: ${measurement.failure}`)
  }
}

function note(measurement: Measurement, { operations, ms, increments }: Outcome): void {
  const rate = (operations / ms) * 1000
  measurement.rates.push(rate)
  if (increments) {
    const { acknowledged, lost } = measurement.increments ?? { acknowledged: 0, lost: 0 }
    measurement.increments = {
      acknowledged: acknowledged + increments.acknowledged,
      lost: lost + increments.lost,
    }
  }
  say(`    ${measurement.engine.padEnd(22)} ${perSecond(rate).padStart(7)} /s`)
}

function take(
  measurements: Measurement[],
  { process, workload, valueBytes }: Omit<Turn, 'round' | 'options'> & { valueBytes: number },
): Measurement {
  const engine = process.engine.name
  const known = measurements.find(
    (each) => each.engine === engine && each.workload === workload.name,
  )
  if (known) return known
  const measurement: Measurement = { engine, workload: workload.name, valueBytes, rates: [] }
  measurements.push(measurement)
  return measurement
}

function isWorth(
  { measures, hasPages }: EngineDefinition,
  { name, needs, kind, callers }: Workload,
): boolean {
  if (needs === 'pages' && !hasPages) return false
  if (measures === 'increments') return name === 'increment-64'
  if (measures === 'all') return true
  return kind === 'write' && (measures === 'writes' || callers > 1)
}

function isDueAt(valueBytes: number, { isSizeless }: Workload, { sizes }: BenchOptions): boolean {
  const usual = sizes.includes(1024) ? 1024 : sizes[0]
  return !isSizeless || valueBytes === usual
}
