// `npm run test:long`: the fault tests (`*.scaled.test.ts`) in their long form, one file after the
// other so that they do not disturb each other's figures, and the table of what they measured.
// Words after it choose files: `npm run test:long -- kill power`.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { figuresVariable, type ReportedFigures, toLine } from './faults/scale.ts'

const repository = join(import.meta.dirname, '..')
const dayMs = 86_400_000

main()

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'kvasir-figures-'))
  const file = join(folder, 'figures.jsonl')
  const start = performance.now()
  const status = runTests(file, process.argv.slice(2))
  const minutes = ((performance.now() - start) / 60_000).toFixed(0)
  const figures = readFigures(file)
  rmSync(folder, { recursive: true, force: true })

  console.log(`\nFigures of ${new Date().toISOString().slice(0, 10)}, ${describeMachine()}:\n`)
  for (const line of figures) console.log(`- ${toLine(line)}`)
  console.log(`\n${minutes} minutes; ${status === 0 ? 'all passed' : 'FAILED'}`)
  // A run that measured nothing has shown nothing.
  process.exitCode = status === 0 && figures.length > 0 ? 0 : 1
}

function runTests(file: string, words: readonly string[]): number {
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
  const flags = ['--no-file-parallelism', `--testTimeout=${dayMs}`, `--hookTimeout=${dayMs}`]
  const filters = words.length > 0 ? words : ['.scaled.test.ts']
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...flags, ...filters], {
    cwd: repository,
    env: { ...process.env, [figuresVariable]: file },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return status ?? 1
}

function readFigures(file: string): ReportedFigures[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as ReportedFigures)
}

function describeMachine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} cores, ${gigabytes} GiB, Node ${process.version}`
}
