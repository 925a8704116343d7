import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machineLine } from '../machine.ts'
import { say } from '../progress.ts'
import { readKept } from '../suites/results-directory.ts'
import type { Suite } from '../suites/suite.ts'
import { suites } from '../suites/suite-list.ts'
import { fillMarkers } from './fill-markers.ts'
import { reportShortly, reportTargets } from './report-targets.ts'

const repository = join(import.meta.dirname, '../../..')
const results = join(repository, 'bench/results')

/** Writes what the suites have left behind between the markers of the docs. */
export function writePerformanceDoc(): void {
  const texts = new Map([
    ['targets', reportTargets().trimEnd()],
    ['reached', reportShortly()],
    ['machine', machines()],
    ...suites.map((suite) => [suite.name, blockOf(suite)] as const),
  ])
  for (const name of ['docs/performance.md', 'README.md']) {
    const path = join(repository, name)
    writeFileSync(path, fillMarkers(readFileSync(path, 'utf8'), texts))
    say(`wrote the figures of ${name}`)
  }
}

/** Where and when each suite was measured: a line for each. */
function machines(): string {
  const lines = suites.flatMap(({ name }) => {
    const kept = readKept(name)
    return kept ? [`- ${name}: ${machineLine(kept.machine)}`] : []
  })
  return lines.length > 0 ? lines.join('\n') : 'Nothing has been measured yet.'
}

/** A suite's chart and its tables, or how to come by them. */
function blockOf({ name, about }: Suite): string {
  const file = join(results, `${name}.md`)
  if (!existsSync(file))
    return `Not measured yet: \`npm run bench -- --only ${name} --write-docs\`.`
  const hasChart = existsSync(join(repository, 'docs/performance', `${name}.svg`))
  const tables = tablesOf(readFileSync(file, 'utf8'))
  return hasChart ? `![${about}](performance/${name}.svg)\n\n${tables}` : tables
}

/** Without a title of its own: the page has one. */
function tablesOf(text: string): string {
  return text
    .replaceAll(/^# .*\n+/gm, '')
    .replaceAll(/^## /gm, '#### ')
    .trim()
}
