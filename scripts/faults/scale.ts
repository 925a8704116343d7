// How large a fault test is: short in `npm test`, long in `npm run test:long`. The code is the same
// in both, so that what takes an hour is known to work before anybody waits for it.

import { appendFileSync } from 'node:fs'

/** Sizes of one test in its two forms, such as cycles, histories or inputs. */
export interface Sizes {
  readonly short: number
  readonly long: number
}

/** What a test measured, by name; counts without a unit, times with it (`p99Ms`). */
export type Figures = Readonly<Record<string, number | string>>

/** A line of the table that the long run ends with. */
export interface ReportedFigures {
  readonly test: string
  readonly figures: Figures
}

/** `run-long.ts` sets it, and `reportFigure` appends to the file that it names. */
export const figuresVariable = 'KVASIR_FIGURES'

export const isLong = process.env[figuresVariable] !== undefined

/** The size for this run. */
export function scaled({ short, long }: Sizes): number {
  return isLong ? long : short
}

/** Hands figures to the long run's table; in the short form they are only printed. */
export function reportFigure(test: string, figures: Figures): void {
  const line: ReportedFigures = { test, figures }
  const file = process.env[figuresVariable]
  if (file === undefined) console.log(toLine(line))
  else appendFileSync(file, `${JSON.stringify(line)}\n`)
}

export function toLine({ test, figures }: ReportedFigures): string {
  const parts = Object.entries(figures).map(([name, value]) => `${name} ${toText(value)}`)
  return `${test}: ${parts.join(' · ')}`
}

function toText(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value
}
