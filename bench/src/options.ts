import { parseArgs } from 'node:util'
import type { EngineDefinition } from './engines/engine.ts'
import { engineList, engineNamed } from './engines/engine-list.ts'
import type { Workload } from './workloads/workload.ts'
import { workloadList, workloadNamed } from './workloads/workload-list.ts'

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
  readonly isJson: boolean
  /** Whether everything is measured in full, so that the results are worth keeping. */
  readonly isComplete: boolean
}

export const help = `Compares Kvasir with other stores: npm run bench -- [options]

  --quick            a first impression in a minute or so: 1 KB values, 10,000 keys, short runs
  --only a,b         these workloads: ${workloadList.map(({ name }) => name).join(', ')},
                     growth
  --sizes a,b        value sizes in bytes; default 100,1024,10240
  --engines a,b      these engines: ${wrapNames(engineList.map(({ name }) => name))}
  --keys n           keys in each store; default 100000
  --rounds n         rounds; default 3
  --json             print the raw figures as JSON instead of tables
  --help             this text

A complete run takes about a quarter of an hour and writes bench/results; any other only prints.
`

const full = {
  sizes: [100, 1024, 10_240],
  keyCount: 100_000,
  growthKeyCounts: [1000, 10_000, 100_000],
  rounds: 3,
  readMs: 250,
  writeMs: 2000,
} as const

const quick = {
  sizes: [1024],
  keyCount: 10_000,
  growthKeyCounts: [1000, 10_000],
  rounds: 3,
  readMs: 80,
  writeMs: 250,
} as const

/** Reads the command line; `undefined` asks for the help text. */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      sizes: { type: 'string' },
      engines: { type: 'string' },
      keys: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined

  const { only, sizes, engines, keys, rounds } = values
  const preset = values.quick ? quick : full
  const names = only?.split(',')
  return {
    ...preset,
    ...(sizes && { sizes: sizes.split(',').map((size) => wholeNumber(size, 'sizes')) }),
    ...(keys && { keyCount: wholeNumber(keys, 'keys') }),
    ...(rounds && { rounds: wholeNumber(rounds, 'rounds') }),
    engines: engines ? engines.split(',').map(engineNamed) : engineList,
    workloads: names?.filter((name) => name !== 'growth').map(workloadNamed) ?? workloadList,
    growthKeyCounts: !names || names.includes('growth') ? preset.growthKeyCounts : [],
    isJson: values.json,
    isComplete: !values.quick && !only && !sizes && !engines && !keys && !rounds,
  }
}

function wholeNumber(text: string, name: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`--${name} takes whole numbers above 0; it was given "${text}".`)
}

function wrapNames(names: readonly string[]): string {
  const half = Math.ceil(names.length / 2)
  const indent = `\n${' '.repeat(21)}`
  return [names.slice(0, half).join(', '), names.slice(half).join(', ')].join(`,${indent}`)
}
