import { onAbort } from '../../engine/on-abort.ts'
import { KvasirError, type WriteOutcome } from '../../errors/kvasir-error.ts'

/** The end of a call's patience: its time is up, or its caller gave up. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal | undefined
  readonly #timeoutMs: number
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #forget: () => void

  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs
    this.#caller = caller
    const end = (): void => this.#controller.abort()
    this.#timer = setTimeout(end, timeoutMs)
    this.#forget = onAbort(caller, end)
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
      const forget = onAbort(this.signal, () => reject(this.error()))
      promise.then(resolve, reject).finally(forget)
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
    this.#forget()
  }
}
