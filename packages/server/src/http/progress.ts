/** Follows a transfer that the other side has to get on with, and tells how long it has not. */
export class Progress {
  readonly #bytesMin: number
  #mark = 0
  #waitedMs = 0

  /** Less than so many bytes are no progress. */
  constructor(bytesMin: number) {
    this.#bytesMin = bytesMin
  }

  /**
   * Takes note of where the transfer is, and answers for how long it has made no progress.
   *
   * The time is counted, not looked up, so that a process that was held up itself does not take
   * that for its clients' fault.
   */
  note({ isAwaited, bytes, elapsedMs }: ProgressNote): number {
    if (!isAwaited || bytes - this.#mark >= this.#bytesMin) {
      this.#mark = bytes
      this.#waitedMs = 0
    } else {
      this.#waitedMs += elapsedMs
    }
    return this.#waitedMs
  }
}

export interface ProgressNote {
  /** Whether it is for the other side to go on. */
  readonly isAwaited: boolean
  /** How many bytes have gone by since the connection began. */
  readonly bytes: number
  /** The time since the last note. */
  readonly elapsedMs: number
}
