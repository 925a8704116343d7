import { grouped, times } from '../format.ts'
import { type Grid, markdown } from '../grid.ts'
import { promiseLines } from '../promises.ts'
import { sceneGrid, versusGrid } from './bucket-grid.ts'
import type { BucketResults } from './bucket-results.ts'
import { scenes } from './scenes.ts'
import { judgeSizes, sizePromise } from './size-promise.ts'
import { bucketWorkloadList } from './workloads/bucket-workload-list.ts'

/** The paragraphs about buckets in the full report; none when they were not measured. */
export function bucketSections(results: BucketResults): string[] {
  if (results.measurements.length === 0) return []
  const costs = scenes.map((scene) => sceneGrid(results, scene))
  return [
    '# Buckets',
    settingText(results),
    '## Buckets: µs per operation',
    ...tables(costs),
    wholeText,
    ...comparison(results, "## Buckets: how many times Kvasir's rate is theirs"),
    ...verdictText(results),
    ...leftOutText(results),
    ...failures(results),
    '## What each store with buckets promises',
    promiseLines(results.stores).join('\n'),
  ]
}

/** None where Kvasir is alone. */
function comparison(results: BucketResults, title: string): string[] {
  const grids = tables(scenes.map((scene) => versusGrid(results, scene)))
  return grids.length === 0 ? [] : [title, ...grids]
}

function tables(grids: readonly Grid[]): string[] {
  return grids.filter(({ rows }) => rows.length > 0).map(markdown)
}

function verdictText(results: BucketResults): string[] {
  const verdicts = judgeSizes(results)
  if (verdicts.every(({ ratio }) => ratio === undefined)) return []
  const missed = verdicts.filter(({ isKept, ratio }) => !isKept && ratio !== undefined)
  if (missed.length > 0) {
    const lines = missed.map(({ store, workload, ratio = 0 }) => {
      return `- ${store} at ${workload}: ${times(ratio)}`
    })
    return [`${promiseText}: NOT kept.`, lines.join('\n')]
  }
  const isWhole = verdicts.every(({ isKept }) => isKept)
  return [`${promiseText}: ${isWhole ? 'kept' : 'not measured in full'}.`]
}

const { fewKeys, manyKeys, ratioMax } = sizePromise
const flatTitles = bucketWorkloadList.filter(({ isFlat }) => isFlat).map(({ title }) => title)
const promiseText = `Kvasir promises that ${flatTitles.join(', ')} cost in a bucket of ${grouped(manyKeys)} keys at most ${ratioMax} times what they cost in one of ${grouped(fewKeys)}`

const wholeText =
  '\\* The operation answers or reaches as many as the size says, so that its cost grows with them by nature.'

function settingText({ rounds, ms }: BucketResults): string {
  return [
    'Keys have 12 characters and values 200. Calls are made one by one, each after the answer to the one before;',
    `figures are medians of ${rounds} interleaved rounds of ${ms} ms, averages with all stalls.`,
  ].join('\n')
}

function leftOutText({ leftOut }: BucketResults): string[] {
  return leftOut.length === 0 ? [] : [`Left out on request: ${leftOut.join(', ')}.`]
}

function failures({ measurements }: BucketResults): string[] {
  const failed = measurements.filter(({ failure }) => failure !== undefined)
  if (failed.length === 0) return []
  const lines = failed.map(({ store, workload, size, failure }) => {
    return `- ${store} at ${workload}, ${grouped(size)}: ${failure}`
  })
  return ['## Buckets: failed', lines.join('\n')]
}
