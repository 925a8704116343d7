import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { KvasirError } from 'kvasir'
import { createCheckedEngine, type Engine } from 'kvasir/engine'
import { socketPath, socketProtocol } from 'kvasir/protocol'
import { WebSocketServer } from 'ws'
import type { VerifyToken } from '../http/authenticate.ts'
import { bodyLimits } from '../http/body-limits.ts'
import { isInternal, withoutInternals } from '../http/problem-response.ts'
import type { Logger } from '../http/request-log.ts'
import { SocketSession } from './socket-session.ts'

export interface SocketsDeps {
  /** The engine itself: what comes in is checked here. */
  readonly engine: Engine
  readonly verifyToken: VerifyToken
  /** Without one, nothing is logged. */
  readonly logger?: Logger
  /** Whether a request may become a socket, as far as its headers tell; default: any may. */
  readonly admits?: (request: IncomingMessage) => boolean
  /** How often clients must give a sign of life; default: 15 s. */
  readonly heartbeatMs?: number
}

/** The sockets of a server. */
export interface Sockets {
  /** Takes over a connection that asks to become a socket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void
  /** Answers what is under way, then closes every socket; `cut` closes them at once. */
  drain(): void
  cut(): void
}

const heartbeatMsDefault = 15_000
/** Room for a full batch and what stands round it. */
const payloadBytesMax = bodyLimits.batch + 1024 * 1024
const connectionsMax = 10_000

/** Serves the socket of `docs/protocol.md`: small calls without a request for each. */
export function createSockets(deps: SocketsDeps): Sockets {
  const { engine, verifyToken, logger, admits = () => true } = deps
  const sessions = new Set<SocketSession>()
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: payloadBytesMax,
    handleProtocols: (offered) => offered.has(socketProtocol) && socketProtocol,
  })
  const beat = setInterval(() => {
    for (const session of sessions) session.beat()
  }, deps.heartbeatMs ?? heartbeatMsDefault)
  beat.unref()
  let isDraining = false

  const parts = {
    engine: createCheckedEngine(engine),
    verifyToken,
    tell(error: KvasirError) {
      if (!isInternal(error)) return error
      const requestId = crypto.randomUUID()
      logger?.error({ requestId, err: error }, 'request failed')
      return withoutInternals(error, requestId)
    },
    ended(session: SocketSession) {
      sessions.delete(session)
      const { messages, tokenId } = session
      const durationMs = Math.round(performance.now() - session.startMs)
      logger?.info({ route: socketPath, tokenId, messages, durationMs }, 'socket closed')
    },
  }
  return {
    upgrade(request, stream, head) {
      const status = refusalOf(request)
      if (status !== undefined) {
        stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
        return
      }
      server.handleUpgrade(request, stream, head, (socket) => {
        sessions.add(new SocketSession(socket, parts))
      })
    },
    drain() {
      isDraining = true
      clearInterval(beat)
      for (const session of sessions) session.drain()
    },
    cut() {
      for (const session of sessions) session.cut()
    },
  }

  function refusalOf(request: IncomingMessage): string | undefined {
    const offered = request.headers['sec-websocket-protocol'] ?? ''
    if (request.url !== socketPath) return '404 Not Found'
    if (!offered.split(/,\s*/).includes(socketProtocol)) return '400 Bad Request'
    if (!admits(request)) return '403 Forbidden'
    const isFull = sessions.size >= connectionsMax
    return isDraining || isFull ? '503 Service Unavailable' : undefined
  }
}
