import { KvasirError } from 'kvasir'
import type { CheckedEngine } from 'kvasir/engine'
import { closeCodes, FrameWriter, readFrame, type SocketMessage, toProblem } from 'kvasir/protocol'
import type { WebSocket } from 'ws'
import type { Grant } from '../auth/grant.ts'
import type { VerifyToken } from '../http/authenticate.ts'
import { unauthenticated } from '../http/authenticate.ts'
import { answerMessage } from './answer-message.ts'

export interface SessionParts {
  readonly engine: CheckedEngine
  readonly verifyToken: VerifyToken
  /** What the client is told of an error. */
  tell(error: KvasirError): KvasirError
  /** Called once, when the session is over. */
  ended(session: SocketSession): void
}

const helloMostMs = 10_000
/** A revoked token is good for so much longer. */
const grantMostMs = 10
const underwayMost = 10_000
const bufferedMost = 16 * 1024 * 1024

/**
 * One client on the socket: says who it is in its first frame, and asks in the others. All messages
 * of a frame begin in their order, and each is answered when it is done.
 */
export class SocketSession {
  readonly startMs = performance.now()
  #messages = 0
  #grant: Grant | undefined
  #token = ''
  #verifiedMs = 0
  readonly #socket: WebSocket
  readonly #parts: SessionParts
  readonly #outbox = new FrameWriter()
  #isFlushing = false
  #underway = 0
  #isDraining = false
  #isAlive = true
  #wasStalled = false
  #turn: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, parts: SessionParts) {
    this.#socket = socket
    this.#parts = parts
    const hello = setTimeout(() => this.#refuse(unauthenticated('No hello came.')), helloMostMs)
    socket.on('message', (frame, isBinary) => {
      clearTimeout(hello)
      if (isBinary && frame instanceof Uint8Array) this.#queue(frame)
      else socket.close(closeCodes.malformed)
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // It is followed by `close`.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearTimeout(hello)
      parts.ended(this)
    })
  }

  /** How many messages have come. */
  get messages(): number {
    return this.#messages
  }

  get tokenId(): string | undefined {
    return this.#grant?.id
  }

  /** Called every so often: cuts a client that gives no sign of life, or takes no answers. */
  beat(): void {
    const isStalled = this.#socket.bufferedAmount > bufferedMost
    if (!this.#isAlive || (isStalled && this.#wasStalled)) {
      this.#socket.terminate()
      return
    }
    this.#wasStalled = isStalled
    this.#isAlive = false
    this.#socket.ping()
  }

  /** Answers what is under way and then closes; what comes later, the client sends elsewhere. */
  drain(): void {
    this.#isDraining = true
    this.#closeIfDrained()
  }

  cut(): void {
    this.#socket.terminate()
  }

  #queue(frame: Uint8Array): void {
    if (this.#isDraining) return
    // One frame after the other, so that what was asked first begins first.
    this.#turn = this.#turn.then(() => this.#take(frame))
  }

  async #take(frame: Uint8Array): Promise<void> {
    try {
      const messages = readFrame(frame)
      if (this.#grant === undefined) await this.#greet(messages[0]?.message)
      else {
        const grant = await this.#grantNow(this.#token)
        for (const { message, value } of messages) void this.#answer(message, { value, grant })
      }
    } catch (error) {
      this.#refuse(KvasirError.from(error))
    }
  }

  async #greet(message: SocketMessage | undefined): Promise<void> {
    const [, verb, , token = ''] = message ?? []
    if (verb !== 'hello' || typeof token !== 'string') {
      throw unauthenticated('The first message on the socket is a hello with a token.')
    }
    this.#grant = await this.#grantNow(token)
    this.#token = token
    this.#outbox.add([0, 200], [])
    this.#flushLater()
  }

  async #grantNow(token: string): Promise<Grant> {
    const nowMs = performance.now()
    if (this.#grant && nowMs - this.#verifiedMs < grantMostMs) return this.#grant
    const grant = await this.#parts.verifyToken(token)
    if (!grant) {
      throw unauthenticated('The token is not known here: it is wrong, or has been revoked.')
    }
    this.#verifiedMs = nowMs
    this.#grant = grant
    return grant
  }

  /** Never rejects: what goes wrong is the answer. */
  async #answer(
    message: SocketMessage,
    { value, grant }: { value: Uint8Array; grant: Grant },
  ): Promise<void> {
    this.#messages++
    this.#underway++
    this.#throttle()
    try {
      const answer = await answerMessage({ message, value, grant }, this.#parts.engine)
      answer(this.#outbox)
    } catch (thrown) {
      const problem = toProblem(this.#parts.tell(KvasirError.from(thrown)))
      this.#outbox.add([message[0], problem.status], [problem])
    }
    this.#underway--
    this.#flushLater()
  }

  #flushLater(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    // What is done in this turn of the event loop leaves as one frame.
    setImmediate(() => {
      this.#isFlushing = false
      if (this.#outbox.isEmpty) return
      this.#socket.send(this.#outbox.take(), () => this.#throttle())
      this.#throttle()
      this.#closeIfDrained()
    })
  }

  /** Reads no more of what a client asks than it lets us answer. */
  #throttle(): void {
    const isTooMuch = this.#underway > underwayMost || this.#socket.bufferedAmount > bufferedMost
    if (isTooMuch && !this.#socket.isPaused) this.#socket.pause()
    else if (!isTooMuch && this.#socket.isPaused) this.#socket.resume()
  }

  #closeIfDrained(): void {
    if (!this.#isDraining || this.#underway > 0 || !this.#outbox.isEmpty) return
    this.#socket.resume()
    this.#socket.close(closeCodes.goingAway)
  }

  /** Says why, and closes. */
  #refuse(error: KvasirError): void {
    const problem = toProblem(this.#parts.tell(error))
    const frame = new FrameWriter()
    frame.add([0, problem.status], [problem])
    this.#socket.send(frame.take())
    const isRefused = error.code === 'KV_UNAUTHENTICATED'
    this.#socket.close(isRefused ? closeCodes.refused : closeCodes.malformed)
  }
}
