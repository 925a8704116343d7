// `npm run bench`: runs Kvasir and other stores interleaved and prints ratios with medians.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { compare } from './compare.ts'
import { dataDirectory } from './engine-process.ts'
import { measureGrowth } from './growth.ts'
import { installPeers } from './install-peers.ts'
import { type BenchOptions, help, readOptions } from './options.ts'
import { say } from './progress.ts'
import { fullReport, shortReport } from './report.ts'
import type { Results } from './results.ts'

const resultsDirectory = join(import.meta.dirname, '../results')

try {
  await main()
} catch (error) {
  say(`FAILED: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (!options) {
    process.stdout.write(help)
    return
  }
  const results = await run(options)
  process.stdout.write(
    options.isJson ? `${JSON.stringify(results, null, 2)}\n` : fullReport(results),
  )
  if (options.isComplete) keep(results)
  const failed = results.measurements.filter(({ failure }) => failure !== undefined)
  if (failed.length === 0) return
  say(`${failed.length} of ${results.measurements.length} measurements FAILED; see above`)
  process.exitCode = 1
}

async function run(options: BenchOptions): Promise<Results> {
  const peers = installPeers()
  const [processor] = cpus()
  const machine = {
    date: new Date().toISOString(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: processor?.model ?? 'unknown',
    cpuCount: cpus().length,
    loadBefore: loadavg()[0] as number,
  }
  const begin = performance.now()
  rmSync(dataDirectory, { recursive: true, force: true })
  try {
    const measurements = await compare(options)
    const growth = await measureGrowth(options)
    const seconds = (performance.now() - begin) / 1000
    const { keyCount, rounds, readMs, writeMs } = options
    const settings = { keyCount, rounds, readMs, writeMs }
    const engines = options.engines.map(({ open, measures, ...info }) => info)
    return { ...machine, seconds, ...settings, peers, engines, measurements, growth }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

function keep(results: Results): void {
  mkdirSync(resultsDirectory, { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(resultsDirectory, name), text)
  write('latest.json', `${JSON.stringify(results, null, 2)}\n`)
  write('summary.md', shortReport(results))
  write('tables.md', fullReport(results))
  say('wrote bench/results')
}
