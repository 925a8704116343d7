import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, createSockets, startServer } from '@kvasir/server'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { reportFigure, scaled } from '../../../../../scripts/faults/scale.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { HotEntries } from '../../../src/engines/sqlite/hot-entries.ts'
import {
  openSqliteEngine,
  type SqliteEngineOptions,
} from '../../../src/engines/sqlite/sqlite-engine.ts'
import { everything } from '../../remote/open-remote.ts'
import { openBadLine } from './bad-line.ts'
import { ClientPool } from './client-pool.ts'
import { type HistoriesPlan, makeHistories } from './make-histories.ts'

// Nobody else has the directory open, so that the server answers from memory what is read again and
// again, keeps there what is written, and may sync in the background.

/** What the work takes on a busy machine. */
const patience = scaled({ short: 300_000, long: 7_200_000 })

const ways: readonly (readonly [string, SqliteEngineOptions])[] = [
  ['that syncs nothing', { durability: 'relaxed' }],
  ['that syncs in the background', { durability: 'durable', backgroundSyncs: true }],
]

describe.each(ways)('clients of one server %s, over lines that lose answers', (way, options) => {
  const cleanUps: (() => Promise<void>)[] = []
  const counts = { lost: 0, delayed: 0 }
  let engine: Engine
  let pool: ClientPool

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kvasir-histories-'))
    cleanUps.push(async () => rmSync(directory, { recursive: true }))
    engine = await openSqliteEngine(directory, options)
    cleanUps.push(() => engine.close())
    const common = { engine, verifyToken: async () => everything }
    const server = await startServer({
      app: createApp(common),
      sockets: createSockets(common),
      host: '127.0.0.1',
      port: 0,
    })
    cleanUps.push(() => server.close({ graceMs: 0 }))
    const line = await openBadLine(server.url, { seed: 3, counts })
    cleanUps.push(() => line.close())
    const token = 'any'
    pool = new ClientPool('process', [
      // What was not answered is not asked again: nobody learns what became of it.
      { name: 'a', location: line.url, options: { token, retryMs: 0 } },
      // Is asked again, under the same idempotency key, until there is an answer.
      { name: 'b', location: line.url, options: { token, retryMs: 20_000 } },
      { name: 'c', location: server.url, options: { token } },
    ])
    await pool.start()
    cleanUps.push(() => pool.close())
  })

  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  const make = (plan: Partial<HistoriesPlan>) => {
    const load = { histories: 1, operations: 1080, lanes: 4, abandoned: 0.01 }
    return makeHistories(pool, { ...load, engine, prefix: 'one', ...plan })
  }
  const hits = (): number => engine.figures?.()?.hotEntries.hits ?? 0

  it('have linearizable histories', { timeout: patience }, async () => {
    const histories = scaled({ short: 3, long: 150 })

    const judgement = await make({ histories })

    const { operations, unknown, overlapping, mostAtOnce, complaints } = judgement
    reportFigure(`histories, one server ${way}`, {
      ...{ histories, operations, unknown, ...counts, overlapping, mostAtOnce },
      fromMemory: hits(),
      notLinearizable: complaints.length,
    })
    expect(complaints).toEqual([])
    expect(operations).toBeGreaterThan(histories * 1000)
    expect(overlapping / operations).toBeGreaterThan(0.4)
    expect(unknown).toBeGreaterThan(histories)
    expect(counts.lost).toBeGreaterThan(histories)
    expect(hits()).toBeGreaterThan(histories * 10)
  })

  it('bring to light that the server keeps what has been written over', async () => {
    const replace = vi.spyOn(HotEntries.prototype, 'replace').mockReturnValue()
    onTestFinished(() => replace.mockRestore())

    const { complaints } = await make({
      histories: 20,
      prefix: 'kept',
      objects: ['register', 'cell', 'counter'],
      stopsAtFirstComplaint: true,
    })

    expect(complaints.join()).toContain('not linearizable')
  })
})
