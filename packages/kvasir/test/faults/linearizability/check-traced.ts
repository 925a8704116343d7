import { type CheckLimits, checkModel } from './check-model.ts'
import { type History, isUnknown, type Operation, type Verdict } from './history.ts'
import type { Model } from './model.ts'

/** What a write put there, and what an answer shows, where no value is written twice. */
export interface Traces<Input, Output> {
  writtenBy(input: Input): readonly string[]
  shownBy(output: Output): readonly string[]
}

/**
 * Checks a history against a model, after what its answers tell of writes of unknown outcome: one
 * whose value was seen has happened, before the first answer that showed it. One that nobody has
 * seen is first taken for one that never happened; this mostly explains the history, and quickly.
 */
export function checkTraced<State extends string | number, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  traces: Traces<Input, Output> & CheckLimits,
): Verdict {
  const { seen, unseen } = sortUnknown(history, traces)
  const verdict = checkModel(model, seen, traces)
  if (verdict.verdict === 'linearizable' || unseen.length === 0) return verdict
  return checkModel(model, [...seen, ...unseen], traces)
}

function sortUnknown<Input, Output>(
  history: History<Input, Output>,
  { writtenBy, shownBy }: Traces<Input, Output>,
): { seen: History<Input, Output>; unseen: History<Input, Output> } {
  const shownAt = firstShown(history, shownBy)
  const seen: Operation<Input, Output>[] = []
  const unseen: Operation<Input, Output>[] = []
  for (const operation of history) {
    const written = isUnknown(operation) ? writtenBy(operation.input) : []
    // What leaves no traces, such as taking elements away, stays as unknown as it was.
    if (written.length === 0) {
      seen.push(operation)
      continue
    }
    const times = written.map((value) => shownAt.get(value) ?? Infinity)
    // One called after it was shown is for the check to refuse, and not for this to repair.
    const returnedAt = Math.max(Math.min(...times), operation.calledAt)
    if (returnedAt < Infinity) seen.push({ ...operation, output: undefined, returnedAt })
    else unseen.push(operation)
  }
  return { seen, unseen }
}

function firstShown<Input, Output>(
  history: History<Input, Output>,
  shownBy: (output: Output) => readonly string[],
): Map<string, number> {
  const shownAt = new Map<string, number>()
  for (const operation of history) {
    if (isUnknown(operation) || operation.output === undefined) continue
    for (const value of shownBy(operation.output)) {
      shownAt.set(value, Math.min(shownAt.get(value) ?? Infinity, operation.returnedAt))
    }
  }
  return shownAt
}
