import { type History, isUnknown, linearizable, notLinearizable, type Verdict } from './history.ts'
import type { Model } from './model.ts'

/** The definition itself, tried out on every order there is: for very small histories. */
export function checkPermutations<State extends string | number, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): Verdict {
  const isExplained = (state: State, rest: History<Input, Output>): boolean => {
    if (rest.every(isUnknown)) return true
    return rest.some((operation) => {
      if (rest.some(({ returnedAt }) => returnedAt < operation.calledAt)) return false
      const output = isUnknown(operation) ? undefined : operation.output
      const next = model.step(state, operation.input, output)
      return next !== undefined && isExplained(next, without(rest, operation))
    })
  }
  return isExplained(model.initial, history) ? linearizable : notLinearizable('No order does.')
}

function without<Item>(items: readonly Item[], item: Item): Item[] {
  return items.filter((each) => each !== item)
}
