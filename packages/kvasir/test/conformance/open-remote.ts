import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, createSockets, type Grant, startServer } from '@kvasir/server'
import type { OpenedEngine } from 'kvasir/conformance'
import { type Engine, openEngine } from 'kvasir/engine'
import { openRemoteEngine } from '../../src/engines/remote/open-remote-engine.ts'
import type { ConnectSocket } from '../../src/engines/remote/socket-connection.ts'
import { connectWs, connectWsAt } from '../../src/environment/connect-ws.ts'
import { createUnixFetch } from '../../src/environment/unix-fetch.ts'

/** Puts a server before an engine: how the client gets there, and how the server goes away. */
type Serve = (engine: Engine) => Promise<{ client: Engine; stop(): Promise<void> }>

const token = 'the-token-of-the-tests'

const grant: Grant = { id: 'tests', project: '*', scopes: ['read', 'write', 'admin'] }

const verifyToken = async (given: string) => (given === token ? grant : undefined)

/** The server's application called as a function: everything but the socket. */
export const inProcess: Serve = async (engine) => {
  const app = createApp({ engine, verifyToken })
  const client = await openEngine('http://kvasir.test', {
    token,
    fetch: async (input, init) => app.fetch(new Request(input, init)),
  })
  return { client, stop: () => client.close() }
}

/** A server on a port of this machine, and a request for each call. */
export const overHttp: Serve = async (engine) => {
  const app = createApp({ engine, verifyToken })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  const client = await openEngine(server.url, { token, webSocket: false })
  return {
    client,
    async stop() {
      await client.close()
      await server.close({ graceMs: 0 })
    },
  }
}

/** A server on a port of this machine, and the socket for all calls that it takes. */
export const overSocket: Serve = async (engine) => {
  const app = createApp({ engine, verifyToken })
  const sockets = createSockets({ engine, verifyToken })
  const server = await startServer({ app, sockets, host: '127.0.0.1', port: 0 })
  const { webSocket, opened } = noticing(connectWs)
  const client = openRemoteEngine(server.url, { token, webSocket })
  // The first call goes by HTTP, and the socket is connected meanwhile.
  await client.get({ project: 'default', bucket: 'default' }, 'none')
  await opened
  return {
    client,
    async stop() {
      await client.close()
      await server.close({ graceMs: 0 })
    },
  }
}

/** A server on a Unix socket of this machine, as `openStore('unix:…')` reaches it. */
export const overUnixSocket: Serve = async (engine) => {
  const app = createApp({ engine, verifyToken })
  const sockets = createSockets({ engine, verifyToken })
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-'))
  const path = join(directory, 'socket')
  const server = await startServer({ app, sockets, unixSocket: { path } })
  const { webSocket, opened } = noticing(connectWsAt(path))
  const client = openRemoteEngine('http://localhost', {
    token,
    fetch: createUnixFetch(path),
    webSocket,
  })
  await client.get({ project: 'default', bucket: 'default' }, 'none')
  await opened
  return {
    client,
    async stop() {
      await client.close()
      await server.close({ graceMs: 0 })
      await rm(directory, { recursive: true })
    },
  }
}

/** A way to connect, and when the server has answered the hello. */
function noticing(connect: ConnectSocket) {
  let open: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const webSocket: ConnectSocket = (url, { protocol, events }) =>
    connect(url, {
      protocol,
      events: {
        ...events,
        received(frame) {
          events.received(frame)
          open()
        },
      },
    })
  return { webSocket, opened }
}

/** Opens engines behind a server instead of directly. */
export function behindServer(
  open: () => Promise<OpenedEngine>,
  serve: Serve,
): () => Promise<OpenedEngine> {
  return async () => put(await open(), serve)
}

async function put(served: OpenedEngine, serve: Serve): Promise<OpenedEngine> {
  const { client, stop } = await serve(served.engine)
  return {
    engine: client,
    clock: served.clock,
    async close() {
      await stop()
      await served.close()
    },
    async reopen() {
      await stop()
      // The data of a memory engine outlives its clients, as long as the server runs.
      return put((await served.reopen?.()) ?? served, serve)
    },
  }
}
