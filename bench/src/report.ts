import { bucketSections } from './buckets/bucket-report.ts'
import { grouped, sizeText, table, times } from './format.ts'
import { markdown, rateGrid, ratioGrid } from './grid.ts'
import { promiseLines } from './promises.ts'
import { recordSections } from './records/record-report.ts'
import type { Measurement, Results } from './results.ts'
import { median, pairedRatio, summarize } from './statistics.ts'
import { wakeUpSections } from './wake-ups/wake-ups.ts'
import { growthWorkloads } from './workloads/workload-list.ts'

/** Everything, for the terminal and for `bench/results/tables.md`. */
export function fullReport(results: Results): string {
  const sizes = [...new Set(results.measurements.map(({ valueBytes }) => valueBytes))]
  const tables = sizes.flatMap((valueBytes) => [
    `## ${sizeText(valueBytes)} values: operations per second`,
    markdown(rateGrid(results, valueBytes)),
    `## ${sizeText(valueBytes)} values: how many times Kvasir's rate is theirs`,
    markdown(ratioGrid(results, valueBytes)),
  ])
  return join([
    '# Kvasir and other stores',
    machineText(results),
    ...tables,
    ...failures(results),
    ...losses(results),
    ...growth(results),
    ...promises(results),
    ...wireSections(results),
    spreadText(results),
    ...recordSections(results.records),
    ...bucketSections(results.buckets),
    ...wakeUpSections(results.wakeUps),
    versionsText(results),
  ])
}

/** The same tables for what stands behind a server. */
function wireSections(all: Results): string[] {
  const results = { ...all, ...all.wire }
  const sizes = [...new Set(all.wire.measurements.map(({ valueBytes }) => valueBytes))]
  if (sizes.length === 0) return []
  const tables = sizes.flatMap((valueBytes) => [
    `## Over the wire, ${sizeText(valueBytes)} values: operations per second`,
    markdown(rateGrid(results, valueBytes)),
    `## Over the wire, ${sizeText(valueBytes)} values: how many times Kvasir's rate is theirs`,
    markdown(ratioGrid(results, valueBytes)),
  ])
  return [...tables, ...failures(results), promiseLines(results.engines).join('\n')]
}

function machineText(results: Results): string {
  const { date, node, cpu, cpuCount, loadBefore, keyCount, rounds, writeMs, seconds } = results
  const load = loadBefore.toFixed(2)
  const machine = `${date.slice(0, 10)}, Node ${node}, ${cpuCount} × ${cpu}, load ${load} before the run, which took ${Math.round(seconds / 60)} min.`
  if (measured(results).length === 0) return machine
  return [
    machine,
    `${grouped(keyCount)} keys in each store. Medians of ${rounds} interleaved rounds; rates are averages with all stalls, of ${(rounds * writeMs) / 1000} s of set per figure.`,
  ].join('\n')
}

function failures({ measurements, absent }: Results): string[] {
  const failed = measurements.filter(({ failure }) => failure !== undefined)
  if (failed.length + absent.length === 0) return []
  const lines = failed.map(({ engine, workload, valueBytes, failure }) => {
    return `- ${engine} at ${workload}, ${sizeText(valueBytes)}: ${failure}`
  })
  const missing = absent.map(({ engine, reason }) => `- ${engine} was left out: ${reason}`)
  return ['## Failed', [...missing, ...lines].join('\n')]
}

function losses({ measurements }: Results): string[] {
  const counted = measurements.flatMap(({ engine, increments }) =>
    increments ? [{ engine, ...increments }] : [],
  )
  if (counted.length === 0) return []
  const lossy = counted.filter(({ lost }) => lost > 0)
  const lines = lossy.map(({ engine, lost, acknowledged }) => {
    const share = ((100 * lost) / acknowledged).toFixed(1)
    return `- ${engine}: ${grouped(lost)} of ${grouped(acknowledged)} (${share} %)`
  })
  const exact = counted.filter(({ lost }) => lost === 0).map(({ engine }) => engine)
  return [
    '## Increments that were acknowledged and lost',
    [...lines, `- none: ${exact.join(', ')}`].join('\n'),
  ]
}

function growth({ growth }: Results): string[] {
  if (growth.length === 0) return []
  const counts = [...new Set(growth.map(({ keyCount }) => keyCount))]
  const header = [
    'µs per operation',
    ...counts.map((count) => `${grouped(count)} keys`),
    'last ÷ first',
  ]
  const rows = growthWorkloads.map(({ name, title }) => {
    const costs = counts.map((keyCount) => {
      const found = growth.find((each) => each.workload === name && each.keyCount === keyCount)
      return found?.costsUs ?? []
    })
    const [first = [], last = []] = [costs[0], costs.at(-1)]
    const cells = costs.map((each) => median(each).toFixed(1))
    return [title, ...cells, times(pairedRatio(last, first).median)]
  })
  return ['## What Kvasir (relaxed, 1 KB) costs as a bucket grows', table(header, rows)]
}

function promises({ engines, measurements }: Results): string[] {
  if (measurements.length === 0) return []
  return ['## What each store promises', promiseLines(engines).join('\n')]
}

function versionsText({ peers }: Results): string {
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`)
  if (versions.length === 0) return ''
  return `Versions: ${versions.join(', ')}.`
}

/** In the process and over the wire. */
function measured({ measurements, wire }: Results): Measurement[] {
  return [...measurements, ...wire.measurements]
}

function spreadText(results: Results): string {
  const spreads = measured(results)
    .filter(({ rates }) => rates.length > 1)
    .map(({ rates }) => {
      const { median, low, high } = summarize(rates)
      return (100 * (high - low)) / median
    })
  if (spreads.length === 0) return ''
  const { median: usual, high } = summarize(spreads)
  return `From the slowest to the quickest round a figure spans ${usual.toFixed(0)} % of its median (at worst ${high.toFixed(0)} %); every round is in the JSON beside this.`
}

function join(paragraphs: readonly string[]): string {
  return `${paragraphs.filter((text) => text !== '').join('\n\n')}\n`
}
