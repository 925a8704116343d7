// The way to a server on this machine by its Unix socket: what goes by `fetch` elsewhere goes by
// `node:http` here, and the WebSocket over a connection to the same path. Loaded when it is used.
import { openRemoteEngine, type RemoteEngineOptions } from '../engines/remote/open-remote-engine.ts'
import type { ConnectSocket } from '../engines/remote/socket-connection.ts'
import { unixPathOf } from './unix-address.ts'
import { createUnixFetch } from './unix-fetch.ts'

export interface UnixEngineOptions
  extends Pick<RemoteEngineOptions, 'token' | 'requestTimeoutMs' | 'retryMs'> {
  readonly webSocket: boolean
}

/** Requests have to name a host: the machine itself. */
const baseUrl = 'http://localhost'

/** @throws {KvasirError} `KV_INVALID_LOCATION` when the address is none of a Unix socket. */
export function openUnixEngine(
  location: string | URL,
  { webSocket, ...options }: UnixEngineOptions,
): ReturnType<typeof openRemoteEngine> {
  const path = unixPathOf(location)
  const connect: ConnectSocket = async (url, events) => {
    const { connectWsAt } = await import('./connect-ws.ts')
    return connectWsAt(path)(url, events)
  }
  return openRemoteEngine(baseUrl, {
    ...options,
    fetch: createUnixFetch(path),
    webSocket: webSocket && connect,
  })
}
