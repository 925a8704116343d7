import type { KvasirError } from 'kvasir'
import type { CheckedEngine } from 'kvasir/engine'
import type { BusyPoll } from 'kvasir/protocol'
import type { Grant } from '../auth/grant.ts'
import type { VerifyToken } from '../http/authenticate.ts'
import type { AnswerBudget } from '../limits/answer-budget.ts'
import type { StreamCount } from '../watch/stream-count.ts'
import type { SocketFigures } from './socket-figures.ts'

/** What the sessions of a server share; `Session` is the kind of them. */
export interface SessionParts<Session> {
  readonly engine: CheckedEngine
  readonly verifyToken: VerifyToken
  readonly streams: StreamCount
  readonly answers: AnswerBudget
  readonly figures: SocketFigures | undefined
  readonly helloMs: number
  readonly poll: BusyPoll
  /** Whose frame was the last that came, of all sessions. */
  readonly latest: { session: Session | undefined }
  /** What the client is told of an error. */
  tell(error: KvasirError): KvasirError
  /** Called once, when the session is over. */
  ended(session: Session): void
}

/** From which message of a frame to begin, and what its sender may do. */
export interface Beginning {
  readonly grant: Grant
  readonly from: number
}
