// `npm run bench`: runs Kvasir and other stores interleaved and prints ratios with medians.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import type { BucketResults } from './buckets/bucket-results.ts'
import { measureBuckets } from './buckets/measure-buckets.ts'
import { judgeSizes } from './buckets/size-promise.ts'
import { bucketStoreList } from './buckets/stores/store-list.ts'
import { compare } from './compare.ts'
import { dataDirectory } from './engine-process.ts'
import { measureGrowth } from './growth.ts'
import { installPeers } from './install-peers.ts'
import { type BenchOptions, help, readOptions } from './options.ts'
import { say } from './progress.ts'
import { judgeFlatness } from './records/flatness.ts'
import { measureRecords } from './records/measure-records.ts'
import type { RecordResults } from './records/record-results.ts'
import { recordStoreList } from './records/stores/store-list.ts'
import { fullReport, shortReport } from './report.ts'
import type { Results, WireResults } from './results.ts'
import { findServer, natsKind, redisKind } from './servers/find-server.ts'
import { measureWakeUps } from './wake-ups/measure-wake-ups.ts'
import { judgeWakeUps } from './wake-ups/wake-ups.ts'

const resultsDirectory = join(import.meta.dirname, '../results')

// Only an orderly end takes along the servers that were started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

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
  const { measurements, wire, records, buckets } = results
  const parts = [wire, records, buckets].flatMap((part): readonly Failing[] => part.measurements)
  const all = [...measurements, ...parts]
  const failed = all.filter(({ failure }) => failure !== undefined)
  if (failed.length > 0) fail(`${failed.length} of ${all.length} measurements FAILED; see above`)
  if (options.isCheck) check(results)
}

interface Failing {
  readonly failure?: string
}

/** Judges what was measured; a promise that nobody looked at is not kept. */
function check({ records, buckets, wakeUps }: Results): void {
  const isAboutBuckets = buckets.measurements.length > 0 || wakeUps.length > 0
  const isAboutRecords = records.measurements.length > 0 || !isAboutBuckets
  if (isAboutRecords) judge('large records', judgeFlatness(records))
  if (buckets.measurements.length > 0) judge('large buckets', judgeSizes(buckets))
  if (wakeUps.length > 0) judge('watches across processes', judgeWakeUps(wakeUps))
}

function judge(subject: string, verdicts: readonly { readonly isKept: boolean }[]): void {
  const missed = verdicts.filter(({ isKept }) => !isKept)
  if (verdicts.length > 0 && missed.length === 0) return
  fail(`the promise about ${subject} is NOT kept ${missed.length} times; see above`)
}

function fail(words: string): void {
  say(words)
  process.exitCode = 1
}

async function run(options: BenchOptions): Promise<Results> {
  const peers = preparePeers(options)
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
    const wire = await compareWire(options)
    const records = await compareRecords(options)
    const buckets = await compareBuckets(options)
    const wakeUps = await measureWakeUps(options.wakeUps)
    const seconds = (performance.now() - begin) / 1000
    const { keyCount, rounds, readMs, writeMs } = options
    const settings = { keyCount, rounds, readMs, writeMs }
    const engines = options.engines.map(({ open, measures, ...info }) => info)
    const parts = { engines, measurements, growth, wire, records, buckets, wakeUps }
    return { ...machine, seconds, ...settings, peers, ...parts }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

/** Has everything there that is to be compared with; answers the versions. */
function preparePeers(options: BenchOptions): Record<string, string> {
  const { workloads, growthKeyCounts, wire, records, buckets } = options
  const compared = [workloads, growthKeyCounts, wire.workloads, records.workloads]
  if ([...compared, buckets.workloads].every(({ length }) => length === 0)) return {}
  const isRedisOnWire = wire.engines.some(({ name }) => name.startsWith('redis'))
  const needsRedis =
    (wire.workloads.length > 0 && isRedisOnWire) ||
    (records.workloads.length > 0 && records.stores.some(({ serve }) => serve))
  const needsNats = buckets.workloads.length > 0 && buckets.stores.some(({ isKvasir }) => !isKvasir)
  const kinds = [...(needsRedis ? [redisKind] : []), ...(needsNats ? [natsKind] : [])]
  const versions = kinds.map((kind) => [kind.name, findServer(kind).version] as const)
  return { ...installPeers(), ...Object.fromEntries(versions) }
}

async function compareWire(options: BenchOptions): Promise<WireResults> {
  const { engines } = options.wire
  return {
    engines: engines.map(({ open, measures, ...info }) => info),
    measurements: await compare({ ...options, ...options.wire }),
  }
}

async function compareRecords({ records, isWithoutRedis }: BenchOptions): Promise<RecordResults> {
  const { elementCounts, rounds, ms } = records
  const served = recordStoreList.filter(({ serve }) => serve).map(({ title }) => title)
  return {
    elementCounts,
    rounds,
    ms,
    stores: records.stores.map(({ open, serve, ...info }) => info),
    measurements: await measureRecords(records),
    leftOut: isWithoutRedis ? [...new Set(served)] : [],
  }
}

async function compareBuckets({ buckets, isWithoutNats }: BenchOptions): Promise<BucketResults> {
  const { sizes, rounds, ms } = buckets
  const peers = bucketStoreList.filter(({ isKvasir }) => !isKvasir).map(({ title }) => title)
  return {
    sizes,
    rounds,
    ms,
    stores: buckets.stores.map(({ open, serve, ...info }) => info),
    measurements: await measureBuckets(buckets),
    leftOut: isWithoutNats ? [...new Set(peers)] : [],
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
