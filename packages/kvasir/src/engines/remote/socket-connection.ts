import { KvasirError } from '../../errors/kvasir-error.ts'
import { FrameWriter, readFrame, type SocketMessage } from '../../protocol/socket-frame.ts'
import { frameLimits, socketPath, socketProtocol } from '../../protocol/socket-names.ts'
import { nextTurn } from './next-turn.ts'
import type { SocketCall } from './socket-call.ts'

/** A WebSocket, whosever it is. */
export interface WireSocket {
  send(frame: Uint8Array): void
  close(): void
  /** How much of what was sent has not left yet. */
  readonly bufferedAmount: number
  /** Says whether the process must stay up for it, where that can be said. */
  keepUp?(isNeeded: boolean): void
}

export interface SocketEvents {
  opened(): void
  received(frame: Uint8Array): void
  /** Is called once, also when it never opened. */
  closed(): void
}

/** Begins to connect. */
export type ConnectSocket = (
  url: string,
  options: { readonly protocol: string; readonly events: SocketEvents },
) => WireSocket | Promise<WireSocket>

export interface SocketConnectionOptions {
  readonly connect: ConnectSocket
  readonly token?: string
  readonly requestTimeoutMs: number
}

/** A call that waits for its answer. */
type Pending = Pick<SocketCall<unknown>, 'startMs' | 'take' | 'lose'>

const retryFirstMs = 100
const retryMostMs = 60_000
const idleMs = 5000
const frameLengthMost = 8 * 1024 * 1024
const bufferedMost = 32 * 1024 * 1024
const pauseMs = 5

/**
 * One lasting connection to a server: what is asked in one turn of the event loop travels as one
 * frame, and answers come in any order.
 *
 * It never connects again by itself: whoever has a call asks `isReady`, which sees to it, and goes
 * another way meanwhile.
 */
export class SocketConnection {
  readonly #url: string
  readonly #options: SocketConnectionOptions
  readonly #pending = new Map<number, Pending>()
  readonly #outbox = new FrameWriter()
  /** Frames that are full and have not been sent. */
  readonly #full: Uint8Array[] = []
  #socket: WireSocket | undefined
  #isConnecting = false
  #isOpen = false
  #isClosed = false
  #isFlushing = false
  #onIdle: (() => void) | undefined
  #nextId = 1
  /** When the first call of the frame in the making came. */
  #turnMs = 0
  #retryAtMs = 0
  #retryMs = retryFirstMs
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(baseUrl: string, options: SocketConnectionOptions) {
    this.#url = baseUrl.replace(/^http/, 'ws') + socketPath
    this.#options = options
  }

  /** Whether a call can go this way now; if not, begins to connect unless that failed just now. */
  isReady(): boolean {
    if (this.#isOpen) return true
    const mayTry = !this.#isConnecting && !this.#isClosed && performance.now() >= this.#retryAtMs
    if (mayTry) void this.#connect()
    return false
  }

  /**
   * Sends a call; only while `isReady`. One whose socket is lost goes another way by itself.
   *
   * @throws {KvasirError} what the server reports; `KV_TIMEOUT`, `KV_BAD_RESPONSE`.
   */
  ask<Result>(call: SocketCall<Result>): Promise<Result> {
    const outbox = this.#outbox
    const id = this.#nextId++
    call.write(outbox, id)
    if (isFull(outbox)) this.#full.push(outbox.take())
    this.#flushLater()
    if (this.#pending.size === 0) this.#socket?.keepUp?.(true)
    call.startMs = this.#turnMs
    this.#pending.set(id, call)
    return call.answered
  }

  /** Lets what is under way be answered, and closes. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#pending.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    }
    this.#drop()
  }

  async #connect(): Promise<void> {
    this.#isConnecting = true
    // The next failure has to wait; a connection that opens sets it back.
    this.#retryAtMs = performance.now() + this.#retryMs
    this.#retryMs = Math.min(retryMostMs, this.#retryMs * 2)
    const { connect } = this.#options
    const events: SocketEvents = {
      opened: () => this.#sayHello(),
      received: (frame) => this.#receive(frame),
      closed: () => this.#lose(),
    }
    try {
      const socket = await connect(this.#url, { protocol: socketProtocol, events })
      this.#socket = socket
      if (this.#isClosed) socket.close()
    } catch {
      // There is no way to connect here; calls go by `fetch`, which says what is wrong.
      this.#isConnecting = false
    }
  }

  /** The token goes in the first frame: pages cannot put it into a header, and URLs are logged. */
  #sayHello(): void {
    const { token } = this.#options
    const hello = new FrameWriter()
    hello.add([0, 'hello'], token === undefined ? [] : [token])
    this.#socket?.send(hello.take())
  }

  #flushLater(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    this.#turnMs = performance.now()
    this.#lookIn(this.#options.requestTimeoutMs)
    nextTurn(this.#flush)
  }

  readonly #flush = (): void => {
    const socket = this.#socket
    this.#isFlushing = false
    if (!socket || !this.#isOpen) return
    if (!this.#outbox.isEmpty) this.#full.push(this.#outbox.take())
    while (this.#full.length > 0 && socket.bufferedAmount < bufferedMost) {
      const frame = this.#full.shift()
      if (frame) socket.send(frame)
    }
    if (this.#full.length === 0) return
    this.#isFlushing = true
    setTimeout(this.#flush, pauseMs)
  }

  #receive(frame: Uint8Array): void {
    try {
      for (const { message, value } of readFrame(frame)) this.#take(message, value)
    } catch {
      this.#drop()
      return
    }
    if (this.#pending.size > 0) return
    this.#socket?.keepUp?.(false)
    this.#onIdle?.()
  }

  #take(message: SocketMessage, value: Uint8Array): void {
    const [id, status] = message
    if (id === 0) {
      this.#hear(status)
      return
    }
    const call = this.#pending.get(id)
    if (!call) return
    this.#pending.delete(id)
    call.take(message, value)
  }

  /** Takes the answer to the hello. */
  #hear(status: unknown): void {
    // The server closes what it refuses, and the next try waits as after any that failed.
    if (status !== 200) return
    this.#isConnecting = false
    this.#isOpen = true
    this.#retryMs = retryFirstMs
    this.#retryAtMs = 0
    if (this.#socket?.keepUp === undefined) this.#lookIn(idleMs)
  }

  #lookIn(delayMs: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#look()
    }, delayMs)
    // With something under way, it is the socket that keeps the process up.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }

  /** Gives up on a server that has gone silent, and a socket that would keep the process up. */
  #look(): void {
    const [oldest] = this.#pending.values()
    if (!oldest) {
      if (this.#socket?.keepUp === undefined) this.#drop()
      return
    }
    const { requestTimeoutMs } = this.#options
    const leftMs = oldest.startMs + requestTimeoutMs - performance.now()
    if (leftMs > 0) this.#lookIn(leftMs)
    else this.#drop(tookTooLong(requestTimeoutMs))
  }

  /** Closes the socket; what waits goes another way, unless there is an error for the oldest. */
  #drop(error?: KvasirError): void {
    this.#socket?.close()
    this.#lose(error)
  }

  /** Everything waiting is told; the next call that asks connects anew. */
  #lose(error?: KvasirError): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isConnecting = false
    this.#isOpen = false
    this.#socket = undefined
    this.#full.length = 0
    if (!this.#outbox.isEmpty) this.#outbox.take()
    const lost = Array.from(this.#pending.values())
    this.#pending.clear()
    const oldestMs = lost[0]?.startMs
    for (const call of lost) call.lose(call.startMs === oldestMs ? error : undefined)
    this.#onIdle?.()
  }
}

/** Whether a frame has what it takes; a character may have three bytes. */
function isFull({ length, headLength, messages }: FrameWriter): boolean {
  const isHeadFull = headLength * 3 > frameLimits.headBytes / 2
  return length > frameLengthMost || isHeadFull || messages >= frameLimits.messages
}

function tookTooLong(timeoutMs: number): KvasirError {
  return new KvasirError(
    'KV_TIMEOUT',
    `No answer came within ${timeoutMs} ms. Try again, or raise requestTimeoutMs.`,
    { outcome: 'unknown', details: { timeoutMs } },
  )
}
