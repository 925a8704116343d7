/** A store in a data directory of its own, behind a server that asks for a token. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, createTokenStore, startServer } from '@kvasir/server'
import { openEngine } from 'kvasir/engine'
import type { Place } from './functions.ts'

export interface ServedStore extends Place, AsyncDisposable {}

/** Serves an empty store on any free port; disposing removes its data. */
export async function serveStore(): Promise<ServedStore> {
  const data = await mkdtemp(join(tmpdir(), 'kvasir-flows-'))
  const engine = await openEngine(data)
  const tokens = createTokenStore(engine)
  const scopes = ['read', 'write', 'admin'] as const
  const { token } = await tokens.create({ project: 'default', scopes, label: 'flows' })
  const app = createApp({ engine, verifyToken: (given) => tokens.verify(given) })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  return {
    url: server.url,
    token,
    [Symbol.asyncDispose]: async () => {
      await server.close({ graceMs: 1000 })
      await engine.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}
