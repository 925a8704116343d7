import type { Traces } from './check-traced.ts'
import type { Model } from './model.ts'

/** Elements have no comma in them. */
export type ListInput =
  | { readonly append: readonly string[] }
  /** Removes up to so many elements from the front and answers them. */
  | { readonly take: number }
  /** Answers up to so many elements from the front. */
  | { readonly peek: number }

/** The elements are unique. */
export const listTraces: Traces<ListInput, readonly string[]> = {
  writtenBy: (input) => ('append' in input ? input.append : []),
  shownBy: (output) => output,
}

const separator = ','

/** A list that begins empty and grows at its end: a queue, when elements are taken from it. */
export const listModel: Model<string, ListInput, readonly string[]> = {
  initial: '',
  isPure(input, output) {
    if ('append' in input) return input.append.length === 0
    return 'peek' in input || output?.length === 0
  },
  step(state, input, output) {
    if ('append' in input) return join(state, input.append.join(separator))
    const elements = state === '' ? [] : state.split(separator)
    const front = elements.slice(0, 'take' in input ? input.take : input.peek)
    if (output && front.join(separator) !== output.join(separator)) return undefined
    return 'take' in input ? elements.slice(front.length).join(separator) : state
  },
}

function join(left: string, right: string): string {
  return left === '' || right === '' ? left + right : left + separator + right
}
