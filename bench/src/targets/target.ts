import type { BucketResults } from '../buckets/bucket-results.ts'
import type { FootprintFigures } from '../footprint/footprint-suite.ts'
import type { HttpGetFigures } from '../http-get/http-get-suite.ts'
import type { RecordResults } from '../records/record-results.ts'
import type { WireResults } from '../results.ts'
import type { ScaleFigures } from '../scale/scale-figures.ts'
import type { StartUpFigures } from '../start-up/start-up-suite.ts'

/** What the suites have left behind; what was not measured is not there. */
export interface Figures {
  /** One for each size of value. */
  readonly embedded: readonly SizedResults[]
  readonly wire: readonly SizedResults[]
  readonly records?: RecordResults
  readonly buckets?: BucketResults
  readonly http?: HttpGetFigures
  readonly footprint?: FootprintFigures
  readonly startUp?: StartUpFigures
  readonly reaping?: ScaleFigures
}

export interface SizedResults {
  /** `100 B` */
  readonly size: string
  readonly results: Pick<WireResults, 'measurements'>
}

/** One workload, and what is wanted of it. */
export interface Target {
  readonly workload: string
  readonly demands: readonly Demand[]
}

export interface Demand {
  /** What is wanted, as the table says it. */
  readonly text: string
  readonly bound: 'at least' | 'at most'
  readonly limit: number
  /** `×` for ratios. */
  readonly unit: string
  /** What was reached, at each size of value where there are several. */
  reached(figures: Figures): readonly Reached[]
}

export interface Reached {
  /** The size of the values, or whatever else it was measured with. */
  readonly label: string
  readonly value: number
}
