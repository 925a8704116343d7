/** Histories as clients saw them, and what a check says of one. */

/**
 * One call and its answer. The times come from one clock that all clients share and that only goes
 * forward; operations whose times touch count as simultaneous.
 */
export interface Operation<Input, Output> {
  readonly input: Input
  /** Of no account when the outcome is unknown. */
  readonly output: Output | undefined
  readonly calledAt: number
  /** `Infinity`: no answer came. It happened at any time after the call, or never. */
  readonly returnedAt: number
}

export type History<Input, Output> = readonly Operation<Input, Output>[]

/**
 * `'unknown'`: the check gave up at one of its limits. Whoever wanted a proof has none, and a test
 * fails by it.
 */
export type Verdict =
  | { readonly verdict: 'linearizable' }
  | { readonly verdict: 'not linearizable' | 'unknown'; readonly because: string }

export const linearizable: Verdict = { verdict: 'linearizable' }

export function notLinearizable(because: string): Verdict {
  return { verdict: 'not linearizable', because }
}

export function isUnknown({ returnedAt }: { readonly returnedAt: number }): boolean {
  return returnedAt === Number.POSITIVE_INFINITY
}

/** An operation in words, for the reasons of a verdict. */
export function describe({ input, output, calledAt, returnedAt }: Operation<unknown, unknown>) {
  const answer = returnedAt === Number.POSITIVE_INFINITY ? 'nobody knows' : JSON.stringify(output)
  return `${JSON.stringify(input)} → ${answer} (from ${calledAt} to ${returnedAt})`
}
