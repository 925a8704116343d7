// `npm run bench:functions`: requests a second of functions, on the host and on plain Express.

import { mkdirSync, rmSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'
import { dataDirectory } from '../engine-process.ts'
import { installPeers } from '../install-peers.ts'
import { say } from '../progress.ts'
import type { BenchServer } from '../servers/server-process.ts'
import { median } from '../statistics.ts'
import { functionServers } from './function-servers.ts'

type Autocannon = (options: {
  readonly url: string
  readonly connections: number
  readonly duration: number
}) => Promise<{
  readonly requests: { readonly average: number }
  readonly non2xx: number
  readonly errors: number
}>

const rounds = 5
const seconds = 2
const connections = 10
const overheadMax = 0.15
const paths = ['/empty', '/counter'] as const

// Only an orderly end takes along the servers that were started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

try {
  await main()
} catch (error) {
  say(`FAILED: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  installPeers()
  const { default: autocannon } = await importPeer<{ readonly default: Autocannon }>('autocannon')
  const servers = new Map<string, BenchServer>()
  rmSync(dataDirectory, { recursive: true, force: true })
  try {
    for (const { name, start } of functionServers) {
      const directory = join(dataDirectory, name)
      mkdirSync(directory, { recursive: true })
      servers.set(name, await start(directory))
    }
    const figures = new Map<string, number[]>()
    // The first round only warms up. Within a round the servers take turns.
    for (let round = 0; round <= rounds; round += 1) {
      for (const path of paths) {
        for (const [name, { address }] of servers) {
          const url = address + path
          const { requests, non2xx, errors } = await autocannon({
            url,
            connections,
            duration: round === 0 ? 1 : seconds,
          })
          if (non2xx + errors > 0) throw new Error(`${name} failed ${non2xx + errors} times`)
          const key = `${path} ${name}`
          if (round > 0) figures.set(key, [...(figures.get(key) ?? []), requests.average])
        }
      }
    }
    report(figures)
  } finally {
    for (const server of servers.values()) await server.close()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

function report(figures: ReadonlyMap<string, readonly number[]>): void {
  const [processor] = cpus()
  const load = loadavg().map((each) => each.toFixed(1))
  const machine = `${processor?.model}, ${cpus().length} processors, load ${load.join(' ')}`
  const lines = [`${new Date().toISOString()}, Node ${process.versions.node}, ${machine}`, '']
  lines.push(`| requests/s | ${functionServers.map(({ title }) => title).join(' | ')} |`)
  lines.push(`| --- |${' --- |'.repeat(functionServers.length)}`)
  for (const path of paths) {
    const cells = functionServers.map(({ name }) => figures.get(`${path} ${name}`) ?? [])
    const express = figures.get(`${path} express`) ?? []
    const texts = cells.map((each) => {
      // As everywhere in the bench: the median of the ratios within each round.
      const ratio = median(each.map((value, round) => value / (express[round] ?? Number.NaN)))
      return `${Math.round(median(each))} (${ratio.toFixed(2)})`
    })
    lines.push(`| ${path} | ${texts.join(' | ')} |`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
  const host = figures.get('/empty host') ?? []
  const express = figures.get('/empty express') ?? []
  const share = median(host.map((value, round) => value / (express[round] ?? Number.NaN)))
  const overhead = 1 / share - 1
  say(`overhead of the host over plain Express: ${(overhead * 100).toFixed(1)} % of a request`)
  if (overhead <= overheadMax) return
  say(`more than the ${overheadMax * 100} % that it may have`)
  process.exitCode = 1
}
