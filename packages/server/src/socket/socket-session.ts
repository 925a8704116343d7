import type { Duplex } from 'node:stream'
import { KvasirError } from 'kvasir'
import type { CheckedEngine } from 'kvasir/engine'
import { closeCodes, frameLimits, type OpenedMessage, readFrame, toProblem } from 'kvasir/protocol'
import type { WebSocket } from 'ws'
import type { Grant } from '../auth/grant.ts'
import type { VerifyToken } from '../http/authenticate.ts'
import { unauthenticated } from '../http/authenticate.ts'
import { invalidArgument } from '../http/shape.ts'
import type { AnswerBudget, AnswerShare } from '../limits/answer-budget.ts'
import { MeteredEngine } from '../limits/metered-engine.ts'
import { socketLimits } from '../limits/server-limits.ts'
import type { StreamCount } from '../watch/stream-count.ts'
import { answerMessage } from './answer-message.ts'
import { AnswerSender } from './answer-sender.ts'
import { CallRoom } from './call-room.ts'
import type { SocketFigures } from './socket-figures.ts'

export interface SessionParts {
  readonly engine: CheckedEngine
  readonly verifyToken: VerifyToken
  readonly streams: StreamCount
  readonly answers: AnswerBudget
  readonly figures: SocketFigures | undefined
  readonly helloMs: number
  /** What the client is told of an error. */
  tell(error: KvasirError): KvasirError
  /** Called once, when the session is over. */
  ended(session: SocketSession): void
}

/** A revoked token is good for so much longer. */
const grantMostMs = 10
/** How long a client has to read why it was refused. */
const lingerMs = 1000
const verbs = new Set<string | number>(['get', 'put', 'batch', 'read'])

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
  readonly #stream: Duplex
  readonly #parts: SessionParts
  readonly #sender: AnswerSender
  readonly #room: CallRoom
  /** What the answers take that wait to be sent. */
  readonly #held: AnswerShare
  #leave: (() => void) | undefined
  /** Frames that came and whose messages have not all begun, and their bytes. */
  #frames = 0
  #frameBytes = 0
  #closeCode: number | undefined
  #isAlive = true
  #turn: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, stream: Duplex, parts: SessionParts) {
    this.#socket = socket
    this.#stream = stream
    this.#parts = parts
    this.#sender = new AnswerSender(socket, () => this.#goOn())
    this.#held = parts.answers.share()
    this.#room = new CallRoom(() => this.#sender.waitingBytes)
    const endHello = this.#awaitHello()
    socket.on('message', (frame, isBinary) => {
      endHello()
      if (isBinary && frame instanceof Uint8Array) this.#queue(frame)
      else this.#closeWith(closeCodes.malformed)
    })
    // Each has been answered, and may have to wait for a client that does not read.
    socket.on('ping', () => this.#throttle())
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // It is followed by `close`.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      endHello()
      this.#room.close()
      this.#held.holdOnly(0)
      this.#leave?.()
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

  /** Called every so often: cuts a client that gives no sign of life, unless none is read. */
  beat(): void {
    if (this.#socket.isPaused) return
    if (!this.#isAlive) {
      this.#socket.terminate()
      return
    }
    this.#isAlive = false
    this.#socket.ping()
  }

  /** Answers what is under way and then closes; what comes later, the client sends elsewhere. */
  drain(): void {
    this.#closeCode ??= closeCodes.goingAway
    this.#goOn()
  }

  cut(): void {
    this.#socket.terminate()
  }

  /** Nobody keeps a connection, or memory, who has not said who it is. */
  #awaitHello(): () => void {
    const stream = this.#stream
    let bytes = 0
    const refuse = (): void => this.#refuse(unauthenticated('No hello came.'))
    const timer = setTimeout(refuse, this.#parts.helloMs)
    const count = (chunk: Buffer): void => {
      bytes += chunk.byteLength
      if (bytes <= socketLimits.helloBytesMax) return
      end()
      this.cut()
    }
    const end = (): void => {
      clearTimeout(timer)
      stream.off('data', count)
    }
    stream.on('data', count)
    return end
  }

  #queue(frame: Uint8Array): void {
    if (this.#closeCode !== undefined) return
    this.#frames++
    this.#frameBytes += frame.byteLength
    this.#throttle()
    // One frame after the other, so that what was asked first begins first.
    this.#turn = this.#turn.then(async () => {
      await this.#take(frame)
      this.#frames--
      this.#frameBytes -= frame.byteLength
      this.#goOn()
    })
  }

  async #take(frame: Uint8Array): Promise<void> {
    try {
      const messages = readFrame(frame, frameLimits)
      if (this.#grant === undefined) await this.#greet(messages[0])
      else await this.#begin(messages, await this.#grantNow(this.#token))
    } catch (error) {
      this.#refuse(KvasirError.from(error))
    }
  }

  async #greet(hello: OpenedMessage | undefined): Promise<void> {
    const [, verb, , token = ''] = hello?.message ?? []
    if (verb !== 'hello' || typeof token !== 'string') {
      throw unauthenticated('The first message on the socket is a hello with a token.')
    }
    const { project } = await this.#grantNow(token)
    if (this.#isOver) return
    const leave = this.#parts.streams.enter(project)
    this.#parts.figures?.socketOpened()
    this.#leave = () => {
      leave()
      this.#parts.figures?.socketClosed()
    }
    this.#token = token
    this.#sender.add((frame) => frame.add([0, 200], []))
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

  async #begin(messages: readonly OpenedMessage[], grant: Grant): Promise<void> {
    for (const opened of messages) {
      const [id, verb] = opened.message
      if (id < 1) throw invalidArgument('The id of a message is a whole number above 0.')
      const isRead = verb !== 'put' && verb !== 'batch'
      if (!this.#room.has(isRead)) {
        this.#throttle()
        await this.#room.until(isRead)
      }
      if (this.#isOver) return
      void this.#answer(opened, { grant, isRead })
    }
  }

  /** Never rejects: what goes wrong is the answer. */
  async #answer(
    { message, value }: OpenedMessage,
    { grant, isRead }: { grant: Grant; isRead: boolean },
  ): Promise<void> {
    const [id, verb] = message
    let status = 200
    this.#messages++
    this.#room.enter(isRead)
    const share = this.#parts.answers.share()
    try {
      const engine = new MeteredEngine(this.#parts.engine, share)
      this.#sender.add(await answerMessage({ message, value, grant }, engine))
    } catch (thrown) {
      const problem = toProblem(this.#parts.tell(KvasirError.from(thrown)))
      status = problem.status
      this.#sender.add((frame) => frame.add([id, problem.status], [problem]))
    }
    this.#parts.figures?.callAnswered(verbs.has(verb) ? String(verb) : 'other', status)
    this.#room.leave(isRead)
    this.#goOn()
    share.holdOnly(0) // By now it is among what waits to be sent.
  }

  get #isOver(): boolean {
    // The socket hears only later that its connection was cut, and takes answers until then.
    return this.#socket.readyState !== this.#socket.OPEN || this.#stream.destroyed
  }

  /** Something is done: goes on with what waited for it. */
  #goOn(): void {
    this.#held.holdOnly(this.#isOver ? 0 : this.#sender.waitingBytes)
    this.#room.look()
    this.#throttle()
    const isDone = this.#frames === 0 && this.#room.isEmpty && this.#sender.isEmpty
    if (this.#closeCode === undefined || !isDone) return
    this.#socket.resume() // To hear the client's goodbye.
    this.#socket.close(this.#closeCode)
  }

  /** Reads no more of what a client asks than it lets us answer. */
  #throttle(): void {
    const isUnknown = this.#leave === undefined && this.#frames > 0
    const isTooMuch =
      isUnknown || this.#room.isWaitedFor || this.#frameBytes > socketLimits.waitingFrameBytesMax
    const isUntaken = this.#sender.waitingBytes > socketLimits.waitingAnswerBytesMax
    const isHeld = isTooMuch || isUntaken
    if (isHeld && !this.#socket.isPaused) this.#socket.pause()
    else if (!isHeld && this.#socket.isPaused) this.#socket.resume()
  }

  /** Says why, and closes. */
  #refuse(error: KvasirError): void {
    const problem = toProblem(this.#parts.tell(error))
    this.#sender.add((frame) => frame.add([0, problem.status], [problem]))
    this.#closeWith(codesOfRefusal.get(error.code) ?? closeCodes.malformed)
  }

  #closeWith(code: number): void {
    this.#closeCode = code
    setTimeout(() => this.cut(), lingerMs).unref()
    this.#goOn()
  }
}

const codesOfRefusal: ReadonlyMap<string, number> = new Map([
  ['KV_UNAUTHENTICATED', closeCodes.refused],
  ['KV_TOO_LARGE', closeCodes.tooLarge],
  ['KV_TOO_MANY_REQUESTS', closeCodes.tryLater],
  ['KV_UNAVAILABLE', closeCodes.tryLater],
])
