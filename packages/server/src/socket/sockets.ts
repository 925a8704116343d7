import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { KvasirError } from 'kvasir'
import { createCheckedEngine, type Engine } from 'kvasir/engine'
import { BusyPoll, socketPath, socketProtocol } from 'kvasir/protocol'
import { WebSocketServer } from 'ws'
import type { VerifyToken } from '../http/authenticate.ts'
import { bodyLimits } from '../http/body-limits.ts'
import { isInternal, withoutInternals } from '../http/problem-response.ts'
import { answerRaw } from '../http/raw-answer.ts'
import type { Logger } from '../http/request-log.ts'
import { AnswerBudget } from '../limits/answer-budget.ts'
import { retryAfterSeconds, socketLimits, waitingBodyBytesMax } from '../limits/server-limits.ts'
import { StreamCount } from '../watch/stream-count.ts'
import type { SessionParts } from './session-parts.ts'
import type { SocketFigures } from './socket-figures.ts'
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
  /** How long a client may take to say who it is; default: 6 s. */
  readonly helloMs?: number
  /** Counts sockets, with streams of events where it is theirs too; default: a new one. */
  readonly streams?: StreamCount
  /** How much the values in answers may take, with those of requests; default: a new one. */
  readonly answers?: AnswerBudget
  /** Is told of sockets and what is asked over them. */
  readonly figures?: SocketFigures
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
/** Room for a full batch and what stands round it, where there is memory for that. */
const payloadBytesMax = Math.min(bodyLimits.batch, waitingBodyBytesMax) + 1024 * 1024

/** Serves the socket of `docs/protocol.md`: reads and commits without a request for each. */
export function createSockets(deps: SocketsDeps): Sockets {
  const { engine, verifyToken, logger, figures, admits = () => true } = deps
  const { helloMs = socketLimits.helloMs, streams = new StreamCount() } = deps
  const { answers = new AnswerBudget() } = deps
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

  const parts: SessionParts<SocketSession> = {
    engine: createCheckedEngine(engine),
    verifyToken,
    streams,
    answers,
    figures,
    helloMs,
    poll: new BusyPoll(),
    latest: { session: undefined },
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
      try {
        checkRequest(request)
      } catch (error) {
        stream.on('error', () => undefined) // It went away itself, which is as good.
        answerRaw(stream, KvasirError.from(error))
        return
      }
      server.handleUpgrade(request, stream, head, (socket) => {
        sessions.add(new SocketSession(socket, stream, parts))
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

  /** @throws {KvasirError} when the request is not to become a socket. */
  function checkRequest(request: IncomingMessage): void {
    const { url, headers } = request
    if (url !== socketPath) throw refusal('KV_ROUTE_NOT_FOUND', 'There is no socket at this path.')
    const offered = headers['sec-websocket-protocol'] ?? ''
    if (!offered.split(/,\s*/).includes(socketProtocol)) {
      const message = `The socket speaks the subprotocol ${socketProtocol} alone. Ask for that.`
      throw refusal('KV_INVALID_ARGUMENT', message)
    }
    if (!admits(request)) {
      throw refusal('KV_FORBIDDEN', 'Without tokens there is a socket for this machine alone.')
    }
    if (isDraining) {
      const details = { retryAfterSeconds }
      throw refusal('KV_UNAVAILABLE', 'The server shuts down. Ask the next one.', details)
    }
    streams.checkTotal()
  }
}

type RefusalCode = 'KV_ROUTE_NOT_FOUND' | 'KV_INVALID_ARGUMENT' | 'KV_FORBIDDEN' | 'KV_UNAVAILABLE'

function refusal(code: RefusalCode, message: string, details = {}): KvasirError {
  return new KvasirError(code, message, { outcome: 'not-applied', details })
}
