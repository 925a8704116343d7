import { createApp, createSockets, type Grant, type SocketsDeps, startServer } from '@kvasir/server'
import { openMemoryEngine } from 'kvasir/memory'
import { onTestFinished } from 'vitest'
import { tokens } from '../http/open-app.ts'
import { SocketClient } from './socket-client.ts'

type ServeOptions = Partial<SocketsDeps> & Pick<Parameters<typeof startServer>[0], 'timeouts'>

/** Serves the socket until the test has finished. */
export async function serve({ timeouts, ...deps }: ServeOptions = {}) {
  const engine = deps.engine ?? openMemoryEngine()
  const known = new Map<string, Grant>(Object.entries(tokens))
  const common = { engine, verifyToken: async (token: string) => known.get(token) }
  const server = await startServer({
    app: createApp(common),
    sockets: createSockets({ ...common, ...deps }),
    host: '127.0.0.1',
    port: 0,
    ...(timeouts && { timeouts }),
  })
  onTestFinished(() => server.close({ graceMs: 0 }))
  return { engine, known, server, url: server.url }
}

/** A client that has said who it is. */
export async function greeted(url: string, token: keyof typeof tokens = 'shop') {
  const client = await SocketClient.greeted(url, token)
  onTestFinished(() => client.close())
  return client
}

/** What a reply that reports an error says. */
export function problemIn({ status, rest }: { status: number; rest: readonly unknown[] }) {
  return { status, code: (rest[0] as { code?: string }).code }
}
