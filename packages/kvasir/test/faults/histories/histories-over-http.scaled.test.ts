import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportFigure, scaled } from '../../../../../scripts/faults/scale.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { openEngine } from '../../../src/engine.ts'
import { startServe } from '../serve-process.ts'
import { openBadLine } from './bad-line.ts'
import { ClientPool } from './client-pool.ts'
import { makeHistories } from './make-histories.ts'

/** What the work takes on a busy machine. */
const patience = scaled({ short: 300_000, long: 7_200_000 })

const cleanUps: (() => Promise<void>)[] = []
const counts = { lost: 0, delayed: 0 }
let pool: ClientPool
let engine: Engine

/** A server, and before it a line that loses some answers and delays others. */
async function serve(directory: string, seed: number) {
  const server = await startServe(directory)
  cleanUps.push(() => server.kill())
  const proxy = await openBadLine(server.url, { seed, counts })
  cleanUps.push(() => proxy.close())
  return { server, proxy }
}

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kvasir-histories-'))
  cleanUps.push(async () => rmSync(directory, { recursive: true }))
  const [one, other] = [await serve(directory, 1), await serve(directory, 2)]
  engine = await openEngine(one.server.url)
  cleanUps.push(() => engine.close())
  const { url } = one.proxy
  pool = new ClientPool('process', [
    // What was not answered is not asked again: nobody learns what became of it.
    { name: 'a', location: url, options: { retryMs: 0 } },
    { name: 'b', location: other.proxy.url, options: { retryMs: 0 } },
    // Is asked again, under the same idempotency key, until there is an answer.
    { name: 'c', location: other.proxy.url, options: { retryMs: 20_000 } },
  ])
  await pool.start()
  cleanUps.push(() => pool.close())
})

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

describe('clients of two servers of one directory, over lines that lose answers', () => {
  it('have linearizable histories', { timeout: patience }, async () => {
    const histories = scaled({ short: 3, long: 150 })
    const startedMs = performance.now()

    const judgement = await makeHistories(pool, {
      engine,
      histories,
      prefix: 'http',
      operations: 1080,
      lanes: 4,
      abandoned: 0.01,
    })

    const { operations, unknown, overlapping, mostAtOnce, complaints } = judgement
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    reportFigure('histories, over HTTP', {
      ...{ histories, operations, unknown, ...counts, overlapping, mostAtOnce, seconds },
      notLinearizable: complaints.length,
    })
    expect(complaints).toEqual([])
    expect(operations).toBeGreaterThan(histories * 1000)
    expect(overlapping / operations).toBeGreaterThan(0.4)
    expect(mostAtOnce).toBeGreaterThan(4)
    expect(unknown).toBeGreaterThan(histories * 5)
    expect(counts.lost).toBeGreaterThan(histories * 5)
  })
})
