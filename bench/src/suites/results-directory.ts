import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawChart } from '../charts/draw-chart.ts'
import type { Machine } from '../machine.ts'
import { say } from '../progress.ts'
import type { Kept, SuiteOutcome } from './suite.ts'

const directory = join(import.meta.dirname, '../../results')
const chartDirectory = join(import.meta.dirname, '../../../docs/performance')

/** Writes what a suite has measured, and its charts. */
export async function keep(suite: string, machine: Machine, outcome: SuiteOutcome): Promise<void> {
  const { figures, text, charts } = outcome
  write(directory, `${suite}.json`, `${JSON.stringify({ machine, figures }, null, 1)}\n`)
  write(directory, `${suite}.md`, text)
  for (const chart of charts) {
    write(chartDirectory, `${chart.name}.svg`, await drawChart(chart))
  }
  say(`wrote bench/results/${suite}.json${charts.length > 0 ? ' and its charts' : ''}`)
}

/** What a suite has measured last, if it ever has. */
export function readKept<Figures>(suite: string): Kept<Figures> | undefined {
  const path = join(directory, `${suite}.json`)
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')) as Kept<Figures>
}

function write(place: string, name: string, text: string): void {
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, name), text)
}
