import { KvasirError, type WriteOutcome } from '../../errors/kvasir-error.ts'

/** The end of a call's patience: its time is up, or its caller gave up. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal | undefined
  readonly #timeoutMs: number
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #onAbort = (): void => this.#controller.abort()

  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs
    this.#caller = caller
    this.#timer = setTimeout(this.#onAbort, timeoutMs)
    if (caller?.aborted) this.#controller.abort()
    caller?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isOver(): boolean {
    return this.#controller.signal.aborted
  }

  /** What is promised, unless the end comes first: not every `fetch` heeds its signal. */
  race<Result>(promise: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(this.error())
      if (this.isOver) onAbort()
      this.signal.addEventListener('abort', onAbort, { once: true })
      promise.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', onAbort))
    })
  }

  /** Waits, but not beyond the end. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, delayMs)
      this.signal.addEventListener('abort', wake, { once: true })
      if (this.isOver) wake()
    })
  }

  error(outcome: WriteOutcome = 'unknown'): KvasirError {
    if (this.#caller?.aborted) {
      return new KvasirError('KV_ABORTED', 'The call was aborted by its signal.', { outcome })
    }
    return new KvasirError(
      'KV_TIMEOUT',
      `No answer came within ${this.#timeoutMs} ms. Try again, or raise requestTimeoutMs.`,
      { outcome, details: { timeoutMs: this.#timeoutMs } },
    )
  }

  /** Lets the time run on without end; the caller's signal still holds. */
  clearTimer(): void {
    clearTimeout(this.#timer)
  }

  clear(): void {
    this.clearTimer()
    this.#caller?.removeEventListener('abort', this.#onAbort)
  }
}
