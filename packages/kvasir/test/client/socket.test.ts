import { createApp, createSockets, startServer } from '@kvasir/server'
import { openRemoteStore } from 'kvasir/client'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ConnectSocket } from '../../src/engines/remote/socket-connection.ts'
import { connectWs } from '../../src/environment/connect-ws.ts'
import { everything } from '../remote/open-remote.ts'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.unstubAllGlobals()
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

/** A server, and how many requests it had that were no sockets. */
async function serve() {
  const parts = { engine: openMemoryEngine(), verifyToken: async () => everything }
  const app = createApp(parts)
  const sockets = createSockets(parts)
  const requests: string[] = []
  const counting = {
    fetch: (...given: Parameters<typeof app.fetch>) => {
      requests.push(given[0].url)
      return app.fetch(...given)
    },
  }
  const server = await startServer({
    app: Object.assign(Object.create(app), counting),
    sockets,
    host: '127.0.0.1',
    port: 0,
  })
  cleanUps.push(() => server.close({ graceMs: 0 }))
  return { url: server.url, requests }
}

/** Gets until a call has gone over the socket, and answers how many went by HTTP before. */
async function callsByHttp(
  { url, requests }: Awaited<ReturnType<typeof serve>>,
  webSocket?: ConnectSocket,
): Promise<number> {
  const store = openRemoteStore(url, { token: 'any', ...(webSocket && { webSocket }) })
  cleanUps.push(() => store.close())
  const kv = store.project().kv()
  await kv.set('a', 1)
  for (let before = -1; before < requests.length; ) {
    before = requests.length
    expect(await kv.get('a')).toBe(1)
    // A moment for what is loaded and connected beside the calls.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return requests.length
}

describe('the socket of kvasir/client', () => {
  it('is there soon for who brings one', async () => {
    expect(await callsByHttp(await serve(), connectWs)).toBeGreaterThanOrEqual(2)
  })

  it("is that of the runtime for who makes more than 16 calls, and for nobody who doesn't", async () => {
    const connected: string[] = []
    vi.stubGlobal(
      'WebSocket',
      class {
        constructor(url: string) {
          connected.push(url)
        }
        close(): void {
          // It never opened.
        }
      },
    )
    const { url, requests } = await serve()
    const store = openRemoteStore(url, { token: 'any' })
    cleanUps.push(() => store.close())
    const kv = store.project().kv()

    for (let call = 0; call < 16; call++) await kv.increment('calls')
    expect(connected).toEqual([])
    while (connected.length === 0) await kv.get('calls')

    expect(await kv.get('calls')).toBe(16)
    expect(requests.length).toBeGreaterThan(16)
  })
})
