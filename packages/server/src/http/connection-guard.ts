/**
 * What keeps a server's connections within their limits: it counts them, refuses those that are too
 * many, and cuts those whose clients keep it waiting.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { KvasirError } from 'kvasir'
import {
  type ConnectionLimits,
  retryAfterSeconds,
  type ServerTimeouts,
} from '../limits/server-limits.ts'
import { type CutReason, GuardedConnection } from './guarded-connection.ts'
import { networkOf } from './network-of.ts'
import { answerRaw, toRawFailure } from './raw-answer.ts'

/** What is told of connections. */
export interface ConnectionFigures {
  connectionOpened(): void
  connectionClosed(): void
  connectionRefused(reason: RefusalReason): void
  connectionCut(reason: CutReason): void
}

export type RefusalReason = 'connections' | 'connections-per-address'

interface GuardOptions {
  readonly limits: ConnectionLimits
  readonly timeouts: ServerTimeouts
  readonly figures?: ConnectionFigures
}

/** Refused connections are answered; beyond so many of them they are not even that. */
const refusedAtOnceMax = 1000
const quietLookMs = 50

export class ConnectionGuard {
  readonly #options: GuardOptions
  readonly #connections = new Map<Duplex, GuardedConnection>()
  readonly #countByNetwork = new Map<string, number>()
  #timer: NodeJS.Timeout

  constructor(server: Server, options: GuardOptions) {
    this.#options = options
    server.maxConnections = options.limits.connectionsMax + refusedAtOnceMax
    server.on('connection', (socket) => this.#take(socket))
    server.on('clientError', (cause, socket) => this.#fail(socket, ...toRawFailure(cause)))
    const { checkingMs } = options.timeouts
    this.#timer = setInterval(() => this.#checkAll(checkingMs), checkingMs)
    this.#timer.unref()
  }

  /** A listener that is only given the requests of connections within the limits. */
  admit(listener: RequestListener): RequestListener {
    return (incoming: IncomingMessage, response: ServerResponse<IncomingMessage>) => {
      const connection = this.#connections.get(incoming.socket)
      if (!connection) return
      connection.begin(incoming, response)
      listener(incoming, response)
    }
  }

  /** Leaves a connection to those who serve it as a socket; its client must still read. */
  release(socket: Duplex): void {
    this.#connections.get(socket)?.becomeSocket()
  }

  /** From now on, ends connections once they have been quiet for so long. */
  endQuiet(quietMs: number): void {
    clearInterval(this.#timer)
    this.#timer = setInterval(() => {
      this.#checkAll(quietLookMs)
      for (const connection of this.#connections.values()) {
        if (connection.quietMs(quietLookMs) >= quietMs) connection.socket.destroySoon()
      }
    }, quietLookMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #take(socket: GuardedConnection['socket']): void {
    // It is here for the second time when it asked for a protocol that the server does not speak.
    if (this.#connections.has(socket)) return
    // Those on a Unix socket have no address, and count as one: that of this machine.
    const network = networkOf(socket.remoteAddress ?? '')
    const count = this.#countByNetwork.get(network) ?? 0
    const { figures } = this.#options
    const reason = this.#reasonToRefuse(count)
    if (reason !== undefined) {
      figures?.connectionRefused(reason)
      socket.on('error', () => undefined) // It went away itself, which is as good.
      answerRaw(socket, refusalOf(reason, this.#options.limits))
      return
    }
    this.#countByNetwork.set(network, count + 1)
    this.#connections.set(socket, new GuardedConnection(socket, network))
    figures?.connectionOpened()
    socket.once('close', () => {
      this.#connections.delete(socket)
      this.#leave(network)
      figures?.connectionClosed()
    })
  }

  #reasonToRefuse(countInNetwork: number): RefusalReason | undefined {
    const { connectionsMax, connectionsPerAddressMax } = this.#options.limits
    if (this.#connections.size >= connectionsMax) return 'connections'
    return countInNetwork >= connectionsPerAddressMax ? 'connections-per-address' : undefined
  }

  #leave(network: string): void {
    const count = (this.#countByNetwork.get(network) ?? 1) - 1
    if (count > 0) this.#countByNetwork.set(network, count)
    else this.#countByNetwork.delete(network)
  }

  #checkAll(elapsedMs: number): void {
    const { timeouts, figures } = this.#options
    for (const connection of this.#connections.values()) {
      const reason = connection.check(elapsedMs, timeouts.stallMs)
      if (reason === undefined) continue
      figures?.connectionCut(reason)
      // A reader that does not read would not read a word about it either, and a closing that
      // waits for it would keep what is left of the answer in memory.
      if (reason === 'slow-reader') drop(connection.socket)
      else this.#fail(connection.socket, ...toRawFailure(slowRequest))
    }
  }

  #fail(socket: Duplex, error: KvasirError, status: number): void {
    if (this.#connections.get(socket)?.isAnswering) socket.destroy()
    else answerRaw(socket, error, status)
  }
}

/** Nothing but TCP can be reset; of a Unix socket, the answer goes with the connection. */
function drop(socket: GuardedConnection['socket']): void {
  if (socket.remoteAddress === undefined) socket.destroy()
  else socket.resetAndDestroy()
}

const slowRequest = Object.assign(new Error('slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })

function refusalOf(reason: RefusalReason, limits: ConnectionLimits): KvasirError {
  const details = { retryAfterSeconds }
  if (reason === 'connections') {
    return new KvasirError(
      'KV_UNAVAILABLE',
      `The server has the ${limits.connectionsMax} connections that it takes. Try again later.`,
      { outcome: 'not-applied', details },
    )
  }
  return new KvasirError(
    'KV_TOO_MANY_REQUESTS',
    `The server takes ${limits.connectionsPerAddressMax} connections of one address at a time. Close some, or keep connections and use them again.`,
    { outcome: 'not-applied', details },
  )
}
