import { setTimeout as sleep } from 'node:timers/promises'
import { createTokenStore } from '@kvasir/server'
import { openStore } from 'kvasir'
import { openEngine } from 'kvasir/engine'
import { describe, expect, it } from 'vitest'
import { isLong, reportFigure, scaled } from '../../../../scripts/faults/scale.ts'
import { newDataDirectory } from '../cli/command-harness.ts'
import { startServing } from '../cli/process-harness.ts'
import { Seeded } from './seeded.ts'
import { connectingWriters, startLoad, watchToTheEnd } from './stop-load.ts'
import { storeLoad } from './store-load.ts'

const cycles = scaled({ short: 5, long: 100 })
const lanes = 2
const exitMsMax = 10_000

/** Starts a server, puts it under load, tells it to stop, and answers how that went. */
async function runCycle(data: string, cycle: { name: string; token: string; loadMs: number }) {
  const server = await startServing(data)
  const target = { url: server.url, token: cycle.token }
  const watches = [watchToTheEnd(target), watchToTheEnd(target)]
  const load = startLoad(target, cycle.name)
  const throughStore = storeLoad(target, `store-${cycle.name}`)
  await sleep(cycle.loadMs)
  const startMs = performance.now()
  server.child.kill('SIGTERM')
  const { exitCode, stderr } = await server.ended
  const exitMs = performance.now() - startMs
  const outcome = await load
  const store = await throughStore
  const ends = await Promise.all(watches)
  return { ...outcome, store, exitCode, exitMs, stderr, ends }
}

async function createToken(data: string): Promise<string> {
  const engine = await openEngine(data)
  const tokens = createTokenStore(engine)
  const { token } = await tokens.create({ project: 'default', scopes: ['read', 'write'] })
  await engine.close()
  return token
}

/** Those of the keys that hold their own name, as they were written. */
async function presentIn(data: string, keys: readonly string[]): Promise<Set<string>> {
  const store = await openStore(data)
  const kv = store.project('default').kv()
  const values = await Promise.all(keys.map((key) => kv.get(key)))
  await store.close()
  return new Set(keys.filter((key, index) => values[index] === key))
}

async function runLane(lane: number, seed: Seeded) {
  const data = await newDataDirectory()
  const token = await createToken(data)
  const count = Math.floor(cycles / lanes) + (lane < cycles % lanes ? 1 : 0)
  const runs: Awaited<ReturnType<typeof runCycle>>[] = []
  for (let turn = 0; turn < count; turn++) {
    const loadMs = 50 + seed.below(350)
    runs.push(await runCycle(data, { name: `${lane}-${turn}`, token, loadMs }))
  }
  const acknowledged = runs.flatMap((run) => [...run.acknowledged, ...run.store.acknowledged])
  const untaken = runs.flatMap((run) => [...run.untaken, ...run.store.refused])
  const present = await presentIn(data, [...acknowledged, ...untaken])
  return {
    runs,
    acknowledged,
    lost: acknowledged.filter((key) => !present.has(key)),
    seenOfUntaken: untaken.filter((key) => present.has(key)),
  }
}

describe('a server that is told to stop under load', () => {
  it('resets no request, loses nothing it acknowledged, and is gone in time', async () => {
    const seed = Seeded.fresh()

    const done = await Promise.all(
      Array.from({ length: lanes }, (_, lane) => runLane(lane, seed.fork(lane))),
    )

    const runs = done.flatMap((lane) => lane.runs)
    const failures = runs.flatMap((run) => [...run.failures, ...run.store.failures])
    const lost = done.flatMap((lane) => lane.lost)
    const acknowledged = done.flatMap((lane) => lane.acknowledged).length
    reportFigure('SIGTERM under load', {
      cycles: runs.length,
      acknowledged,
      lost: lost.length,
      reset: failures.length,
      throughStores: runs.reduce((sum, run) => sum + run.store.acknowledged.length, 0),
      unknownThroughStores: runs.reduce((sum, run) => sum + run.store.unknown.length, 0),
      untakenAtClosing: runs.reduce((sum, run) => sum + run.untaken.length, 0),
      refused: runs.reduce((sum, run) => sum + run.refused, 0),
      slowestExitMs: Math.round(Math.max(...runs.map(({ exitMs }) => exitMs))),
    })
    expect({ lost, failures }, seed.note).toEqual({ lost: [], failures: [] })
    expect(done.flatMap((lane) => lane.seenOfUntaken)).toEqual([])
    expect(runs.filter((run) => run.untaken.length > connectingWriters)).toEqual([])
    expect(runs.map(({ exitCode }) => exitCode)).toEqual(runs.map(() => 0))
    expect(runs.flatMap(({ ends }) => ends)).toEqual(
      runs.flatMap(({ ends }) => ends.map(() => expect.stringContaining('retry: 2000\n\n'))),
    )
    expect(runs.filter(({ stderr }) => /Error|Warning/.test(stderr))).toEqual([])
    expect(acknowledged).toBeGreaterThan(cycles)
    if (isLong) expect(Math.max(...runs.map(({ exitMs }) => exitMs))).toBeLessThan(exitMsMax)
  })
})
