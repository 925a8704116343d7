import { createApp, type Grant, startServer } from '@kvasir/server'
import type { OpenedEngine } from 'kvasir/conformance'
import { type Engine, openEngine } from 'kvasir/engine'

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

/** A server on a port of this machine. */
export const overSocket: Serve = async (engine) => {
  const app = createApp({ engine, verifyToken })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  const client = await openEngine(server.url, { token })
  return {
    client,
    async stop() {
      await client.close()
      await server.close({ graceMs: 0 })
    },
  }
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
