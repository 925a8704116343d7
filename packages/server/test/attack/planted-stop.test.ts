import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '@kvasir/server'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { openApp } from '../http/open-app.ts'
import { startLoad } from './stop-load.ts'

describe('the load on a server that is told to stop', () => {
  it('tells of the requests that a server resets which does not wait for them', async () => {
    const engine = openMemoryEngine()
    const { commit } = engine
    engine.commit = async (...given) => {
      await sleep(5)
      return commit.apply(engine, given)
    }
    const { app } = openApp({ engine })
    const server = await startServer({ app, host: '127.0.0.1', port: 0 })

    const load = startLoad({ url: server.url, token: 'shop' }, 'key')
    await sleep(100)
    await server.close({ graceMs: 0 })

    expect((await load).failures).toContain('ECONNRESET')
  })
})
