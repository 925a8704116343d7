import { parseArgs } from 'node:util'
import type { BucketOptions } from './buckets/measure-buckets.ts'
import { sizePromise } from './buckets/size-promise.ts'
import { bucketStoreList } from './buckets/stores/store-list.ts'
import { bucketWorkloadList } from './buckets/workloads/bucket-workload-list.ts'
import type { EngineDefinition } from './engines/engine.ts'
import { engineList } from './engines/engine-list.ts'
import { wireEngineList } from './engines/wire-engine-list.ts'
import { promise } from './records/flatness.ts'
import type { RecordOptions } from './records/measure-records.ts'
import { recordStoreList } from './records/stores/store-list.ts'
import { recordWorkloadList } from './records/workloads/record-workload-list.ts'
import type { WakeUpOptions } from './wake-ups/measure-wake-ups.ts'
import { wakeUpPromise } from './wake-ups/wake-ups.ts'
import type { Workload } from './workloads/workload.ts'
import { wireWorkloads, workloadList } from './workloads/workload-list.ts'

export interface BenchOptions {
  readonly engines: readonly EngineDefinition[]
  readonly workloads: readonly Workload[]
  readonly sizes: readonly number[]
  readonly keyCount: number
  readonly growthKeyCounts: readonly number[]
  readonly rounds: number
  /** How long one read or list is measured in a round. */
  readonly readMs: number
  /** How long one write is; over all rounds long enough for checkpoints to count. */
  readonly writeMs: number
  /** What stands behind a server; without workloads when that is not to be measured. */
  readonly wire: Pick<BenchOptions, 'engines' | 'workloads'>
  /** Without workloads when records are not to be measured. */
  readonly records: RecordOptions
  /** Without workloads when buckets are not to be measured. */
  readonly buckets: BucketOptions
  /** Without watches when wake-ups are not to be measured. */
  readonly wakeUps: WakeUpOptions
  /** Whether to leave out peers that npm does not install. */
  readonly isWithoutRedis: boolean
  readonly isWithoutNats: boolean
  /** Whether to fail when Kvasir does not keep its promises about large records and buckets. */
  readonly isCheck: boolean
  readonly isJson: boolean
}

const workloadNames = [...workloadList.map(({ name }) => name), 'growth']

// The first of each stands for all that follow.
const recordNames = ['records', ...recordWorkloadList.map(({ name }) => name)]
const wakeUpName = 'bucket-wake-up'
const bucketNames = ['buckets', ...bucketWorkloadList.map(({ name }) => name), wakeUpName]
const allNames = [...workloadNames, 'wire', ...recordNames, ...bucketNames]

const engineNames = [
  ...new Set(
    [...engineList, ...wireEngineList, ...recordStoreList, ...bucketStoreList].map(
      ({ name }) => name,
    ),
  ),
]

export const optionHelp = `Options for one suite, or for workloads and engines by hand, which are only printed:

  --only a,b         these workloads: ${wrapNames(allNames)}
  --sizes a,b        value sizes in bytes; default 100,1024,10240
  --elements a,b     elements in a record; default 10,1000,100000
  --engines a,b      these engines: ${wrapNames(engineNames)}
  --keys n           keys in each store; default 100000
  --rounds n         rounds; default 3
  --without-redis    leave Redis out
  --without-nats     leave NATS out
  --check            fail when an operation on a record of 100,000 elements costs Kvasir more than
                     ${promise.ratioMax} times what it costs on one of 10, or one in a bucket of 1,000,000 keys more
                     than ${sizePromise.ratioMax} times what it costs in one of 100,000, or a change by
                     another process is told later than ${wakeUpPromise.p99MsMax} ms
  --json             print the raw figures as JSON instead of tables
  --help             this text
`

const full = {
  sizes: [100, 1024, 10_240],
  keyCount: 100_000,
  growthKeyCounts: [1000, 10_000, 100_000],
  rounds: 3,
  readMs: 250,
  writeMs: 2000,
  recordMs: 400,
  bucketSizes: {
    history: [1, 8, 64],
    keys: [100_000, 1_000_000],
    buckets: [10, 1000],
    subscribers: [1, 10, 100],
  },
  wakeUps: { watches: [1, 100], changes: 500, idleMs: 10_000 },
} as const

const quick = {
  sizes: [1024],
  keyCount: 10_000,
  growthKeyCounts: [1000, 10_000],
  rounds: 3,
  readMs: 80,
  writeMs: 250,
  recordMs: 50,
  bucketSizes: {
    history: [1, 8, 64],
    keys: [10_000, 100_000],
    buckets: [10, 100],
    subscribers: [1, 10, 100],
  },
  wakeUps: { watches: [1, 100], changes: 100, idleMs: 2000 },
} as const

const flags = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  sizes: { type: 'string' },
  elements: { type: 'string' },
  engines: { type: 'string' },
  keys: { type: 'string' },
  rounds: { type: 'string' },
  'without-redis': { type: 'boolean', default: false },
  'without-nats': { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

type Flags = ReturnType<typeof parseFlags>

function parseFlags(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: flags }).values
}

/**
 * Reads the command line; `undefined` asks for the help text.
 *
 * @throws {Error} when a name or a number is none that the bench knows.
 */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const given = parseFlags(argv)
  if (given.help) return undefined

  const { only, sizes, engines, keys, rounds } = given
  const preset = given.quick ? quick : full
  const { recordMs: _ms, bucketSizes: _sizes, wakeUps: _wakeUps, ...keyPreset } = preset
  const names = only?.split(',')
  checkNames(names, { known: allNames, kind: 'workload' })
  checkNames(engines?.split(','), { known: engineNames, kind: 'engine' })
  return {
    ...keyPreset,
    ...(sizes && { sizes: wholeNumbers(sizes, 'sizes') }),
    ...(keys && { keyCount: wholeNumber(keys, 'keys') }),
    ...(rounds && { rounds: wholeNumber(rounds, 'rounds') }),
    engines: namedIn(engineList, engines?.split(',')),
    workloads: namedIn(workloadList, names),
    growthKeyCounts: !names || names.includes('growth') ? preset.growthKeyCounts : [],
    wire: readWireOptions(given),
    records: readRecordOptions(given),
    buckets: readBucketOptions(given),
    wakeUps: readWakeUpOptions(given),
    isWithoutRedis: given['without-redis'],
    isWithoutNats: given['without-nats'],
    isCheck: given.check,
    isJson: given.json,
  }
}

function readWireOptions(given: Flags): BenchOptions['wire'] {
  const names = given.only?.split(',')
  const engines = namedIn(wireEngineList, given.engines?.split(','))
  return {
    engines: given['without-redis']
      ? engines.filter(({ name }) => !name.startsWith('redis'))
      : engines,
    workloads: !names || names.includes('wire') ? wireWorkloads : [],
  }
}

function readRecordOptions(given: Flags): RecordOptions {
  const preset = given.quick ? quick : full
  const names = given.only?.split(',')
  const stores = namedIn(recordStoreList, given.engines?.split(','))
  const elementCounts = wholeNumbers(given.elements ?? '10,1000,100000', 'elements')
  return {
    stores: given['without-redis'] ? stores.filter(({ serve }) => !serve) : stores,
    workloads: names?.includes('records') ? recordWorkloadList : namedIn(recordWorkloadList, names),
    elementCounts: elementCounts.sort((few, many) => few - many),
    rounds: given.rounds ? wholeNumber(given.rounds, 'rounds') : preset.rounds,
    ms: preset.recordMs,
    callsMin: 3,
  }
}

/** Of Kvasir alone: nobody else has watches across processes without a server. */
function readWakeUpOptions({ quick: isQuick, only, engines }: Flags): WakeUpOptions {
  const { wakeUps } = isQuick ? quick : full
  const names = only?.split(',')
  const isAsked = !names || names.includes('buckets') || names.includes(wakeUpName)
  const isLeftOut = engines !== undefined && !engines.split(',').includes('kvasir-durable')
  return { ...wakeUps, watches: isAsked && !isLeftOut ? wakeUps.watches : [] }
}

function readBucketOptions(given: Flags): BucketOptions {
  const preset = given.quick ? quick : full
  const names = given.only?.split(',')
  const stores = namedIn(bucketStoreList, given.engines?.split(','))
  return {
    stores: given['without-nats'] ? stores.filter(({ isKvasir }) => isKvasir) : stores,
    workloads: names?.includes('buckets') ? bucketWorkloadList : namedIn(bucketWorkloadList, names),
    sizes: preset.bucketSizes,
    rounds: given.rounds ? wholeNumber(given.rounds, 'rounds') : preset.rounds,
    ms: preset.recordMs,
    callsMin: 3,
  }
}

/** Those with the names, or all when no names are given. */
function namedIn<Item extends { readonly name: string }>(
  items: readonly Item[],
  names: readonly string[] | undefined,
): readonly Item[] {
  return names ? items.filter(({ name }) => names.includes(name)) : items
}

function checkNames(
  names: readonly string[] | undefined,
  { known, kind }: { known: readonly string[]; kind: string },
): void {
  const unknown = names?.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new Error(`There is no ${kind} "${unknown}". There are: ${known.join(', ')}.`)
}

function wholeNumbers(text: string, name: string): number[] {
  return text.split(',').map((number) => wholeNumber(number, name))
}

function wholeNumber(text: string, name: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`--${name} takes whole numbers above 0; it was given "${text}".`)
}

/** Lays names out in lines that fit beside the options. */
function wrapNames(names: readonly string[]): string {
  const lines: string[] = []
  for (const name of names) {
    const last = lines.pop()
    if (last === undefined) lines.push(name)
    else if (last.length + name.length < 74) lines.push(`${last}, ${name}`)
    else lines.push(`${last},`, name)
  }
  return lines.join(`\n${' '.repeat(21)}`)
}
