import type { EngineInfo } from '../results.ts'

/** What a run leaves behind of the records; part of the suite's file in `bench/results`. */
export interface RecordResults {
  /** How many elements the records have, from few to many. */
  readonly elementCounts: readonly number[]
  readonly rounds: number
  /** How long each figure was measured in a round, what is left out of it included. */
  readonly ms: number
  readonly stores: readonly EngineInfo[]
  readonly measurements: readonly RecordMeasurement[]
  /** Titles of stores that were left out on request. */
  readonly leftOut: readonly string[]
}

/** One store at one operation and one size of record. */
export interface RecordMeasurement {
  readonly store: string
  readonly workload: string
  readonly elementCount: number
  /** Microseconds per operation, a figure a round. */
  readonly costsUs: number[]
  /** Why the rounds after those in `costsUs` have no figure. */
  failure?: string
}
