import type { Engine } from '../engine/engine.ts'
import type { FullStore } from '../store/full-store.ts'
import type { ManualClock } from './manual-clock.ts'

/** What the suite needs of a matcher; those of vitest, jest and bun all fit. */
export interface Matchers {
  readonly not: Matchers
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
  toStrictEqual(expected: unknown): void
  toMatchObject(expected: object): void
  toHaveLength(length: number): void
  toContain(item: unknown): void
  toContainEqual(item: unknown): void
  toBeGreaterThan(number: number): void
  toBeGreaterThanOrEqual(number: number): void
  toBeLessThanOrEqual(number: number): void
}

export type Expect = (actual: unknown) => Matchers

/** The test runner that runs the suite; it is injected, so that anyone may bring their own. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
  readonly expect: Expect
}

/** An engine opened for one test, at a place of its own. */
export interface OpenedEngine {
  /** As engines are: the suite puts the checked front before it. */
  readonly engine: Engine
  /** The store as users open it, where that is more than the checked front over the engine. */
  readonly store?: FullStore
  /** The clock that the engine goes by. */
  readonly clock: ManualClock
  /** Closes the engine and removes what the test left. */
  close(): Promise<void>
  /**
   * Closes the engine and opens it again at the same place and with the same clock. There where
   * `capabilities.persistence` is.
   */
  reopen?(): Promise<OpenedEngine>
}

/** A test that an engine need not pass. Its failing is checked, so that it goes when it can. */
export interface Exemption {
  /** Its title with those of its groups: `'getting a key › answers what was put'`. */
  readonly test: string
  readonly reason: string
}

export interface Harness {
  /** Names the engine in the report. */
  readonly name: string
  open(): Promise<OpenedEngine>
  readonly exemptions?: readonly Exemption[]
}
