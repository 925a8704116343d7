import type { FootprintFigures } from '../footprint/footprint-suite.ts'
import { table } from '../format.ts'
import type { HttpGetFigures } from '../http-get/http-get-suite.ts'
import type { Results } from '../results.ts'
import type { ScaleFigures } from '../scale/scale-figures.ts'
import type { StartUpFigures } from '../start-up/start-up-suite.ts'
import { readKept } from '../suites/results-directory.ts'
import type { Demand, Figures, Reached, SizedResults, Target } from './target.ts'
import { furtherTargets, targets } from './target-list.ts'

/** The targets and what was reached, from what the suites have left behind. */
export function reportTargets(): string {
  const figures = readFigures()
  return `${tableOf(targets, figures)}\n\n${tableOf(furtherTargets, figures)}\n`
}

/** What was reached, a line for each workload: for the README. */
export function reportShortly(): string {
  const figures = readFigures()
  const rows = targets.flatMap(({ workload, demands }) => {
    const cells = demands.flatMap((demand) => {
      const reached = demand.reached(figures)
      if (reached.length === 0) return []
      const numbers = reached.map(({ value }) => digits(value)).join(' / ')
      const against = demand.text.replace(/^[≥≤] [\d.]+ × /, '')
      const isMissed = met(demand, reached) !== 'met'
      const name = demand.bound === 'at least' ? against : `(${demand.text})`
      return [`${numbers} ${demand.unit} ${name}${isMissed ? ' (missed)' : ''}`]
    })
    return cells.length > 0 ? [[workload, cells.join('; ')]] : []
  })
  return rows.length > 0 ? table(['', 'reached at 100 B / 1 KB'], rows) : 'Not measured yet.'
}

/** A line for each demand, with its workload before the first. */
export function tableOf(wanted: readonly Target[], figures: Figures): string {
  const rows = wanted.flatMap(({ workload, demands }) =>
    demands.map((demand, index) => {
      const reached = demand.reached(figures)
      return [
        index === 0 ? workload : '',
        demand.text,
        textOf(demand, reached),
        met(demand, reached),
      ]
    }),
  )
  return table(['workload', 'target', 'reached', ''], rows)
}

function textOf({ unit }: Demand, reached: readonly Reached[]): string {
  if (reached.length === 0) return 'not measured'
  return reached.map(({ label, value }) => `${digits(value)} ${unit} (${label})`).join(', ')
}

function met({ bound, limit }: Demand, reached: readonly Reached[]): string {
  if (reached.length === 0) return '–'
  const isMet = reached.every(({ value }) =>
    bound === 'at least' ? value >= limit : value <= limit,
  )
  return isMet ? 'met' : '**missed**'
}

function digits(value: number): string {
  return value >= 99.5 ? value.toFixed(0) : value.toPrecision(value < 1 ? 2 : 3)
}

function readFigures(): Figures {
  const found = {
    records: readKept<Results>('records')?.figures.records,
    buckets: readKept<Results>('buckets')?.figures.buckets,
    http: readKept<HttpGetFigures>('http')?.figures,
    footprint: readKept<FootprintFigures>('footprint')?.figures,
    startUp: readKept<StartUpFigures>('start-up')?.figures,
    reaping: readKept<ScaleFigures>('reaping')?.figures,
  }
  const there = Object.entries(found).filter(([, figures]) => figures !== undefined)
  return {
    embedded: sized('embedded', (results) => results),
    wire: sized('wire', ({ wire }) => wire),
    ...(Object.fromEntries(there) as Omit<Figures, 'embedded' | 'wire'>),
  }
}

function sized(part: string, take: (results: Results) => SizedResults['results']): SizedResults[] {
  const sizes = { '100 B': `${part}-100`, '1 KB': `${part}-1k` }
  return Object.entries(sizes).flatMap(([size, suite]) => {
    const kept = readKept<Results>(suite)
    return kept ? [{ size, results: take(kept.figures) }] : []
  })
}
