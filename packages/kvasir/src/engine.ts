/**
 * `kvasir/engine`: the port, for those who build on it — servers, engines, tools. Applications use
 * `kvasir`.
 */
import type { Clock } from './engine/clock.ts'
import type { Engine } from './engine/engine.ts'
import type { RemoteEngineOptions } from './engines/remote/open-remote-engine.ts'
import type { ConnectSocket } from './engines/remote/socket-connection.ts'
import type { SqliteEngineOptions } from './engines/sqlite/sqlite-engine.ts'
import { KvasirError } from './errors/kvasir-error.ts'

/** How to open a store. Each option says for which locations it holds. */
export interface OpenOptions {
  /** Directories: acknowledge a write once it outlives a power cut (default), or the process. */
  readonly durability?: SqliteEngineOptions['durability']
  /**
   * Directories: free space of the disk below which writes that make the store grow are refused;
   * default: 5 % of the disk, at most 64 MiB. 0: only the disk itself refuses.
   */
  readonly diskReserveBytes?: SqliteEngineOptions['diskReserveBytes']
  /**
   * Directories: memory for entries that are read again and again, in bytes; default: 16 MiB. 0:
   * none. At most half of the heap that Node may take (`node --max-old-space-size`).
   */
  readonly cacheBytes?: SqliteEngineOptions['cacheBytes']
  /** Directories: called when the store stops taking writes, and when it takes them again. */
  readonly onHealthChange?: SqliteEngineOptions['onHealthChange']
  /** Servers: the bearer token. */
  readonly token?: RemoteEngineOptions['token']
  /** Servers, but not on Unix sockets: the `fetch` to use; default: the global one. */
  readonly fetch?: RemoteEngineOptions['fetch']
  /** Servers: the most time that a call takes, repetitions included; default: 30 s. */
  readonly requestTimeoutMs?: RemoteEngineOptions['requestTimeoutMs']
  /**
   * Servers: whether reads and commits go over one lasting WebSocket, which is many times quicker
   * than a request each; default: yes, unless `fetch` is given. Where none can be had, `fetch`
   * serves.
   */
  readonly webSocket?: boolean
  /** Servers: how long a call is repeated while the server cannot be reached; default: 10 s. */
  readonly retryMs?: RemoteEngineOptions['retryMs']
  /** Directories and memory: where the time comes from; default: the system. For tests. */
  readonly clock?: Clock
}

/** Opens the engine for a location, as `openStore` does; callers check what they pass to it. */
export async function openEngine(
  location: string | URL,
  options: OpenOptions = {},
): Promise<Engine> {
  const place = String(location)
  const { durability, clock, diskReserveBytes, cacheBytes, onHealthChange, ...remote } = options
  if (place === 'memory:') {
    const { openMemoryEngine } = await import('./engines/memory/memory-engine.ts')
    return openMemoryEngine({ ...(clock && { clock }) })
  }
  if (/^https?:/i.test(place)) {
    const { openRemoteEngine } = await import('./engines/remote/open-remote-engine.ts')
    const { webSocket = remote.fetch === undefined, ...rest } = remote
    return openRemoteEngine(place, { ...rest, webSocket: webSocket && connectLater })
  }
  if (/^unix:/i.test(place)) return openUnixEngine(location, remote)
  if (place === '' || /^[a-z][a-z0-9+.-]+:/i.test(place)) {
    throw new KvasirError(
      'KV_INVALID_LOCATION',
      `There is no engine for ${JSON.stringify(place)}. Give a directory, "memory:", or the address of a server: "https://…", or "unix:" and a path.`,
    )
  }
  const { openSqliteEngine } = await import('./engines/sqlite/sqlite-engine.ts')
  checkDiskReserve(diskReserveBytes)
  return openSqliteEngine(place, {
    ...(durability && { durability }),
    ...(clock && { clock }),
    ...(diskReserveBytes !== undefined && { diskReserveBytes }),
    ...(cacheBytes !== undefined && { cacheBytes }),
    ...(onHealthChange && { onHealthChange }),
  })
}

async function openUnixEngine(
  location: string | URL,
  { fetch, webSocket = true, ...options }: OpenOptions,
): Promise<Engine> {
  if (fetch !== undefined) {
    throw new KvasirError(
      'KV_INVALID_ARGUMENT',
      'A Unix socket takes no fetch of your own. Leave it out, or give an http(s) address.',
      { outcome: 'not-applied' },
    )
  }
  const unix = await import('./environment/open-unix-engine.ts').catch((cause: unknown) => {
    throw new KvasirError(
      'KV_INVALID_LOCATION',
      'This runtime has no Unix sockets. Give the http(s) address of the server.',
      { outcome: 'not-applied', cause },
    )
  })
  return unix.openUnixEngine(location, { ...options, webSocket })
}

function checkDiskReserve(bytes: number | undefined): void {
  if (bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= 0)) return
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `diskReserveBytes is a whole number of bytes, 0 or more; it was given ${String(bytes)}.`,
    { outcome: 'not-applied' },
  )
}

export type { SetPaths, SetType, StoredValue } from './codec/stored-value.ts'
export { defaultBucketConfig } from './engine/bucket-config.ts'
export { type Clock, systemClock } from './engine/clock.ts'
export type * from './engine/engine.ts'
export type * from './engine/entry.ts'
export { onAbort } from './engine/on-abort.ts'
export type * from './engine/operation.ts'
export type * from './engine/origin.ts'
export type { SubjectTransform } from './engine/subjects.ts'
export { type CheckedEngine, createCheckedEngine } from './front/checked-engine.ts'
export type { Publication, PublishedEvent, Subscription } from './front/publication.ts'
export { readPage } from './front/read-page.ts'
export { createFullStore as createStore } from './store/full-store.ts'
export type { SecretsOptions } from './store/store.ts'

/** Connects with what fits the runtime, which is loaded with the first call to a server. */
const connectLater: ConnectSocket = async (url, options) => {
  const { connectWs } = await import('./environment/connect-ws.ts')
  return connectWs(url, options)
}
