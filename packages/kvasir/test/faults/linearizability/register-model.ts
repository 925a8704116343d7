import type { Traces } from './check-traced.ts'
import type { Model } from './model.ts'

/** What a cell holds; `null` when it holds nothing. */
export type Cell = string | null

/** One atomic step over some cells: it looks, compares, and writes if the comparison held. */
export interface RegisterInput {
  /** Cells that are looked at before anything is written. */
  readonly reads?: readonly number[]
  /** Writes happen only if this cell holds this. */
  readonly expects?: readonly [cell: number, value: Cell]
  readonly writes?: readonly (readonly [cell: number, value: Cell])[]
}

export interface RegisterOutput {
  /** Whether the expectation was met; absent where there was none. */
  readonly isMet?: boolean
  /** What the cells of `reads` held. */
  readonly seen?: readonly Cell[]
  /** Whether the first of them held anything: all that some operations tell. */
  readonly isPresent?: boolean
}

/** The values are unique, but for `null`. */
export const registerTraces: Traces<RegisterInput, RegisterOutput> = {
  writtenBy: ({ writes = [] }) => writes.flatMap(([, value]) => value ?? []),
  shownBy: ({ seen = [] }) => seen.flatMap((value) => value ?? []),
}

/** So many cells that begin empty: registers, with compare-and-set, and several in one step. */
export function registerModel(cells: number): Model<string, RegisterInput, RegisterOutput> {
  return {
    initial: JSON.stringify(Array.from({ length: cells }, () => null)),
    isPure: ({ writes }, output) => !writes || output?.isMet === false,
    step(state, input, output) {
      const values = JSON.parse(state) as Cell[]
      if (output && !couldSee(values, input, output)) return undefined
      const isMet = !input.expects || values[input.expects[0]] === input.expects[1]
      if (output?.isMet !== undefined && output.isMet !== isMet) return undefined
      if (!isMet || !input.writes) return state
      for (const [cell, value] of input.writes) values[cell] = value
      return JSON.stringify(values)
    },
  }
}

function couldSee(
  values: readonly Cell[],
  { reads = [] }: RegisterInput,
  { seen, isPresent }: RegisterOutput,
): boolean {
  if (seen && !reads.every((cell, index) => values[cell] === seen[index])) return false
  const [first = 0] = reads
  return isPresent === undefined || isPresent === (values[first] !== null)
}
