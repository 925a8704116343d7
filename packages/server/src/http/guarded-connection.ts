import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { sliceBytes } from './paced-response.ts'
import { Progress } from './progress.ts'

/** Why a connection is cut. */
export type CutReason = 'slow-request' | 'slow-reader'

const receivedBytesMin = 4096

/** One connection, and what its client is doing with it. */
export class GuardedConnection {
  readonly socket: Socket
  /** What it is counted under. */
  readonly network: string
  readonly #received = new Progress(receivedBytesMin)
  readonly #taken = new Progress(sliceBytes)
  readonly #quiet = new Progress(1)
  /** Those under way, in the order in which they close; closed ones may stand before them. */
  readonly #responses: ServerResponse[] = []
  #incoming: IncomingMessage | undefined
  #isSocket = false

  constructor(socket: Socket, network: string) {
    this.socket = socket
    this.network = network
  }

  begin(incoming: IncomingMessage, response: ServerResponse): void {
    this.#incoming = incoming
    this.#forgetClosed()
    this.#responses.push(response)
  }

  /** From now on it carries no requests any more, and is quiet only for those who serve it. */
  becomeSocket(): void {
    this.#isSocket = true
  }

  /** Whether a part of an answer is on its way, so that nothing else may be said. */
  get isAnswering(): boolean {
    this.#forgetClosed()
    return this.#responses.some((response) => response.headersSent)
  }

  /** Looks at what has happened in the last `elapsedMs`, and says if that is too little. */
  check(elapsedMs: number, stallMs: number): CutReason | undefined {
    const { socket } = this
    this.#forgetClosed() // An idle connection keeps nothing of its last answer.
    const unread = this.#taken.note({
      isAwaited: socket.writableLength > 0,
      bytes: socket.bytesWritten - socket.writableLength,
      elapsedMs,
    })
    if (unread >= stallMs) return 'slow-reader'
    const unsent = this.#received.note({
      isAwaited: this.#isBodyAwaited(),
      bytes: socket.bytesRead,
      elapsedMs,
    })
    return unsent >= stallMs ? 'slow-request' : undefined
  }

  /** For how long there has been no request, nor any part of one. */
  quietMs(elapsedMs: number): number {
    this.#forgetClosed()
    const isAwaited = this.#responses.length === 0 && !this.#isSocket
    return this.#quiet.note({ isAwaited, bytes: this.socket.bytesRead, elapsedMs })
  }

  /** Looking at them costs less than a listener for each. */
  #forgetClosed(): void {
    while (this.#responses[0]?.closed) this.#responses.shift()
  }

  #isBodyAwaited(): boolean {
    const incoming = this.#incoming
    if (!incoming || incoming.complete) return false
    // What has come and was not looked at yet is for the server to go on with.
    return incoming.readableLength === 0
  }
}
