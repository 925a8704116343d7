import { EventEmitter, once } from 'node:events'
import { startServer } from '@kvasir/server'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { openApp } from '../http/open-app.ts'
import { connectingWriters, startLoad } from './stop-load.ts'

describe('the load on a server that is told to stop', () => {
  it('tells of the requests that a server resets which does not wait for them', async () => {
    const engine = openMemoryEngine()
    const { commit } = engine
    const moments = new EventEmitter()
    const [held, cut] = [once(moments, 'held'), once(moments, 'cut')]
    let writes = 0
    engine.commit = async (...given) => {
      if (++writes > connectingWriters) moments.emit('held')
      await cut
      return commit.apply(engine, given)
    }
    const { app } = openApp({ engine })
    const server = await startServer({ app, host: '127.0.0.1', port: 0 })

    const load = startLoad({ url: server.url, token: 'shop' }, 'key')
    await held
    await server.close({ graceMs: 0 })
    moments.emit('cut')

    expect((await load).failures).toContain('ECONNRESET')
  })
})
