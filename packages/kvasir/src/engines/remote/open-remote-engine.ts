import type { Engine } from '../../engine/engine.ts'
import { parseBaseUrl } from './base-url.ts'
import { connectWebSocket } from './connect-web-socket.ts'
import { Connection, type ConnectionOptions, requestTimeoutMsDefault } from './connection.ts'
import { idempotencyKeys } from './idempotency-keys.ts'
import { RemoteEngine } from './remote-engine.ts'
import { type ConnectSocket, SocketConnection } from './socket-connection.ts'
import { SocketEngine } from './socket-engine.ts'

export interface RemoteEngineOptions extends ConnectionOptions {
  /** How long a watch tries to get its lost connection back; default: five minutes. */
  readonly reconnectMs?: number
  /** How long a watch waits for a sign of life before it takes its connection for lost. */
  readonly silenceMs?: number
  /**
   * How to connect the socket over which reads and commits go; `false`: not at all. Default: with
   * the runtime's own WebSocket, if it has one and `fetch` is its own too.
   */
  readonly webSocket?: ConnectSocket | false
}

/**
 * Opens an engine behind a Kvasir server, made of `fetch` and, where there is one, a WebSocket for
 * reads and commits. Nothing is sent before the first call.
 *
 * Every commit carries an idempotency key and is repeated after a lost connection, so that it is
 * applied once. What the wire says is in `docs/protocol.md`.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION` when the address is no http(s) URL.
 */
export function openRemoteEngine(url: string, options: RemoteEngineOptions = {}): Engine {
  const http = new RemoteEngine(new Connection(url, options), options)
  const connect = options.webSocket ?? webSocketBeside(options)
  if (!connect) return http
  const { token, requestTimeoutMs = requestTimeoutMsDefault } = options
  const socket = new SocketConnection(parseBaseUrl(url), {
    connect,
    requestTimeoutMs,
    ...(token !== undefined && { token }),
  })
  return new SocketEngine(http, { socket, newIdempotencyKey: idempotencyKeys() })
}

/** Whoever brings a `fetch` of their own decides on the way to the server. */
function webSocketBeside({ fetch }: RemoteEngineOptions): ConnectSocket | undefined {
  return fetch === undefined && 'WebSocket' in globalThis ? connectWebSocket : undefined
}
