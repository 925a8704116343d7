/** All that a client can do, which a page loads when it needs it. */
import { openRemoteEngine } from '../engines/remote/open-remote-engine.ts'
import { createStore, type Store } from '../store/store.ts'
import type { RemoteStoreOptions } from './client-store.ts'

export function openWholeStore(url: string, options: RemoteStoreOptions): Store {
  const { secretsKey, ...remote } = options
  return createStore(openRemoteEngine(url, remote), secretsKey ? { secretsKey } : {})
}
