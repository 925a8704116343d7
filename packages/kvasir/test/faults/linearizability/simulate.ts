import type { History, Operation } from './history.ts'
import type { Model } from './model.ts'

interface Load {
  readonly random: () => number
  readonly clients: number
  readonly operations: number
}

export interface Simulation<State extends string | number, Input, Output> extends Load {
  readonly model: Model<State, Input, Output>
  /** The share of operations that nobody gets an answer to. */
  readonly unknown: number
  /** What is done next; called in the order in which operations take effect. */
  draw(): Input
  /** What a state answers. */
  answer(state: State, input: Input): Output
}

/**
 * A history of clients that use an object which does each operation at one instant between call and
 * return: linearizable by construction. Half of those without an answer were never done.
 */
export function simulate<State extends string | number, Input, Output>(
  simulation: Simulation<State, Input, Output>,
): History<Input, Output> {
  const { model, random, draw, answer } = simulation
  let state = model.initial
  return instants(simulation).map(({ calledAt, returnedAt }): Operation<Input, Output> => {
    const input = draw()
    const isLost = random() < simulation.unknown
    if (isLost && random() < 0.5) {
      return { input, output: undefined, calledAt, returnedAt: Number.POSITIVE_INFINITY }
    }
    const output = answer(state, input)
    state = model.step(state, input, output) ?? state
    return isLost
      ? { input, output: undefined, calledAt, returnedAt: Number.POSITIVE_INFINITY }
      : { input, output, calledAt, returnedAt }
  })
}

/** Calls and returns of clients that take one operation after the other, by effect. */
function instants({ random, clients, operations }: Load) {
  const freeAt = Array.from({ length: clients }, () => 0)
  const all = Array.from({ length: operations }, () => {
    const client = Math.floor(random() * clients)
    const calledAt = (freeAt[client] ?? 0) + Math.floor(random() * 4)
    const effectAt = calledAt + random() * 10
    const returnedAt = Math.ceil(effectAt + random() * 10)
    freeAt[client] = returnedAt + 1
    return { calledAt, effectAt, returnedAt }
  })
  return all.sort((a, b) => a.effectAt - b.effectAt)
}
