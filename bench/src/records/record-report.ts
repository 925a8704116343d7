import { grouped, times } from '../format.ts'
import { markdown } from '../grid.ts'
import { promiseLines } from '../promises.ts'
import { judgeFlatness, promise, type Verdict } from './flatness.ts'
import { comparisonGrid, costGrid, growthGrid } from './record-grid.ts'
import type { RecordResults } from './record-results.ts'
import { recordWorkloadList } from './workloads/record-workload-list.ts'

/** The paragraphs about records in the full report; none when they were not measured. */
export function recordSections(results: RecordResults): string[] {
  if (results.measurements.length === 0) return []
  const durabilities = [...new Set(results.stores.map(({ durability }) => durability))]
  const tables = durabilities.flatMap((durability) => [
    `## Records, ${durability}: µs per operation`,
    markdown(costGrid(results, durability)),
    ...comparison(results, durability),
  ])
  return [
    '# Records with a field of many elements',
    settingText(results),
    ...tables,
    '## Records: what an operation costs on the largest record, by what it costs on the smallest',
    markdown(growthGrid(results)),
    wholeText,
    verdictText(results),
    ...leftOutText(results),
    ...failures(results),
    '## What each store of records promises',
    promiseLines(results.stores).join('\n'),
  ]
}

/** How many times Kvasir's rate is that of the others, if there are any. */
function comparison(results: RecordResults, durability: string): string[] {
  const grid = comparisonGrid(results, durability)
  if (grid.header.length === 1) return []
  return [`## Records, ${durability}: how many times Kvasir's rate is theirs`, markdown(grid)]
}

/** Whether the promise is kept, and by how much it is missed where it is not. */
function verdictText(results: RecordResults): string {
  const verdicts = judgeFlatness(results)
  const missed = verdicts.filter(({ isKept, ratio }) => !isKept && ratio !== undefined)
  const unmeasured = verdicts.filter(({ ratio }) => ratio === undefined)
  if (missed.length > 0) return `${promiseText}: NOT kept.\n\n${offences(missed)}`
  if (verdicts.length > 0 && unmeasured.length === 0) return `${promiseText}: kept.`
  return `${promiseText}: not measured in full.`
}

const { fewElements, manyElements, ratioMax } = promise
const flatNames = recordWorkloadList.filter(({ isFlat }) => isFlat).map(({ title }) => title)
const promiseText = `Kvasir promises that ${flatNames.join(', ')} cost on ${grouped(manyElements)} elements at most ${ratioMax} times what they cost on ${fewElements}`

function offences(missed: readonly Verdict[]): string {
  return missed
    .map(({ store, workload, ratio = 0 }) => `- ${store} at ${workload}: ${times(ratio)}`)
    .join('\n')
}

const wholeText =
  '\\* The operation takes or answers the whole record, so that its cost grows with the record by nature.'

function settingText({ elementCounts, rounds, ms }: RecordResults): string {
  return [
    `A record has a field of ${elementCounts.map(grouped).join(' or ')} elements of 32 characters, a list or a set.`,
    `Calls are made one by one; figures are medians of ${rounds} interleaved rounds of ${ms} ms, averages with all stalls.`,
  ].join('\n')
}

function leftOutText({ leftOut }: RecordResults): string[] {
  return leftOut.length === 0 ? [] : [`Left out on request: ${leftOut.join(', ')}.`]
}

function failures({ measurements }: RecordResults): string[] {
  const failed = measurements.filter(({ failure }) => failure !== undefined)
  if (failed.length === 0) return []
  const lines = failed.map(({ store, workload, elementCount, failure }) => {
    return `- ${store} at ${workload}, ${grouped(elementCount)} elements: ${failure}`
  })
  return ['## Records: failed', lines.join('\n')]
}
