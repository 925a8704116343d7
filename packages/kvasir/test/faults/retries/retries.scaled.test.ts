import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, startServer } from '@kvasir/server'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it } from 'vitest'
import { reportFigure, scaled } from '../../../../../scripts/faults/scale.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { openEngine } from '../../../src/engine.ts'
import { everything } from '../../remote/open-remote.ts'
import { openTcpProxy, repeatableRandom } from '../../remote/tcp-proxy.ts'
import { startServe } from '../serve-process.ts'
import { doEverythingOnce, type Outcome } from './do-everything-once.ts'

/** What the work takes on a busy machine. */
const patience = scaled({ short: 300_000, long: 7_200_000 })

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Clients that insist, on a line that loses three answers in ten. */
async function openOverBadLine(url: string, seed: number) {
  const random = repeatableRandom(seed)
  const line = { lost: 0 }
  const proxy = await openTcpProxy(url, () => {
    const isLost = random() < 0.3
    line.lost += isLost ? 1 : 0
    return isLost
  })
  cleanUps.push(() => proxy.close())
  const client = await openEngine(proxy.url, {
    token: 'any',
    retryMs: 120_000,
    requestTimeoutMs: 240_000,
  })
  cleanUps.push(() => client.close())
  return { client, line }
}

const allOnce = ({ increments, appends, creates }: Outcome) => ({
  counted: increments,
  listed: appends,
  listedOnce: appends,
  createdByOne: creates,
})

describe('calls that are repeated until they are answered', () => {
  it('are each done once, though the server is killed in between', {
    timeout: patience,
  }, async () => {
    const increments = scaled({ short: 2000, long: 100_000 })
    const kills = scaled({ short: 1, long: 10 })
    const directory = mkdtempSync(join(tmpdir(), 'kvasir-retries-'))
    cleanUps.push(async () => rmSync(directory, { recursive: true }))
    let server = await startServe(directory)
    cleanUps.push(() => server.kill())
    const first = await openOverBadLine(server.url, 11)
    const others = await Promise.all(
      [12, 13, 14, 15].map((seed) => openOverBadLine(server.url, seed)),
    )
    const lost = (): number => [first, ...others].reduce((sum, { line }) => sum + line.lost, 0)
    let restarting: Promise<void> = Promise.resolve()
    const restart = async (): Promise<void> => {
      await server.kill()
      server = await startServe(directory, { port: server.port })
    }
    const startedMs = performance.now()

    const outcome = await doEverythingOnce({
      clients: [first.client, ...others.map(({ client }) => client)],
      increments,
      direct: () => restarting.then(() => openEngine(server.url)),
      onCall(number) {
        const isTime = number % Math.ceil(increments / (kills + 1)) === 0
        if (isTime) restarting = restarting.then(restart)
      },
    })

    const seconds = Math.round((performance.now() - startedMs) / 1000)
    reportFigure('retries over a line that loses 30 % of the answers', {
      ...outcome,
      ...{ answersLost: lost(), kills, seconds },
    })
    expect(outcome).toMatchObject(allOnce(outcome))
    expect(lost()).toBeGreaterThan(increments / 20)
  })

  it('are found out to be done twice by a server that forgets their idempotency keys', async () => {
    const memory = openMemoryEngine()
    const forgetful: Engine = new Proxy(memory, {
      get(target, name) {
        if (name === 'commit') return forgettingCommit(target)
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const app = createApp({ engine: forgetful, verifyToken: async () => everything })
    const server = await startServer({ app, host: '127.0.0.1', port: 0 })
    cleanUps.push(() => server.close({ graceMs: 0 }))
    const { client } = await openOverBadLine(server.url, 11)
    const direct = async (): Promise<Engine> => openEngine(server.url, { token: 'any' })

    const outcome = await doEverythingOnce({
      ...{ clients: [client], direct, increments: 800 },
      onCall: () => undefined,
    })

    expect(outcome.counted).toBeGreaterThan(outcome.increments)
    expect(outcome.listed).toBeGreaterThan(outcome.listedOnce)
    expect(outcome.createdByOne).toBeLessThan(outcome.creates)
  })
})

function forgettingCommit(engine: Engine): Engine['commit'] {
  return (at, operations) => engine.commit(at, operations)
}
