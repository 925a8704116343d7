/**
 * `kvasir/client`: a store behind a Kvasir server, made of `fetch` and, where the runtime has one,
 * its WebSocket. For browsers, edge runtimes and anything that must stay small: what goes beyond
 * getting and setting whole values is loaded when it is first used.
 */
import { createClientStore, type RemoteStoreOptions, type Store } from './client/client-store.ts'

/**
 * Opens the store of a server. Nothing is sent before the first call.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when the address is no http(s) URL.
 * @example
 * const store = openRemoteStore('https://kv.example.com', { token: 'kv_…' })
 * const value = await store.project().kv().get('greeting')
 */
export function openRemoteStore(url: string | URL, options: RemoteStoreOptions = {}): Store {
  return createClientStore(String(url), options)
}

export type { Project } from './client/client-project.ts'
export { NumberSet, StringSet } from './codec/typed-sets.ts'
export type { RemoteEngineOptions } from './engines/remote/open-remote-engine.ts'
export { KvasirError } from './errors/kvasir-error.ts'
export type { RemoteStoreOptions, Store }
