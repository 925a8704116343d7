import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dataDirectory } from '../engine-process.ts'
import { microseconds, sizeText, table } from '../format.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { say } from '../progress.ts'
import { median } from '../statistics.ts'
import type { Suite } from '../suites/suite.ts'
import { type CommitPathTask, callersCounts, type StepCosts } from './commit-path.ts'

// Where the time of a `set` goes: how much of it is SQLite's, for how many statements, and how much
// is Kvasir's own.

interface CommitPath extends Pick<CommitPathTask, 'durability' | 'valueBytes'> {
  readonly costs: readonly StepCosts[]
}

const worker = join(import.meta.dirname, 'commit-path-worker.ts')
const keyCount = 100_000
const rounds = 5

export const commitPathSuite: Suite = {
  name: 'commit-path',
  about: 'what a set costs step by step, from one statement of SQLite to Kvasir',
  async run({ isQuick }) {
    const machine = describeMachine()
    const paths: CommitPath[] = []
    for (const durability of ['durable', 'relaxed'] as const) {
      for (const valueBytes of [100, 1024]) {
        const ms = isQuick ? 200 : 800
        const costs = await measure({ durability, keyCount, valueBytes, rounds, ms })
        paths.push({ durability, valueBytes, costs })
      }
    }
    const text = `${machineLine(machine)}\n\n${paths.map(reportOf).join('\n\n')}\n`
    return { figures: { keyCount, paths }, text, failures: [], charts: [] }
  },
}

async function measure(task: Omit<CommitPathTask, 'directory'>): Promise<StepCosts[]> {
  const directory = join(dataDirectory, `commit-path-${task.durability}-${task.valueBytes}`)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    const words = ['--import', 'tsx', worker, JSON.stringify({ ...task, directory })]
    const { stdout } = await promisify(execFile)(process.execPath, words)
    say(`commit path, ${task.durability}, ${sizeText(task.valueBytes)}: measured`)
    return JSON.parse(stdout) as StepCosts[]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function reportOf({ durability, valueBytes, costs }: CommitPath): string {
  const names = [...new Set(costs.map(({ step }) => step))]
  const rows = names.map((name) => [
    name,
    ...callersCounts.flatMap((callers) => cellsOf(costs, name, callers)),
  ])
  const head = callersCounts.flatMap((callers) => {
    const how = callers === 1 ? 'one by one' : `${callers} in flight`
    return [`${how}, µs`, 'of them processor time']
  })
  return table([`set, ${durability}, ${sizeText(valueBytes)}`, ...head], rows)
}

function cellsOf(costs: readonly StepCosts[], name: string, callers: number): string[] {
  const found = costs.find((each) => each.step === name && each.callers === callers)
  if (!found) return ['–', '–']
  return [microseconds(median(found.wallUs)), microseconds(median(found.processorUs))]
}
