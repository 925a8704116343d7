import type { FakedClock } from './faked-clock.ts'
import type { Life } from './looker.ts'

/** What two processes may differ in their reading of one clock. */
const toleranceMs = 3

interface ObservedLife extends Life {
  /** When an answer had said that it was gone, by the monotonic clock. */
  goneAtMs: number
}

/** What must hold of a look that began at a moment; the clock may be set while it is under way. */
export interface Moment {
  readonly startedAtMs: number
  readonly lowMs: number
  readonly shifts: number
}

/**
 * What a store may say of keys under a clock that is set to and fro. The store's time is between
 * two bounds: at least what answers have depended on, at most the furthest that the clock has been,
 * and what has passed since.
 */
export class ObservedLives {
  readonly #clock: FakedClock
  readonly lives = new Map<string, ObservedLife>()
  readonly tally = { reads: 0, expired: 0, missing: 0, present: 0, absent: 0, jumps: 0 }
  #low = { ms: 0, atMs: 0 }
  #high = { ms: 0, atMs: 0 }
  /** The latest expiry that an answer has depended on: kept over kills. */
  #latestGone = 0

  constructor(clock: FakedClock) {
    this.#clock = clock
    this.#look()
  }

  shift(byMs: number): void {
    this.#look()
    this.tally.jumps++
    this.#clock.shift(byMs)
    this.#look()
  }

  /**
   * To be called when a new process has opened the store: what the old one knew of the time is
   * gone, but for what its answers needed.
   */
  restarted(): void {
    this.#low = { ms: this.#latestGone, atMs: performance.now() }
  }

  begin(): Moment {
    this.#look()
    const startedAtMs = performance.now()
    const continued = this.#low.ms + startedAtMs - this.#low.atMs
    const lowMs = Math.max(continued, this.#clock.wallMs())
    return { startedAtMs, lowMs, shifts: this.tally.jumps }
  }

  put(key: string, life: Life | null): void {
    if (life) this.lives.set(key, { ...life, goneAtMs: Infinity })
    else this.lives.delete(key)
  }

  /** Holds what a look has seen against what it may see. */
  see(life: ObservedLife, { startedAtMs, lowMs, shifts }: Moment, isThere: boolean): void {
    const { tally } = this
    this.#look()
    tally.reads++
    tally[isThere ? 'present' : 'absent']++
    const isClear = shifts === tally.jumps
    if (isClear) this.#atLeast(lowMs, startedAtMs)
    const mustBeGone = isClear && lowMs - toleranceMs >= life.expiresAt
    if (isThere && (mustBeGone || startedAtMs > life.goneAtMs)) tally.expired++
    if (isThere) return
    if (life.expiresAt > this.#high.ms + toleranceMs) tally.missing++
    life.goneAtMs = Math.min(life.goneAtMs, performance.now())
    this.#latestGone = Math.max(this.#latestGone, life.expiresAt)
  }

  #atLeast(ms: number, atMs: number): void {
    if (ms - atMs > this.#low.ms - this.#low.atMs) this.#low = { ms, atMs }
  }

  #look(): void {
    const atMs = performance.now()
    const continued = this.#high.ms + atMs - this.#high.atMs
    this.#high = { ms: Math.max(this.#clock.wallMs(), continued), atMs }
  }
}
