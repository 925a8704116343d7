import type { Clock } from '../../src/engine/clock.ts'

export interface ManualClock extends Clock {
  /** Moves both clocks forward and fires what is due, in order. */
  advance(ms: number): void
  /** Sets the wall clock alone, as an administrator might. */
  setWall(epochMs: number): void
}

/** A clock that stands still until the test moves it. */
export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let wallMs = startMs
  let monotonicMs = 0
  const timers = new Map<symbol, { at: number; callback: () => void }>()
  return {
    wallMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    schedule(delayMs, callback) {
      const id = Symbol('timer')
      timers.set(id, { at: monotonicMs + delayMs, callback })
      return () => timers.delete(id)
    },
    advance(ms) {
      wallMs += ms
      monotonicMs += ms
      const due = [...timers].filter(([, { at }]) => at <= monotonicMs)
      for (const [id, { callback }] of due.sort(([, a], [, b]) => a.at - b.at)) {
        if (timers.delete(id)) callback()
      }
    },
    setWall(epochMs) {
      wallMs = epochMs
    },
  }
}
