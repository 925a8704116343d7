/** How sets arrive: each awaited before the next, or this many at a time. */
export const callersCounts = [1, 64] as const

export interface CommitPathTask {
  readonly directory: string
  readonly durability: 'durable' | 'relaxed'
  readonly keyCount: number
  readonly valueBytes: number
  readonly rounds: number
  /** For each step in each round. */
  readonly ms: number
}

/** What one `set` costs with one step more of what Kvasir does, by round. */
export interface StepCosts {
  readonly step: string
  readonly callers: number
  readonly wallUs: readonly number[]
  /** Processor time of all threads. */
  readonly processorUs: readonly number[]
}
