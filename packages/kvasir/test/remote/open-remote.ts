import { createApp } from '@kvasir/server'
import type { Engine } from 'kvasir/engine'
import {
  openRemoteEngine,
  type RemoteEngineOptions,
} from '../../src/engines/remote/open-remote-engine.ts'

/** A token that the servers of the tests take for everything. */
export const token = 'kv_test'

export const everything = {
  id: 'test',
  project: '*',
  scopes: ['read', 'write', 'admin'],
} as const

/** A server's application over an engine, as a `fetch` that needs no socket. */
export function serveInProcess(engine: Engine): typeof fetch {
  const app = createApp({
    engine,
    verifyToken: async (given) => (given === token ? everything : undefined),
  })
  return async (input, init) => app.fetch(new Request(input, init))
}

/** A remote engine that speaks to another engine through all of HTTP but the network. */
export function openRemote(engine: Engine, options: RemoteEngineOptions = {}): Engine {
  return openRemoteEngine('http://kvasir.test', {
    token,
    fetch: serveInProcess(engine),
    ...options,
  })
}
