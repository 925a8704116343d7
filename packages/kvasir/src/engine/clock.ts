/** Where an engine gets the time and its wake-ups from. Tests pass one that they move by hand. */
export interface Clock {
  /** The wall clock: epoch milliseconds. */
  wallMs(): number
  /** A clock that only ever goes forward, from an arbitrary start, in milliseconds. */
  monotonicMs(): number
  /** Calls back once after a delay; the function it returns cancels that. */
  schedule(delayMs: number, callback: () => void): () => void
}

// Longer delays overflow the timers of JavaScript runtimes and would fire at once.
const delayMsMax = 2 ** 31 - 1

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, delayMsMax))
    // A timer of ours must not keep a process alive; browsers' timers are numbers and cannot.
    if (typeof timer === 'object') timer.unref()
    return () => clearTimeout(timer)
  },
}

/** The wall clock is corrected all the time; running ahead by more than this, it has leapt. */
const leapMs = 1000

/**
 * The engine's time: the wall clock, except that it never runs backwards and never stands still.
 *
 * When the wall clock falls behind the highest time seen, time goes on from there by the monotonic
 * clock, so that an expired key never comes back and a TTL never freezes.
 */
export class SteadyTime {
  readonly #clock: Clock
  readonly #onLeap: () => void
  #highestMs: number
  #highestAtMs: number

  /**
   * `onLeap` is called when time has come further than timers know: they go by the monotonic
   * clock.
   */
  constructor(clock: Clock, onLeap: () => void = () => undefined) {
    this.#clock = clock
    this.#onLeap = onLeap
    this.#highestMs = clock.wallMs()
    this.#highestAtMs = clock.monotonicMs()
  }

  now(): number {
    const monotonicMs = this.#clock.monotonicMs()
    const continuedMs = this.#highestMs + (monotonicMs - this.#highestAtMs)
    const wallMs = this.#clock.wallMs()
    this.#highestMs = Math.max(wallMs, continuedMs)
    this.#highestAtMs = monotonicMs
    if (wallMs > continuedMs + leapMs) this.#onLeap()
    return Math.floor(this.#highestMs)
  }

  /** Takes note of a time that was seen before or elsewhere, such as in the stored data. */
  observe(epochMs: number): void {
    if (epochMs <= this.now()) return
    this.#highestMs = epochMs
  }
}
