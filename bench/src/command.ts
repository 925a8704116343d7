import { type BenchOptions, optionHelp, readOptions } from './options.ts'
import type { Suite } from './suites/suite.ts'
import { suites } from './suites/suite-list.ts'

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  /** Workloads and engines chosen by hand, only printed. */
  | { readonly kind: 'workloads'; readonly options: BenchOptions }
  | {
      readonly kind: 'suites'
      readonly suites: readonly Suite[]
      /** Whether to print the table of targets at the end. */
      readonly isWithTargets: boolean
      readonly isWritingDocs: boolean
      /** What is left of the command line for the suites. */
      readonly argv: readonly string[]
      readonly isQuick: boolean
      readonly isJson: boolean
      /** Whether it is measured in full, so that it is worth keeping. */
      readonly isKept: boolean
    }

const targetsName = 'targets'
const longest = Math.max(...suites.map(({ name }) => name.length))

export const help = `Measures Kvasir beside other stores: npm run bench -- [options]

Suites, each within ten minutes on two cores; all of them when none is named, and then the targets:

${suites.map(({ name, about }) => `  --only ${name.padEnd(longest)}  ${about}`).join('\n')}
  --only ${targetsName.padEnd(longest)}  the table of targets, from what the suites have left in bench/results

  --write-docs       writes the tables and charts of docs/performance.md from bench/results
  --quick            a first impression in a few minutes; not kept

${optionHelp}`

/**
 * Reads the command line.
 *
 * @throws {Error} when a name or a number is none that the bench knows.
 */
export function readCommand(given: readonly string[]): Command {
  if (given.includes('--help')) return { kind: 'help' }
  const isWritingDocs = given.includes('--write-docs')
  const argv = given.filter((word) => word !== '--write-docs')
  const place = argv.indexOf('--only')
  const names = place < 0 ? undefined : (argv[place + 1] ?? '').split(',')
  const known = [...suites.map(({ name }) => name), targetsName]
  if (names && !names.every((name) => known.includes(name))) {
    return { kind: 'workloads', options: optionsOf(argv) }
  }
  const rest = place < 0 ? argv : argv.toSpliced(place, 2)
  const chosen = suites.filter(({ name }) => !names || names.includes(name))
  optionsOf(rest) // Whatever is wrong is told before the first suite runs.
  return {
    kind: 'suites',
    suites: chosen,
    isWithTargets: !names || names.includes(targetsName),
    isWritingDocs,
    argv: rest,
    isQuick: rest.includes('--quick'),
    isJson: rest.includes('--json'),
    isKept: rest.every((word) => word === '--check' || word === '--json'),
  }
}

function optionsOf(argv: readonly string[]): BenchOptions {
  const options = readOptions(argv)
  if (!options) throw new Error('Only --help asks for help.')
  return options
}
