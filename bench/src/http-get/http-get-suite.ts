import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from 'kvasir'
import { createDataSet } from '../data-set.ts'
import { dataDirectory } from '../engine-process.ts'
import { perSecond, sizeText, table, times } from '../format.ts'
import { inTurn } from '../in-turn.ts'
import { installPeers } from '../install-peers.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { say } from '../progress.ts'
import { startKvasirServer } from '../servers/kvasir-server.ts'
import { type BenchServer, startServer } from '../servers/server-process.ts'
import { median, pairedRatio } from '../statistics.ts'
import type { Suite } from '../suites/suite.ts'
import { findLoader, type Loader } from './loader.ts'

// What `GET` of a key costs over plain HTTP, beside the least that a server on `node:http` can do.

export interface HttpGetFigures {
  readonly loader: string
  readonly servers: Readonly<Record<string, readonly HttpGetRates[]>>
}

export interface HttpGetRates {
  readonly valueBytes: number
  readonly rates: readonly number[]
}

export const httpServerNames = { ours: 'kvasir serve', bare: 'bare node:http' } as const

const keyCount = 1000
const rounds = 5
const bareProgram = join(import.meta.dirname, 'bare-server.ts')

export const httpGetSuite: Suite = {
  name: 'http',
  about: 'GET of a key over HTTP, 64 connections, beside a bare node:http',
  async run({ isQuick }) {
    installPeers()
    const loader = findLoader()
    const machine = describeMachine()
    const seconds = isQuick ? 1 : 3
    const sizes = [100, 1024]
    const taken: [string, HttpGetRates][] = []
    for (const valueBytes of sizes) {
      taken.push(...(await measureAt(valueBytes, { loader, seconds })))
    }
    const names = Object.values(httpServerNames)
    const servers = Object.fromEntries(
      names.map((name) => [name, taken.filter(([whose]) => whose === name).map(([, own]) => own)]),
    )
    const figures: HttpGetFigures = { loader: loader.name, servers }
    const text = `${machineLine(machine)}\n\n${reportOf(figures)}\n`
    return { figures, text, failures: [], charts: [] }
  },
}

interface Pace {
  readonly loader: Loader
  readonly seconds: number
}

async function measureAt(
  valueBytes: number,
  { loader, seconds }: Pace,
): Promise<[string, HttpGetRates][]> {
  const rates: Record<string, number[]> = {}
  const servers: { name: string; server: BenchServer; path: string }[] = []
  rmSync(dataDirectory, { recursive: true, force: true })
  try {
    servers.push(...(await startBoth(valueBytes)))
    // The first round only warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const { name, server, path } of inTurn(servers, round)) {
        const rate = await loader.run({ url: server.address + path, seconds, keys: keyNames() })
        if (round === 0) continue
        rates[name] = [...(rates[name] ?? []), rate]
        say(`    ${sizeText(valueBytes)} ${name.padEnd(16)} ${perSecond(rate)} /s`)
      }
    }
  } finally {
    for (const { server } of servers) await server.close()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
  return Object.entries(rates).map(([name, own]) => [name, { valueBytes, rates: own }])
}

async function startBoth(valueBytes: number) {
  const directory = join(dataDirectory, `http-${valueBytes}`)
  mkdirSync(directory, { recursive: true })
  const ours = await startKvasirServer(directory, { durability: 'durable', on: 'tcp' })
  const { values } = createDataSet(keyCount, valueBytes)
  const store = await openStore(ours.address)
  await store
    .project('default')
    .kv()
    .setMany(keyNames().map((key, index) => ({ key, value: values[index % values.length] })))
  await store.close()
  const { ready, close } = await startServer({
    name: httpServerNames.bare,
    command: process.execPath,
    env: process.env,
    flags: ['--import', 'tsx', bareProgram, String(valueBytes), String(keyCount)],
    readyPattern: /listening on (\S+)\n/,
  })
  const bare: BenchServer = { address: ready[1] ?? '', close }
  return [
    { name: httpServerNames.ours, server: ours, path: '/v1/buckets/default/keys/' },
    { name: httpServerNames.bare, server: bare, path: '/' },
  ]
}

/** Keys that mean the same in an address as in a store. */
function keyNames(): string[] {
  return Array.from({ length: keyCount }, (_, index) => `user-${String(index).padStart(6, '0')}`)
}

function reportOf({ loader, servers }: HttpGetFigures): string {
  const { ours, bare } = httpServerNames
  const rows = (servers[ours] ?? []).map(({ valueBytes, rates }, index) => {
    const other = servers[bare]?.[index]?.rates ?? []
    const ratio = times(pairedRatio(rates, other).median)
    return [sizeText(valueBytes), perSecond(median(rates)), perSecond(median(other)), ratio]
  })
  const head = ['GET of a key, 64 connections', `${ours}, /s`, `${bare}, /s`, 'ratio']
  return `${table(head, rows)}\n\nMade by ${loader}, over ${keyCount} keys, medians of ${rounds} rounds.`
}
