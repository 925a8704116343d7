import { rmSync } from 'node:fs'
import type { BucketResults } from '../buckets/bucket-results.ts'
import { measureBuckets } from '../buckets/measure-buckets.ts'
import { judgeSizes } from '../buckets/size-promise.ts'
import { bucketStoreList } from '../buckets/stores/store-list.ts'
import { compare } from '../compare.ts'
import { dataDirectory } from '../engine-process.ts'
import { measureGrowth } from '../growth.ts'
import { installPeers } from '../install-peers.ts'
import { describeMachine } from '../machine.ts'
import type { BenchOptions } from '../options.ts'
import { say } from '../progress.ts'
import { judgeFlatness } from '../records/flatness.ts'
import { measureRecords } from '../records/measure-records.ts'
import type { RecordResults } from '../records/record-results.ts'
import { recordStoreList } from '../records/stores/store-list.ts'
import type { Results, WireResults } from '../results.ts'
import {
  findServer,
  natsKind,
  postgresKind,
  redisKind,
  type ServerKind,
} from '../servers/find-server.ts'
import { measureWakeUps } from '../wake-ups/measure-wake-ups.ts'
import { judgeWakeUps } from '../wake-ups/wake-ups.ts'

/** Measures everything that the options name. */
export async function measure(options: BenchOptions): Promise<Results> {
  const peers = preparePeers(options)
  const machine = describeMachine()
  const begin = performance.now()
  rmSync(dataDirectory, { recursive: true, force: true })
  try {
    const compared = await compare(options)
    const growth = await measureGrowth(options)
    const wire = await compareWire(options)
    const records = await compareRecords(options)
    const buckets = await compareBuckets(options)
    const wakeUps = await measureWakeUps(options.wakeUps)
    const seconds = (performance.now() - begin) / 1000
    const { keyCount, rounds, readMs, writeMs } = options
    const settings = { keyCount, rounds, readMs, writeMs }
    const engines = options.engines.map(({ open, measures, ...info }) => info)
    const parts = { engines, ...compared, growth, wire, records, buckets, wakeUps }
    return { ...machine, seconds, ...settings, peers, ...parts }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

/** What is to be told with an exit code: measurements that failed, and promises that are broken. */
export function failuresOf(results: Results, { isCheck }: BenchOptions): string[] {
  const { measurements, wire, records, buckets } = results
  const parts = [wire, records, buckets].flatMap((part): readonly Failing[] => part.measurements)
  const all = [...measurements, ...parts]
  const failed = all.filter(({ failure }) => failure !== undefined)
  const words = `${failed.length} of ${all.length} measurements FAILED; see above`
  return [...(failed.length > 0 ? [words] : []), ...(isCheck ? check(results) : [])]
}

interface Failing {
  readonly failure?: string
}

/** Judges what was measured; a promise that nobody looked at is not kept. */
function check({ records, buckets, wakeUps }: Results): string[] {
  const isAboutBuckets = buckets.measurements.length > 0 || wakeUps.length > 0
  const isAboutRecords = records.measurements.length > 0 || !isAboutBuckets
  return [
    ...(isAboutRecords ? judge('large records', judgeFlatness(records)) : []),
    ...(buckets.measurements.length > 0 ? judge('large buckets', judgeSizes(buckets)) : []),
    ...(wakeUps.length > 0 ? judge('watches across processes', judgeWakeUps(wakeUps)) : []),
  ]
}

function judge(subject: string, verdicts: readonly { readonly isKept: boolean }[]): string[] {
  const missed = verdicts.filter(({ isKept }) => !isKept)
  if (verdicts.length > 0 && missed.length === 0) return []
  return [`the promise about ${subject} is NOT kept ${missed.length} times; see above`]
}

/** Has everything there that is to be compared with; answers the versions of what is. */
function preparePeers(options: BenchOptions): Record<string, string> {
  const { workloads, growthKeyCounts, wire, records, buckets } = options
  const compared = [workloads, growthKeyCounts, wire.workloads, records.workloads]
  if ([...compared, buckets.workloads].every(({ length }) => length === 0)) return {}
  const names = [
    ...(workloads.length > 0 ? options.engines : []),
    ...(wire.workloads.length > 0 ? wire.engines : []),
    ...(records.workloads.length > 0 ? records.stores : []),
    ...(buckets.workloads.length > 0 ? buckets.stores : []),
  ].map(({ name }) => name)
  const isNeeded = (word: string) => names.some((name) => name.includes(word))
  const versions = [
    ...(isNeeded('redis') ? versionOf(redisKind) : []),
    ...(isNeeded('nats') ? versionOf(natsKind) : []),
    ...(isNeeded('postgres') ? versionOf(postgresKind) : []),
  ]
  return { ...installPeers(), ...Object.fromEntries(versions) }
}

/** Looks for a server once; what cannot be had is told, and left out by those who need it. */
function versionOf(kind: ServerKind): [name: string, version: string][] {
  try {
    return [[kind.name, findServer(kind).version]]
  } catch (error) {
    say(`${error instanceof Error ? error.message : error} It is LEFT OUT.`)
    return []
  }
}
async function compareWire(options: BenchOptions): Promise<WireResults> {
  const { engines } = options.wire
  return {
    engines: engines.map(({ open, measures, ...info }) => info),
    ...(await compare({ ...options, ...options.wire })),
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
