import type { Duplex } from 'node:stream'
import { KvasirError } from 'kvasir'
import { closeCodes, frameLimits, type OpenedMessage, readFrame, toProblem } from 'kvasir/protocol'
import type { WebSocket } from 'ws'
import type { Grant } from '../auth/grant.ts'
import { unauthenticated } from '../http/authenticate.ts'
import { invalidArgument } from '../http/shape.ts'
import type { AnswerShare } from '../limits/answer-budget.ts'
import { MeteredEngine } from '../limits/metered-engine.ts'
import { socketLimits } from '../limits/server-limits.ts'
import { answerAtOnce, answerMessage } from './answer-message.ts'
import { AnswerSender } from './answer-sender.ts'
import { awaitHello } from './await-hello.ts'
import { CallRoom } from './call-room.ts'
import { closeCodeOf } from './close-code-of.ts'
import { Pass } from './pass.ts'
import { PlainWrites } from './plain-writes.ts'
import type { Beginning, SessionParts } from './session-parts.ts'
import { isPlainWrite, isReading, verbs } from './socket-verbs.ts'

/** How long a client has to read why it was refused. */
const lingerMs = 1000

/**
 * One client on the socket: says who it is in its first frame, and asks in the others. All messages
 * of a frame begin in their order, and each is answered when it is done.
 */
export class SocketSession {
  readonly startMs = performance.now()
  #messages = 0
  #token = ''
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #parts: SessionParts<SocketSession>
  readonly #pass: Pass
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
  readonly #writes: PlainWrites
  /** Whether nobody else asks at the moment. */
  #isSole = false
  #turn: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, stream: Duplex, parts: SessionParts<SocketSession>) {
    this.#socket = socket
    this.#stream = stream
    this.#parts = parts
    this.#pass = new Pass(parts.verifyToken)
    const goOn = (): void => this.#goOn()
    this.#sender = new AnswerSender(socket, { onTaken: goOn, onSent: () => parts.poll.sent() })
    this.#held = parts.answers.share()
    this.#room = new CallRoom(() => this.#sender.waitingBytes)
    this.#writes = new PlainWrites({ ...parts, sender: this.#sender, room: this.#room, goOn })
    const endHello = awaitHello(stream, {
      withinMs: parts.helloMs,
      missed: () => this.#refuse(unauthenticated('No hello came.')),
      tooLong: () => this.cut(),
    })
    socket.on('message', (frame, isBinary) => {
      endHello()
      if (isBinary && frame instanceof Uint8Array) this.#receive(frame)
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
    return this.#pass.last?.id
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

  #receive(frame: Uint8Array): void {
    if (this.#closeCode !== undefined) return
    const { latest, poll } = this.#parts
    poll.received()
    this.#isSole = latest.session === this
    latest.session = this
    const grant = this.#frames === 0 ? this.#pass.fresh() : undefined
    if (grant) this.#takeAtOnce(frame, grant)
    else this.#queue(frame, () => this.#take(frame))
  }

  /** Takes a frame after those that came before. */
  #queue(frame: Uint8Array, take: () => Promise<void>): void {
    this.#frames++
    this.#frameBytes += frame.byteLength
    this.#throttle()
    // One frame after the other, so that what was asked first begins first.
    this.#turn = this.#turn.then(async () => {
      try {
        await take()
      } catch (error) {
        this.#refuse(KvasirError.from(error))
      }
      this.#frames--
      this.#frameBytes -= frame.byteLength
      this.#goOn()
    })
  }

  /** The way of most frames: nothing waits, and nothing has to. */
  #takeAtOnce(frame: Uint8Array, grant: Grant): void {
    try {
      const messages = readFrame(frame, frameLimits)
      const from = this.#beginSome(messages, { grant, from: 0 })
      if (from < messages.length) this.#queue(frame, () => this.#begin(messages, { grant, from }))
      // Nothing else is to be answered in this turn.
      if (this.#room.isEmpty) this.#sender.flush()
      else this.#sender.flushLater()
    } catch (error) {
      this.#refuse(KvasirError.from(error))
    }
    this.#goOn()
  }

  async #take(frame: Uint8Array): Promise<void> {
    const messages = readFrame(frame, frameLimits)
    if (this.#pass.last === undefined) await this.#greet(messages[0])
    else await this.#begin(messages, { grant: await this.#pass.grantOf(this.#token), from: 0 })
  }

  async #greet(hello: OpenedMessage | undefined): Promise<void> {
    const [, verb, , token = ''] = hello?.message ?? []
    if (verb !== 'hello' || typeof token !== 'string') {
      throw unauthenticated('The first message on the socket is a hello with a token.')
    }
    const { project } = await this.#pass.grantOf(token)
    if (this.#isOver) return
    const leave = this.#parts.streams.enter(project)
    this.#parts.figures?.socketOpened()
    this.#leave = () => {
      leave()
      this.#parts.figures?.socketClosed()
    }
    this.#token = token
    this.#held.isFor(project)
    this.#sender.add((frame) => frame.add([0, 200], []))
  }

  async #begin(messages: readonly OpenedMessage[], { grant, from }: Beginning): Promise<void> {
    for (let at = from; ; ) {
      at = this.#beginSome(messages, { grant, from: at })
      this.#sender.flushLater()
      const next = messages[at]
      if (!next) return
      this.#throttle()
      await this.#room.until(isReading(next))
    }
  }

  /** Begins messages as long as there is room, and answers which is the next. */
  #beginSome(messages: readonly OpenedMessage[], beginning: Beginning): number {
    try {
      return this.#beginUntilFull(messages, beginning)
    } finally {
      // With others, it is the end of the turn that has all there is to share a transaction.
      this.#writes.begin({ atOnce: this.#isSole })
    }
  }

  #beginUntilFull(messages: readonly OpenedMessage[], { grant, from }: Beginning): number {
    let at = from
    for (let opened = messages[at]; opened; opened = messages[++at]) {
      const isRead = isReading(opened)
      if (opened.message[0] < 1) {
        throw invalidArgument('The id of a message is a whole number above 0.')
      }
      if (!this.#room.has(isRead)) return at
      if (this.#isOver) return messages.length
      if (isPlainWrite(opened)) {
        this.#messages++
        this.#writes.add({ ...opened, grant })
        continue
      }
      this.#writes.begin({ atOnce: false }) // They were asked before.
      if (!this.#answerAtOnce(opened, grant)) void this.#answer(opened, { grant, isRead })
    }
    return at
  }

  #answerAtOnce({ message, value }: OpenedMessage, grant: Grant): boolean {
    const { engine, figures } = this.#parts
    if (!answerAtOnce({ message, value, grant }, engine, this.#sender.frame)) return false
    this.#messages++
    this.#sender.flushReads()
    figures?.callAnswered('get', 200)
    return true
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
    const { engine: whole, answers } = this.#parts
    const share = answers.share(grant.project)
    try {
      const engine = new MeteredEngine(whole, share)
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
    this.#closeWith(closeCodeOf(error))
  }

  #closeWith(code: number): void {
    this.#closeCode = code
    setTimeout(() => this.cut(), lingerMs).unref()
    this.#goOn()
  }
}
