/** The HTTP server of a host, which is given its connections. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { ConnectionGuard } from '../http/connection-guard.ts'
import { connectionLimits, serverTimeouts } from '../limits/server-limits.ts'
import type { FunctionHost } from './function-host.ts'

export interface ServingHost {
  readonly server: Server
  take(socket: Socket): void
  /** Ends connections after their next answer or a while of quiet, and all when time is over. */
  stop(graceMs: number): Promise<void>
}

/** How long a connection stays without a request once the host stops. */
const lingerMs = 1000

export function serveHost(host: FunctionHost): ServingHost {
  const server = createServer({
    headersTimeout: serverTimeouts.headersMs,
    requestTimeout: serverTimeouts.requestMs,
    keepAliveTimeout: serverTimeouts.keepAliveMs,
    connectionsCheckingInterval: serverTimeouts.checkingMs,
    maxHeaderSize: connectionLimits.headerBytesMax,
    ...host.messages.classes,
  })
  const guard = new ConnectionGuard(server, { limits: connectionLimits, timeouts: serverTimeouts })
  server.on('request', guard.admit(host.handle))
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
  })
  // Given its connections, it listens nowhere, and yet is to keep its limits of time for requests.
  server.emit('listening')
  const stop = async (graceMs: number): Promise<void> => {
    host.drain()
    const force = setTimeout(() => server.closeAllConnections(), graceMs)
    guard.endQuiet(Math.min(lingerMs, graceMs))
    for (const socket of connections) if (!socket.destroyed) await once(socket, 'close')
    clearTimeout(force)
    guard.stop()
  }
  return { server, take: (socket) => void server.emit('connection', socket), stop }
}
