import type { ObjectName } from './objects.ts'

/** Clients log each call before they make it and each answer after it came, a line of JSON each. */
export type LogLine = Call | Return | Refused

export interface Call {
  readonly call: number
  readonly object: ObjectName
  readonly input: unknown
  readonly at: number
}

export interface Return {
  readonly return: number
  readonly calledAt: number
  readonly returnedAt: number
  readonly output: unknown
}

/** It is certain that the call did nothing. */
export interface Refused {
  readonly refused: number
}
