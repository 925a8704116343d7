import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dataDirectory } from '../engine-process.ts'
import { table, times } from '../format.ts'
import { installPeers } from '../install-peers.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { say } from '../progress.ts'
import type { Suite } from '../suites/suite.ts'
import type { Growth } from './footprint-worker.ts'

// What 100,000 values of 1 KB cost in memory and on disk.

export interface Footprint extends Growth {
  readonly engine: string
  /** All files once the store is closed; a write-ahead log is left out. */
  readonly diskBytes: number
}

export interface FootprintFigures {
  readonly keyCount: number
  readonly valueBytes: number
  readonly footprints: readonly Footprint[]
}

const engines = ['kvasir-durable', 'sqlite-full', 'lmdb', 'lmdb-synced', 'keyv-sqlite', 'map-json']
const worker = join(import.meta.dirname, 'footprint-worker.ts')

export const footprintSuite: Suite = {
  name: 'footprint',
  about: 'memory and disk of 100,000 values of 1 KB',
  async run({ isQuick }) {
    installPeers()
    const machine = describeMachine()
    const keyCount = isQuick ? 10_000 : 100_000
    const valueBytes = 1024
    const footprints: Footprint[] = []
    for (const engine of engines) {
      try {
        footprints.push(await measure(engine, { keyCount, valueBytes }))
      } catch (error) {
        say(`${engine} is LEFT OUT: ${error instanceof Error ? error.message : error}`)
      }
    }
    const figures: FootprintFigures = { keyCount, valueBytes, footprints }
    const text = `${machineLine(machine)}\n\n${reportOf(figures)}\n`
    const isThere = footprints.some(({ engine }) => engine === engines[0])
    return { figures, text, failures: isThere ? [] : ['Kvasir was not measured'], charts: [] }
  },
}

async function measure(
  engine: string,
  { keyCount, valueBytes }: Omit<FootprintFigures, 'footprints'>,
): Promise<Footprint> {
  const directory = join(dataDirectory, `footprint-${engine}`)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    const flags = ['--import', 'tsx', '--expose-gc', worker]
    const words = [engine, directory, String(keyCount), String(valueBytes)]
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...words])
    const growth = JSON.parse(stdout) as Growth
    say(`${engine}: ${megabytes(growth.rssBytes)} MB of memory`)
    return { engine, ...growth, diskBytes: bytesIn(directory) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function bytesIn(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile() && !file.name.endsWith('-wal'))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

function reportOf({ keyCount, valueBytes, footprints }: FootprintFigures): string {
  const rows = footprints.map(({ engine, rssBytes, jsonBytes, diskBytes }) => [
    engine,
    megabytes(rssBytes),
    megabytes(diskBytes),
    diskBytes === 0 ? '–' : times(diskBytes / jsonBytes),
  ])
  const head = [
    `${keyCount.toLocaleString('en')} × ${valueBytes} B`,
    'growth of RSS, MB',
    'on disk, MB',
    'by the JSON',
  ]
  return `${table(head, rows)}\n\nRSS after loading all and reading all at random, garbage collected, less RSS before the store is opened.`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
