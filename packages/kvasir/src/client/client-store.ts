import type { CallOptions } from '../engine/engine.ts'
import { Connection } from '../engines/remote/connection.ts'
import type { RemoteEngineOptions } from '../engines/remote/open-remote-engine.ts'
import { remoteCapabilities } from '../engines/remote/remote-capabilities.ts'
import { ValueRequests } from '../engines/remote/value-requests.ts'
import type { SecretsOptions, Store as WholeStore } from '../store/store.ts'
import { createClientProject, type Project } from './client-project.ts'
import { Later } from './later.ts'

/**
 * How to reach the server, and the key for secrets, which the server never sees.
 *
 * The runtime's own WebSocket is connected once a store has made 16 calls; one that is given as
 * `webSocket`, after the first.
 */
export interface RemoteStoreOptions extends RemoteEngineOptions, SecretsOptions {}

/** A store: the projects of a server. */
export interface Store extends Pick<WholeStore, Exclude<keyof WholeStore, 'project'>> {
  /**
   * A namespace of the store; it need not be created.
   *
   * @throws {KvasirError} `KV_INVALID_ARGUMENT` when the name is not one for a project.
   */
  project(name?: string): Project
}

/**
 * Opens the store of a server. Nothing is sent before the first call, and what goes beyond plain
 * values is loaded at its first use.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when the address is no http(s) URL.
 * @example
 * const store = openRemoteStore('https://kv.example.com', { token: 'kv_…' })
 * const value = await store.project().kv().get('greeting')
 */
export function openRemoteStore(location: string | URL, options: RemoteStoreOptions = {}): Store {
  const url = String(location)
  const connection = new Connection(url, options)
  const requests = new ValueRequests(connection)
  const load = async (): Promise<WholeStore> => {
    const { openWholeStore } = await import('./whole-store.ts')
    return openWholeStore(url, options)
  }
  const later = new Later(load, { callsBefore: callsBeforeSocket(options) })
  const close = async (): Promise<void> => {
    await Promise.all([connection.close(), later.close()])
  }

  return {
    capabilities: remoteCapabilities,
    project: (name = 'default') => createClientProject(name, { requests, later }),
    async *projects(options?: CallOptions): AsyncGenerator<string> {
      yield* await later.use((store) => store.projects(options))
    },
    health: (options?: CallOptions) => later.use((store) => store.health(options)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/**
 * The socket comes with the whole store, and is worth loading it for those who go on calling. Who
 * brings one wants it at once, and who has none, or a `fetch` to go by, can do without.
 */
function callsBeforeSocket({ webSocket, fetch }: RemoteStoreOptions): number {
  if (webSocket) return 1
  const hasSocket = webSocket === undefined && fetch === undefined && 'WebSocket' in globalThis
  return hasSocket ? 16 : Number.POSITIVE_INFINITY
}
