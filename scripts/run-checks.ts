// `npm test`: every check in order, cheapest first, stopping at the first that fails. The last line
// counts the tests that really ran, read from vitest's own report.

import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const repository = join(import.meta.dirname, '..')
const reports = mkdtempSync(join(tmpdir(), 'kvasir-checks-'))
const counts = { passed: 0, failed: 0 }

const PATH = `${join(repository, 'node_modules/.bin')}${delimiter}${process.env.PATH}`
const options: SpawnSyncOptions = {
  cwd: repository,
  env: { ...process.env, PATH },
  stdio: ['ignore', 'inherit', 'inherit'],
}

interface Phase {
  name: string
  commands: string[][]
  /** Where vitest leaves its figures, when the phase runs tests. */
  report?: string
}

const phases: Phase[] = [
  { name: 'lint', commands: [['biome', 'check', '--error-on-warnings', '.']] },
  {
    name: 'types',
    commands: [
      ['npm', 'run', '--silent', 'build'],
      ['tsc', '-p', 'tsconfig.tests.json'],
      ['tsc', '-p', 'examples/functions'],
    ],
  },
  { name: 'unused', commands: [['knip']] },
  vitest('tests', []),
  vitest('packages', ['--config', 'packages/packed-tests/vitest.config.ts']),
]

main()

function main(): void {
  const chosen = process.argv.slice(2)
  const todo = phases.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
  if (todo.length === 0) throw new Error(`Phases are: ${phases.map((p) => p.name).join(', ')}`)

  const failed = todo.find((phase) => !run(phase))
  rmSync(reports, { recursive: true, force: true })
  if (failed !== undefined) console.log(`\nFAILED in phase "${failed.name}".`)
  if (counts.passed + counts.failed > 0) {
    console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
  }
  process.exitCode = failed === undefined ? 0 : 1
}

/** Runs one phase, and tells whether all of it is well. */
function run({ name, commands, report }: Phase): boolean {
  console.log(`\n=== ${name} ===`)
  const start = performance.now()
  const isWell = commands.every(succeeds)
  const isCounted = report === undefined || count(report)
  console.log(`=== ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s ===`)
  return isWell && isCounted
}

function succeeds([command = '', ...args]: string[]): boolean {
  const { status, signal, error } = spawnSync(command, args, options)
  // A command that ended by itself has said what is wrong.
  if (status === null) console.log(`${command} ended by ${signal ?? error?.message}`)
  return status === 0
}

/** Adds a report's figures up. No test at all is a failure, as is a report that is not there. */
function count(report: string): boolean {
  const figures = readReport(report)
  if (figures === undefined || figures.numPassedTests + figures.numFailedTests === 0) {
    console.log('No test was executed.')
    return false
  }
  counts.passed += figures.numPassedTests
  counts.failed += figures.numFailedTests
  return figures.success
}

function readReport(report: string): Figures | undefined {
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Figures
  } catch {
    // Vitest died before it wrote its report, and has said why itself.
    return undefined
  }
}

function vitest(name: string, flags: string[]): Phase {
  const report = join(reports, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return { name, report, commands: [['vitest', 'run', ...flags, ...reporters]] }
}

interface Figures {
  numPassedTests: number
  numFailedTests: number
  success: boolean
}
