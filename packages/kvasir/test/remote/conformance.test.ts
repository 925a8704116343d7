import { ManualClock, type OpenedEngine, testEngine } from 'kvasir/conformance'
import type { Engine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { openSqlite } from '../conformance/open-sqlite.ts'
import { openRemote } from './open-remote.ts'

const runner = { describe, it, expect }

testEngine(runner, {
  name: 'remote before memory',
  open: async () => {
    const clock = new ManualClock()
    return throughHttp({ behind: openMemoryEngine({ clock }), clock })
  },
})

testEngine(runner, {
  name: 'remote before sqlite',
  open: async () => {
    const { engine, clock, close } = await openSqlite()
    return throughHttp({ behind: engine, clock, close })
  },
})

/** Reopening is the client's own: the server goes on, and with it the data. */
function throughHttp(server: {
  behind: Engine
  clock: ManualClock
  close?: () => Promise<void>
}): OpenedEngine {
  const { behind, clock, close = () => behind.close() } = server
  const engine = openRemote(behind)
  return {
    engine,
    clock,
    close: async () => {
      await engine.close()
      await close()
    },
    reopen: async () => {
      await engine.close()
      return throughHttp(server)
    },
  }
}
