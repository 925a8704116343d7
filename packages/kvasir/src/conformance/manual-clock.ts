import type { Clock } from '../engine/clock.ts'

interface Timer {
  readonly dueMs: number
  readonly callback: () => void
}

/** More timers than this in one step of time are a timer that arms itself again and again. */
const timersPerStepMax = 1000

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #wallMs: number
  #monotonicMs = 0
  readonly #timers = new Set<Timer>()

  constructor(startMs: number = Date.UTC(2030, 0, 1)) {
    this.#wallMs = startMs
  }

  wallMs(): number {
    return this.#wallMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /**
   * Lets time pass on both clocks, fires what falls due on the way, each at its own instant, and
   * lets the event loop turn so that what was fired can do its work.
   */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#monotonicMs + ms
    for (let fired = 0; fired < timersPerStepMax; fired++) {
      const timer = this.#nextTimer(targetMs)
      if (!timer) break
      this.#timers.delete(timer)
      this.#moveTo(timer.dueMs)
      timer.callback()
      await turn()
    }
    this.#moveTo(targetMs)
    await turn()
    await turn()
  }

  /**
   * Sets the wall clock alone, as an administrator does; also backwards. Fires nothing, so that
   * what expires by it has expired unnoticed by any background work.
   */
  setWall(epochMs: number): void {
    this.#wallMs = epochMs
  }

  #moveTo(monotonicMs: number): void {
    const passedMs = Math.max(0, monotonicMs - this.#monotonicMs)
    this.#monotonicMs += passedMs
    this.#wallMs += passedMs
  }

  #nextTimer(untilMs: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (!next || timer.dueMs < next.dueMs)) next = timer
    }
    return next
  }
}

/** One turn of the event loop: whatever was ready to run has run. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
