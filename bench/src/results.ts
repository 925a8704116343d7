import type { BucketResults } from './buckets/bucket-results.ts'
import type { Durability } from './engines/engine.ts'
import type { Machine } from './machine.ts'
import type { RecordResults } from './records/record-results.ts'
import type { WakeUps } from './wake-ups/wake-ups.ts'

// What a run leaves behind, as `bench/results/<suite>.json` has it.

/** One engine at one workload and one size of values. */
export interface Measurement {
  readonly engine: string
  readonly workload: string
  readonly valueBytes: number
  /** Operations per second, a figure a round. */
  readonly rates: number[]
  /** Over all rounds; what is lost was acknowledged, and is not in the total. */
  increments?: { readonly acknowledged: number; readonly lost: number }
  /** Why the rounds after those in `rates` have no figure. */
  failure?: string
}

/** An engine that could not be started or filled, and why. */
export interface AbsentEngine {
  readonly engine: string
  readonly reason: string
}

/** What an operation costs Kvasir when its bucket grows. */
export interface GrowthMeasurement {
  readonly engine: string
  readonly workload: string
  readonly keyCount: number
  /** Microseconds per operation, a figure a round. */
  readonly costsUs: number[]
}

export interface EngineInfo {
  readonly name: string
  readonly title: string
  readonly isKvasir: boolean
  readonly durability: Durability
  readonly durabilityText: string
  readonly notes: readonly string[]
}

/** What stands behind a server. */
export interface WireResults {
  readonly engines: readonly EngineInfo[]
  readonly measurements: readonly Measurement[]
  readonly absent: readonly AbsentEngine[]
}

export interface Results extends Machine {
  readonly seconds: number
  readonly keyCount: number
  readonly rounds: number
  readonly readMs: number
  readonly writeMs: number
  readonly peers: Record<string, string>
  readonly engines: readonly EngineInfo[]
  readonly measurements: readonly Measurement[]
  readonly absent: readonly AbsentEngine[]
  readonly growth: readonly GrowthMeasurement[]
  readonly wire: WireResults
  readonly records: RecordResults
  readonly buckets: BucketResults
  /** One for each number of open watches; none when they were not measured. */
  readonly wakeUps: readonly WakeUps[]
}
