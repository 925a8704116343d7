/**
 * `kvasir/client`: a store behind a Kvasir server, made of `fetch` and, where the runtime has one,
 * its WebSocket. For browsers, edge runtimes and anything that must stay small.
 */
import { openRemoteEngine, type RemoteEngineOptions } from './engines/remote/open-remote-engine.ts'
import { createStore, type SecretsOptions, type Store } from './store/store.ts'

/**
 * Opens the store of a server. Nothing is sent before the first call.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when the address is no http(s) URL.
 * @example
 * const store = openRemoteStore('https://kv.example.com', { token: 'kv_…' })
 * const value = await store.project().kv().get('greeting')
 */
export function openRemoteStore(url: string | URL, options: RemoteStoreOptions = {}): Store {
  const { secretsKey, ...remote } = options
  return createStore(openRemoteEngine(String(url), remote), secretsKey ? { secretsKey } : {})
}

/** How to reach the server, and the key for secrets, which the server never sees. */
export interface RemoteStoreOptions extends RemoteEngineOptions, SecretsOptions {}

export { NumberSet, StringSet } from './codec/typed-sets.ts'
export { KvasirError } from './errors/kvasir-error.ts'
export type { RemoteEngineOptions, Store }
