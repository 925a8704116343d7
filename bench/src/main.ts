// `npm run bench`: runs suites one after another, keeps what they measure, and prints ratios.

import { rmSync } from 'node:fs'
import { help, readCommand } from './command.ts'
import { dataDirectory } from './engine-process.ts'
import { describeMachine } from './machine.ts'
import { say } from './progress.ts'
import { fullReport } from './report.ts'
import { failuresOf, measure } from './suites/measure.ts'
import { keep } from './suites/results-directory.ts'
import type { Suite } from './suites/suite.ts'
import { reportTargets } from './targets/report-targets.ts'
import { writePerformanceDoc } from './targets/write-performance-doc.ts'

// Only an orderly end takes along the servers that were started.
process.once('exit', () => rmSync(dataDirectory, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

try {
  await main()
} catch (error) {
  fail(`FAILED: ${error instanceof Error ? error.message : String(error)}`)
}

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2))
  if (command.kind === 'help') {
    process.stdout.write(help)
    return
  }
  if (command.kind === 'workloads') {
    const results = await measure(command.options)
    const { isJson } = command.options
    print(isJson ? JSON.stringify(results, null, 2) : fullReport(results))
    for (const words of failuresOf(results, command.options)) fail(words)
    return
  }
  for (const suite of command.suites) await run(suite, command)
  if (command.isWithTargets) print(reportTargets())
  if (command.isWritingDocs) writePerformanceDoc()
}

interface Run {
  readonly argv: readonly string[]
  readonly isQuick: boolean
  readonly isJson: boolean
  readonly isKept: boolean
}

/** A suite that fails takes no other one along. */
async function run(suite: Suite, { argv, isQuick, isJson, isKept }: Run): Promise<void> {
  say(`suite ${suite.name}: ${suite.about}`)
  const machine = describeMachine()
  try {
    const outcome = await suite.run({ argv, isQuick })
    print(isJson ? JSON.stringify(outcome.figures, null, 2) : outcome.text)
    if (isKept) await keep(suite.name, machine, outcome)
    for (const words of outcome.failures) fail(`suite ${suite.name}: ${words}`)
  } catch (error) {
    fail(`suite ${suite.name} FAILED: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

function fail(words: string): void {
  say(words)
  process.exitCode = 1
}
