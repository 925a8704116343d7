import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from 'kvasir'
import { dataDirectory } from '../engine-process.ts'
import { table } from '../format.ts'
import { installPeers } from '../install-peers.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { median, summarize } from '../statistics.ts'
import type { Suite } from '../suites/suite.ts'
import { type ClientSize, measureClient } from './client-size.ts'
import { type InstalledSize, measureInstalled } from './installed-size.ts'

// What it takes to begin: processes that open a store, and what is installed and bundled for it.

export interface StartUpFigures {
  /** Milliseconds of whole processes, from their start to their end. */
  readonly processes: Readonly<Record<string, readonly number[]>>
  /** Milliseconds that `import 'kvasir'`, opening and one get add to a process, by round. */
  readonly openMs: readonly number[]
  readonly client: ClientSize
  readonly installed: readonly InstalledSize[]
}

const empty = 'node -e 0'
const library = join(import.meta.dirname, '../../../packages/kvasir')

export const startUpSuite: Suite = {
  name: 'start-up',
  about: 'start-up of a process, installed sizes, size of the client',
  async run({ isQuick }) {
    installPeers()
    const machine = describeMachine()
    const rounds = isQuick ? 5 : 40
    const processes = await timeProcesses(rounds)
    const before = processes[empty] ?? []
    const opened = processes[opening] ?? []
    const figures: StartUpFigures = {
      processes,
      openMs: opened.map((ms, round) => ms - (before[round] ?? Number.NaN)),
      client: await measureClient(library),
      installed: measureInstalled(),
    }
    const text = `${machineLine(machine)}\n\n${reportOf(figures)}\n`
    return { figures, text, failures: [], charts: [] }
  },
}

const opening = "import 'kvasir', open, get, close"

/** Each program in a fresh process, in turns. */
async function timeProcesses(rounds: number): Promise<Record<string, number[]>> {
  const directory = join(dataDirectory, 'start-up')
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    const data = join(directory, 'data')
    const store = await openStore(data)
    await store.project().kv().set('greeting', 'hello')
    await store.close()
    const programs = writePrograms(directory, data)
    const times: Record<string, number[]> = {}
    // The first round only warms up what the disk gives.
    for (let round = 0; round <= rounds; round++) {
      for (const [name, flags] of programs) {
        const begin = performance.now()
        execFileSync(process.execPath, flags, { stdio: ['ignore', 'ignore', 'inherit'] })
        if (round > 0) times[name] = [...(times[name] ?? []), performance.now() - begin]
      }
    }
    return times
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function writePrograms(directory: string, data: string): [name: string, flags: string[]][] {
  const importing = join(directory, 'import.mjs')
  const using = join(directory, 'use.mjs')
  writeFileSync(importing, "import 'kvasir'\n")
  const steps = [
    `const store = await openStore(${JSON.stringify(data)})`,
    "const value = await store.project().kv().get('greeting')",
    "if (value !== 'hello') throw new Error('The value was not found.')",
    'await store.close()',
  ]
  writeFileSync(using, `import { openStore } from 'kvasir'\n${steps.join('\n')}\n`)
  return [
    [empty, ['-e', '0']],
    ["import 'kvasir'", [importing]],
    [opening, [using]],
  ]
}

function reportOf({ processes, openMs, client, installed }: StartUpFigures): string {
  const times = Object.entries(processes).map(([name, ms]) => {
    const { median: usual, low, high } = summarize(ms)
    return [name, usual.toFixed(0), `${low.toFixed(0)}–${high.toFixed(0)}`]
  })
  const sizes = installed.map(({ name, megabytes, dependencies }) => [
    name,
    megabytes.toFixed(1),
    String(dependencies),
  ])
  const parts = client.parts.map(({ name, bytes }) => [name, String(bytes)])
  return [
    table(['a process', 'ms, median', 'from–to'], times),
    `Importing, opening, one get and closing add ${median(openMs).toFixed(0)} ms to an empty process (median of ${openMs.length} pairs).`,
    table(['installed', 'MB', 'packages it brings'], sizes),
    `\`kvasir/client\`, bundled and minified for a browser: ${client.gzipBytes.toLocaleString('en')} bytes with gzip in one file. Split, a page loads ${client.firstGzipBytes.toLocaleString('en')} to open a store, get and set, and the rest at its first use. Made of:`,
    table(['part', 'bytes minified'], parts),
  ].join('\n\n')
}
