import { socketLimits } from '../limits/server-limits.ts'

/**
 * How much of what one client asks may be under way. A frame of a few bytes can ask for more than
 * there is memory, so that calls begin only when there is room for their answers.
 */
export class CallRoom {
  readonly #waitingBytes: () => number
  #reads = 0
  #writes = 0
  #isClosed = false
  #waiting: { readonly isRead: boolean; readonly resolve: () => void } | undefined

  /** `waitingBytes` tells how much of the answers the client has not taken. */
  constructor(waitingBytes: () => number) {
    this.#waitingBytes = waitingBytes
  }

  get isEmpty(): boolean {
    return this.#reads === 0 && this.#writes === 0
  }

  get isWaitedFor(): boolean {
    return this.#waiting !== undefined
  }

  has(isRead: boolean): boolean {
    const { readsMax, writesMax, waitingAnswerBytesMax } = socketLimits
    const isFull = isRead ? this.#reads >= readsMax : this.#writes >= writesMax
    return !isFull && this.#waitingBytes() <= waitingAnswerBytesMax
  }

  /** Resolves once there is room, or none is needed any more; one at a time may wait. */
  until(isRead: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { isRead, resolve }
      this.look()
    })
  }

  enter(isRead: boolean): void {
    if (isRead) this.#reads++
    else this.#writes++
  }

  leave(isRead: boolean): void {
    if (isRead) this.#reads--
    else this.#writes--
  }

  /** Lets the one who waits go on if there is room. */
  look(): void {
    const waiting = this.#waiting
    if (!waiting || (!this.#isClosed && !this.has(waiting.isRead))) return
    this.#waiting = undefined
    waiting.resolve()
  }

  /** Nobody waits any more: the client has gone. */
  close(): void {
    this.#isClosed = true
    this.look()
  }
}
