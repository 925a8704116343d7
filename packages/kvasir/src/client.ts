/**
 * `kvasir/client`: a store behind a Kvasir server, made of `fetch` and, where the runtime has one,
 * its WebSocket. For browsers, edge runtimes and anything that must stay small: what goes beyond
 * getting and setting plain values is loaded when it is first used.
 */
export type { Project } from './client/client-project.ts'
export { openRemoteStore, type RemoteStoreOptions, type Store } from './client/client-store.ts'
export { NumberSet, StringSet } from './codec/typed-sets.ts'
export type { RemoteEngineOptions } from './engines/remote/open-remote-engine.ts'
export { KvasirError } from './errors/kvasir-error.ts'
