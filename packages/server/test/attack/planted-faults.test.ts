import { once } from 'node:events'
import { createServer } from 'node:net'
import { startServer } from '@kvasir/server'
import { openMemoryEngine } from 'kvasir/memory'
import { FrameWriter } from 'kvasir/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openApp } from '../http/open-app.ts'
import { greeted, serve } from '../socket/serve-socket.ts'
import { HostileClient } from './hostile-client.ts'
import { offencesOf } from './hostile-frames.ts'
import { Subscriber } from './subscriber.ts'

/** A server that does something else than it should with requests to a path. */
async function serveWith(fault: (request: Request) => Promise<Response | undefined>) {
  const { app } = openApp()
  const server = await startServer({
    app: { fetch: async (request, env) => (await fault(request)) ?? app.fetch(request, env) },
    host: '127.0.0.1',
    port: 0,
  })
  onTestFinished(() => server.close({ graceMs: 0 }))
  return { app, url: server.url }
}

const path = '/v1/buckets/default/entry?key=a'
const headers = { 'content-type': 'application/json' }

describe('the client that sends hostile requests', () => {
  it('finds a 500 on a bad input', async () => {
    const { url } = await serveWith(async ({ method }) =>
      method === 'PUT' ? new Response('TypeError', { status: 500 }) : undefined,
    )
    const client = new HostileClient(url, 'planted')

    await client.attack({ method: 'PUT', path, headers, body: '{' })
    client.close()

    expect(client.offences.join()).toContain('is 500')
  })

  it('finds a refusal that changed data', async () => {
    const opened: { app?: ReturnType<typeof openApp>['app'] } = {}
    const { url, app } = await serveWith(async (request) => {
      if (request.method !== 'PUT') return undefined
      const { authorization = '', 'kvasir-project': project = '' } = Object.fromEntries(
        request.headers,
      )
      const sent = { authorization, 'kvasir-project': project, ...headers }
      await opened.app?.request(path, { method: 'PUT', headers: sent, body: '1' })
      return undefined
    })
    opened.app = app
    const client = new HostileClient(url, 'planted')

    await client.attack({ method: 'PUT', path, headers, body: '{' })
    client.close()

    expect(client.offences.join()).toContain('changed data')
  })

  it('finds an answer that the document does not know', async () => {
    const { url } = await serveWith(async ({ method }) =>
      method === 'PUT' ? Response.json({ surprise: true }) : undefined,
    )
    const client = new HostileClient(url, 'planted')

    await client.attack({ method: 'PUT', path, headers, body: '1' })
    client.close()

    expect(client.offences).toHaveLength(1)
  })
})

describe('a subscriber', () => {
  it.each([
    ['twice', [1, 1, 2]],
    ['not at all', [1, 3]],
    ['out of order', [1, 3, 2]],
  ])('finds an event that comes %s', async (_, ids) => {
    const events = ids.map((id) => `event: put\nid: ${id}\ndata: {}\n\n`).join('')
    const server = createServer((socket) => socket.end(`event: ready\nid: 0\n\n${events}`))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }

    const subscriber = new Subscriber(`http://127.0.0.1:${port}`, { path: '/', token: 'shop' })
    await subscriber.closed

    expect(subscriber.offences).toBeGreaterThan(0)
  })
})

describe('the search through the answers of the socket', () => {
  it('finds a 500, and an end without its reason', async () => {
    const engine = openMemoryEngine()
    engine.read = async () => {
      throw new TypeError('planted')
    }
    const { url, server } = await serve({ engine })
    const frame = new FrameWriter()
    frame.add([1, 'read'], ['default'], '{"reads":[{"key":"a"}]}')
    const failing = await greeted(url)

    const offences = await offencesOf(failing, Buffer.from(frame.take()))
    const cut = await greeted(url)
    const stopping = server.close({ graceMs: 0 })
    const unexplained = await offencesOf(cut, Buffer.from('\x02\0\0\0[]'))
    await stopping

    expect(offences.join()).toContain('is 500')
    expect(unexplained.join()).toContain('closed with')
  })
})
