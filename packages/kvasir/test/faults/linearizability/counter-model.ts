import type { Model } from './model.ts'

/** Adds to a number and answers the sum; 0 answers what it is. */
export interface CounterInput {
  readonly add: number
}

/** A number that begins with 0. */
export const counterModel: Model<number, CounterInput, number> = {
  initial: 0,
  isPure: ({ add }) => add === 0,
  step(state, { add }, output) {
    const sum = state + add
    return output === undefined || output === sum ? sum : undefined
  },
}
