import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'
import { dataDirectory } from '../engine-process.ts'
import { perSecond, table, times } from '../format.ts'
import { inTurn } from '../in-turn.ts'
import { installPeers } from '../install-peers.ts'
import { describeMachine, machineLine } from '../machine.ts'
import type { BenchServer } from '../servers/server-process.ts'
import { median, pairedRatio } from '../statistics.ts'
import type { Suite } from '../suites/suite.ts'
import { functionServers } from './function-servers.ts'

// Requests a second of functions, on the host and on plain Express.

type Autocannon = (options: {
  readonly url: string
  readonly connections: number
  readonly duration: number
}) => Promise<{
  readonly requests: { readonly average: number }
  readonly non2xx: number
  readonly errors: number
}>

export interface FunctionFigures {
  /** Requests a second by `<path> <server>`, a figure a round. */
  readonly rates: Readonly<Record<string, readonly number[]>>
}

const rounds = 5
const seconds = 2
const connections = 10
const overheadMax = 0.15
const paths = ['/empty', '/counter'] as const

export const functionsSuite: Suite = {
  name: 'functions',
  about: 'functions on the host and on plain Express',
  async run({ isQuick }) {
    installPeers()
    const machine = describeMachine()
    const figures = { rates: await measure(isQuick ? 1 : seconds) }
    const overhead = 1 / ratioOf(figures, '/empty', 'host') - 1
    const percent = (overhead * 100).toFixed(1)
    const verdict = `Overhead of the host over plain Express: ${percent} % of a request.`
    const text = [machineLine(machine), reportOf(figures), verdict].join('\n\n')
    const isTooMuch = overhead > overheadMax
    const failures = isTooMuch ? [`${percent} % is more than ${overheadMax * 100} % allow`] : []
    return { figures, text: `${text}\n`, failures, charts: [] }
  },
}

async function measure(duration: number): Promise<FunctionFigures['rates']> {
  const { default: autocannon } = await importPeer<{ readonly default: Autocannon }>('autocannon')
  const servers: { readonly name: string; readonly server: BenchServer }[] = []
  rmSync(dataDirectory, { recursive: true, force: true })
  try {
    for (const { name, start } of functionServers) {
      const directory = join(dataDirectory, name)
      mkdirSync(directory, { recursive: true })
      servers.push({ name, server: await start(directory) })
    }
    const rates: Record<string, number[]> = {}
    // The first round only warms up. Within a round the servers take turns.
    for (let round = 0; round <= rounds; round++) {
      for (const path of paths) {
        for (const { name, server } of inTurn(servers, round)) {
          const url = server.address + path
          const given = { url, connections, duration: round === 0 ? 1 : duration }
          const { requests, non2xx, errors } = await autocannon(given)
          if (non2xx + errors > 0) throw new Error(`${name} failed ${non2xx + errors} times`)
          const key = `${path} ${name}`
          if (round > 0) rates[key] = [...(rates[key] ?? []), requests.average]
        }
      }
    }
    return rates
  } finally {
    for (const { server } of servers) await server.close()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

function reportOf(figures: FunctionFigures): string {
  const rows = paths.map((path) => {
    const cells = functionServers.map(({ name }) => {
      const rate = perSecond(median(figures.rates[`${path} ${name}`] ?? []))
      return `${rate} (${times(ratioOf(figures, path, name))})`
    })
    return [path, ...cells]
  })
  return table(['requests/s', ...functionServers.map(({ title }) => title)], rows)
}

/** A server's rate by that of plain Express. */
function ratioOf({ rates }: FunctionFigures, path: string, name: string): number {
  return pairedRatio(rates[`${path} ${name}`] ?? [], rates[`${path} express`] ?? []).median
}
