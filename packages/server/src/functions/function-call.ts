/** One request on its way through a function: what it did, and how it ended. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { LoadedFunction } from './load-function.ts'

/** How often a request read from the store and wrote to it; each key of a call counts. */
export interface CallCounts {
  reads: number
  writes: number
}

export interface FunctionCall extends CallCounts {
  readonly id: string
  readonly method: string
  /** Without its query, which may hold what is nobody's business. */
  readonly path: string
  readonly startedAt: number
  readonly function: LoadedFunction
  /** The exported name that answers, where it is not the default. */
  readonly member: string | undefined
  /** Set once the answer has been given for the function, which can change nothing any more. */
  outcome: 'timed-out' | 'failed' | undefined
  /** Answers with a failure, unless there is an answer. */
  fail(error: unknown): void
}

/** The call that the running code belongs to, through all its awaits, timers and callbacks. */
export const currentCall = new AsyncLocalStorage<FunctionCall>()

/** How the log names what answers: `flags.js`, or `flags.js#admin`. */
export function labelOf({ function: { name }, member }: FunctionCall): string {
  return member === undefined ? name : `${name}#${member}`
}
