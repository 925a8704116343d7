import { setMaxListeners } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'
import {
  type ConnectionLimits,
  connectionLimits,
  type ServerTimeouts,
  serverTimeouts,
} from '../limits/server-limits.ts'
import type { Sockets } from '../socket/sockets.ts'
import { acceptSockets } from './accept-sockets.ts'
import { type ConnectionFigures, ConnectionGuard } from './connection-guard.ts'
import { PacedResponse } from './paced-response.ts'
import type { AppEnv } from './route.ts'
import { listenOnUnixSocket, type UnixSocketOptions } from './unix-socket.ts'

export interface ListenOptions {
  readonly app: {
    fetch(request: Request, env: AppEnv['Bindings']): Response | Promise<Response>
  }
  /** With `port`, where to listen; may be left out where there is a `unixSocket`. */
  readonly host?: string
  /** 0: any that is free. */
  readonly port?: number
  /** A Unix socket to listen on, besides the port if there is one. */
  readonly unixSocket?: UnixSocketOptions
  readonly timeouts?: Partial<ServerTimeouts>
  readonly limits?: Partial<ConnectionLimits>
  /** Is told of connections. */
  readonly figures?: ConnectionFigures
  /** Answers some requests itself, before the application is asked; default: none. */
  readonly direct?: DirectAnswers
  /** What serves connections that ask to become sockets; default: nothing does. */
  readonly sockets?: Sockets
}

/** Answers a request, or leaves it to the application before it has told anybody of it: `false`. */
export type DirectAnswers = (
  incoming: IncomingMessage,
  response: ServerResponse,
  connection: LastingConnection,
) => boolean

/** A connection that stays after an answer. */
export interface LastingConnection {
  /** The lines of a head that tell how long it stays. */
  readonly keepAlive: string
}

export interface RunningServer {
  /** Where clients find it: its port, or else its Unix socket, as `openStore` takes it. */
  readonly url: string
  /** Its Unix socket, if it listens on one: `unix:` and the path. */
  readonly unixUrl?: string
  /**
   * Shuts down: takes no more connections, ends watches, lets requests finish, and cuts what is
   * still there after `graceMs`.
   */
  close(options: { readonly graceMs: number }): Promise<void>
}

/** How long a connection stays without a request once the server shuts down. */
const lingerMs = 1000

/**
 * Serves an application on a port, a Unix socket or both.
 *
 * @throws {KvasirError} `KV_PORT_IN_USE`, `KV_INVALID_ARGUMENT` when the address cannot be used.
 */
export async function startServer(options: ListenOptions): Promise<RunningServer> {
  const { app, figures, direct } = options
  const draining = new AbortController()
  setMaxListeners(0, draining.signal) // Every stream listens.
  const timeouts = { ...serverTimeouts, ...options.timeouts }
  const limits = { ...connectionLimits, ...options.limits }
  const fetch = (request: Request, { outgoing }: Pick<AppEnv['Bindings'], 'outgoing'>) =>
    app.fetch(request, { draining: draining.signal, ...(outgoing && { outgoing }) })
  const server = createServer({
    headersTimeout: Math.min(timeouts.headersMs, timeouts.requestMs),
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: timeouts.checkingMs,
    maxHeaderSize: limits.headerBytesMax,
    ServerResponse: PacedResponse,
  })
  const guard = new ConnectionGuard(server, { limits, timeouts, ...(figures && { figures }) })
  const ask = getRequestListener(fetch, { errorHandler: badRequest })
  const keepAliveSeconds = Math.floor(timeouts.keepAliveMs / 1000)
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}\r\n`
  const answer: RequestListener = (incoming, response) => {
    // A server that shuts down says so in each of its answers.
    const isDirect = !draining.signal.aborted && direct?.(incoming, response, { keepAlive })
    if (!isDirect) void ask(incoming, response) // It answers, whatever happens.
  }
  server.on('request', guard.admit(answer))
  const { sockets } = options
  if (sockets) acceptSockets(server, { guard, sockets })
  const doors = await openDoors(server, options)
  return {
    url: doors.url,
    ...(doors.unixUrl !== undefined && { unixUrl: doors.unixUrl }),
    close: ({ graceMs }) => close(server, { guard, draining, graceMs, sockets, doors }),
  }
}

/** What a server listens on. */
interface Doors extends Pick<RunningServer, 'url' | 'unixUrl'> {
  /** Resolves once nothing comes in any more and everybody has left. */
  close(): Promise<unknown>
}

async function openDoors(server: Server, options: ListenOptions): Promise<Doors> {
  const { host = '127.0.0.1', port, unixSocket } = options
  if (unixSocket === undefined) {
    await listen(server, { host, port: port ?? 0 })
    return { url: tcpUrlOf(server, host), close: () => closeDoor(server) }
  }
  if (port === undefined) {
    const url = await listenOnUnixSocket(server, unixSocket)
    return { url, unixUrl: url, close: () => closeDoor(server) }
  }
  // One server listens on one address; what comes in at the other one is handed to it.
  const side = new NetServer({ allowHalfOpen: true })
  side.maxConnections = server.maxConnections
  side.on('connection', (socket) => server.emit('connection', socket))
  await listen(server, { host, port })
  try {
    const unixUrl = await listenOnUnixSocket(side, unixSocket)
    const url = tcpUrlOf(server, host)
    return { url, unixUrl, close: () => Promise.all([closeDoor(server), closeDoor(side)]) }
  } catch (error) {
    server.close()
    throw error
  }
}

function closeDoor(door: NetServer): Promise<void> {
  // The method of `node:http` would also close the connections that are idle at this moment.
  return new Promise((resolve) => NetServer.prototype.close.call(door, () => resolve()))
}

function tcpUrlOf(server: NetServer, host: string): string {
  return urlOf(host, (server.address() as AddressInfo).port)
}

/**
 * Resolves once the server listens.
 *
 * @throws {KvasirError} `KV_PORT_IN_USE`, `KV_INVALID_ARGUMENT` when the address cannot be used.
 */
export function listen(
  server: NetServer,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new KvasirError(
              'KV_PORT_IN_USE',
              `Port ${port} on ${host} is in use. Stop the program that listens there, or choose another port.`,
              { details: { host, port }, cause },
            )
          : new KvasirError(
              'KV_INVALID_ARGUMENT',
              `The server cannot listen on ${host}, port ${port} (${cause.code}). Choose another address.`,
              { details: { host, port }, cause },
            ),
      )
    }
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

interface Closing {
  readonly doors: Doors
  readonly guard: ConnectionGuard
  readonly draining: AbortController
  readonly graceMs: number
  readonly sockets: Sockets | undefined
}

/**
 * Nobody is to meet a connection that closes while the request is on its way. So connections are
 * kept until their next answer, which says that it is the last, or until nothing has come for a
 * while.
 */
async function close(
  server: Server,
  { guard, draining, graceMs, sockets, doors }: Closing,
): Promise<void> {
  const quietMs = Math.min(lingerMs, graceMs)
  const force = setTimeout(() => {
    server.closeAllConnections()
    sockets?.cut()
  }, graceMs)
  await untilNobodyWaits(server, quietMs)
  const closed = doors.close()
  // Only now: whoever is told that a connection is the last makes a new one at once, which a port
  // that is about to close would reset.
  draining.abort()
  sockets?.drain()
  guard.endQuiet(quietMs)
  await closed
  clearTimeout(force)
  guard.stop()
  server.close(() => undefined) // Closed it is; what is left are the timers of `node:http`.
}

/**
 * Resolves in a turn of the event loop in which no connection waits to be taken: closing the port
 * would reset those. The loop takes one a turn.
 */
async function untilNobodyWaits(server: Server, patienceMs: number): Promise<void> {
  const startMs = performance.now()
  let quietTurns = 0
  const onConnection = (): void => {
    quietTurns = -1
  }
  server.on('connection', onConnection)
  while (quietTurns < 2 && performance.now() - startMs < patienceMs) {
    await new Promise((resolve) => setImmediate(resolve))
    quietTurns++
  }
  server.off('connection', onConnection)
}

/** Answers what is HTTP but no request for an application: a malformed URL or Host. */
function badRequest(): Response {
  const error = new KvasirError('KV_INVALID_ARGUMENT', 'The URL or the Host is malformed.')
  return new Response(JSON.stringify(toProblem(error)), {
    status: error.status,
    headers: { 'content-type': problemMediaType },
  })
}

/** The address of a server on a host and a port. */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
