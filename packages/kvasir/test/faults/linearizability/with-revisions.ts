import type { Traces } from './check-traced.ts'
import type { Model } from './model.ts'

/** What an operation answered, and what it told of the object's revision. */
export interface Revised<Output> {
  readonly answer: Output
  /** The revision that it made, or saw; absent when it told of none. */
  readonly revision?: number
  /** Whether the revision is one that the operation made. */
  readonly isNew?: boolean
}

/**
 * The same object with a revision, which every change makes a higher one. After a change of unknown
 * outcome the revision is whatever higher one is seen next.
 */
export function withRevisions<State extends string | number, Input, Output>(
  model: Model<State, Input, Output>,
): Model<string, Input, Revised<Output>> {
  const parse = (state: string) => JSON.parse(state) as Parsed<State>
  const write = (...state: Parsed<State>) => JSON.stringify(state)
  return {
    initial: write(0, false, model.initial),
    isPure: (input, output) => model.isPure(input, output?.answer) && !output?.isNew,
    step(text, input, output) {
      const [revision, isExact, state] = parse(text)
      const next = model.step(state, input, output?.answer)
      if (next === undefined) return undefined
      if (!output) return next === state ? text : write(revision, false, next)
      const told = output.revision
      if (told === undefined) return write(revision, isExact, next)
      const couldBe = output.isNew || !isExact ? told > revision : told === revision
      return couldBe ? write(told, true, next) : undefined
    },
  }
}

type Parsed<State> = [revision: number, isExact: boolean, state: State]

export function revisedTraces<Input, Output>({
  writtenBy,
  shownBy,
}: Traces<Input, Output>): Traces<Input, Revised<Output>> {
  return { writtenBy, shownBy: ({ answer }) => shownBy(answer) }
}
