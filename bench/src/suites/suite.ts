// A suite is what one command measures, within ten minutes on two cores.

import type { Chart } from '../charts/chart.ts'
import type { Machine } from '../machine.ts'

export interface Suite {
  /** For `--only`. */
  readonly name: string
  /** What it measures, for the help text. */
  readonly about: string
  run(given: SuiteOptions): Promise<SuiteOutcome>
}

export interface SuiteOptions {
  /** The command line, without what chose the suite. */
  readonly argv: readonly string[]
  readonly isQuick: boolean
}

export interface SuiteOutcome {
  /** What goes into `results/<suite>.json`. */
  readonly figures: object
  /** Markdown, for the terminal and `results/<suite>.md`. */
  readonly text: string
  /** What is wrong, for the exit code; what is there is kept all the same. */
  readonly failures: readonly string[]
  readonly charts: readonly Chart[]
}

/** What every file of figures begins with. */
export interface Kept<Figures> {
  readonly machine: Machine
  readonly figures: Figures
}
