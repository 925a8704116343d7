// Linearizability against a model, by search: J. Wing and C. Gong, "Testing and verifying concurrent
// objects" (1993), with what G. Lowe, "Testing for linearizability" (2017) adds: configurations
// that were met before are not explored again, and an operation is given its place only when one
// whose answer has come cannot be explained otherwise (just-in-time linearization).

import { type Configuration, Configurations } from './configurations.ts'
import {
  describe,
  type History,
  isUnknown,
  linearizable,
  notLinearizable,
  type Operation,
  type Verdict,
} from './history.ts'
import type { Model } from './model.ts'

export interface CheckLimits {
  /** Steps of the model; default: 5 million, some seconds. */
  readonly stepsMax?: number
  /** Configurations at one time, which take memory; default: 100,000. */
  readonly configurationsMax?: number
}

/** As many as the bits of a number that JavaScript computes with. */
const openMax = 30

/** Checks the history of one object: of one key, as each key can be judged by itself. */
export function checkModel<State extends string | number, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  limits: CheckLimits = {},
): Verdict {
  const search = new Search(model, limits)
  for (const { operation, isReturn } of eventsOf(history)) {
    const verdict = isReturn ? search.finish(operation) : search.begin(operation)
    if (verdict) return verdict
  }
  return linearizable
}

interface Event<Input, Output> {
  readonly at: number
  readonly isReturn: boolean
  readonly operation: Operation<Input, Output>
}

/** Calls and returns in their order; where times touch, calls first, so that they overlap. */
function eventsOf<Input, Output>(history: History<Input, Output>): Event<Input, Output>[] {
  const events = history.flatMap((operation) => {
    const call = { at: operation.calledAt, isReturn: false, operation }
    if (isUnknown(operation)) return [call]
    return [call, { at: operation.returnedAt, isReturn: true, operation }]
  })
  return events.sort((a, b) => a.at - b.at || Number(a.isReturn) - Number(b.isReturn))
}

class Search<State extends string | number, Input, Output> {
  readonly #model: Model<State, Input, Output>
  readonly #limits: Required<CheckLimits>
  #steps = 0
  #configurations = new Configurations<State>()
  /** Operations without their answer so far, each under its bit. */
  readonly #open = new Map<Operation<Input, Output>, number>()
  /** Those whose answer never comes; each under its bit, the same inputs together. */
  readonly #doubtful = new Map<string, Operation<Input, Output>[]>()
  readonly #doubtfulBits = new Map<Operation<Input, Output>, bigint>()

  constructor(
    model: Model<State, Input, Output>,
    { stepsMax = 5_000_000, configurationsMax = 100_000 }: CheckLimits,
  ) {
    this.#model = model
    this.#limits = { stepsMax, configurationsMax }
    this.#configurations.add({ state: model.initial, happened: 0, doubtful: 0n })
  }

  /** Takes note that an operation was called. */
  begin(operation: Operation<Input, Output>): Verdict | undefined {
    if (isUnknown(operation)) {
      const name = JSON.stringify(operation.input)
      this.#doubtful.set(name, [...(this.#doubtful.get(name) ?? []), operation])
      this.#doubtfulBits.set(operation, 1n << BigInt(this.#doubtfulBits.size))
      return undefined
    }
    const bit = this.#freeBit()
    if (bit === undefined) return unknown(`More than ${openMax} operations are open at once.`)
    this.#open.set(operation, bit)
    const before = this.#configurations
    this.#configurations = new Configurations()
    for (const configuration of before) this.#configurations.add(this.#settle(configuration))
    return undefined
  }

  /** Takes note that an answer came, by which the operation has happened. */
  finish(operation: Operation<Input, Output>): Verdict | undefined {
    const bit = this.#open.get(operation) ?? 0
    const seen = new Configurations<State>()
    const explained = new Configurations<State>()
    const toExplore = [...this.#configurations].filter((each) => seen.add(each))
    for (let next = toExplore.pop(); next; next = toExplore.pop()) {
      if (next.happened & bit) {
        explained.add({ ...next, happened: next.happened & ~bit })
        continue
      }
      for (const further of this.#stepsFrom(next)) {
        if (seen.add(further)) toExplore.push(further)
      }
      const gaveUp = this.#limitReached(seen.size)
      if (gaveUp) return gaveUp
    }
    if (explained.size === 0) return this.#unexplained(operation)
    this.#open.delete(operation)
    this.#configurations = explained
    return undefined
  }

  *#stepsFrom(from: Configuration<State>): Generator<Configuration<State>> {
    for (const [operation, bit] of this.#open) {
      if (from.happened & bit) continue
      const state = this.#step(from.state, operation)
      if (state === undefined) continue
      yield this.#settle({ ...from, state, happened: from.happened | bit })
    }
    for (const same of this.#doubtful.values()) {
      // Of those with the same input the first called stands for all: it can be where any can.
      const operation = same.find((each) => (from.doubtful & this.#bitOf(each)) === 0n)
      const state = operation && this.#step(from.state, operation)
      if (!operation || state === undefined || state === from.state) continue
      yield this.#settle({ ...from, state, doubtful: from.doubtful | this.#bitOf(operation) })
    }
  }

  /** Lets pure operations happen as soon as they can: then there are fewer answers to explain. */
  #settle(configuration: Configuration<State>): Configuration<State> {
    let { happened } = configuration
    for (const [operation, bit] of this.#open) {
      if (happened & bit || !this.#model.isPure(operation.input, operation.output)) continue
      if (this.#step(configuration.state, operation) !== undefined) happened |= bit
    }
    return { ...configuration, happened }
  }

  #step(state: State, operation: Operation<Input, Output>): State | undefined {
    this.#steps++
    return this.#model.step(
      state,
      operation.input,
      isUnknown(operation) ? undefined : operation.output,
    )
  }

  #bitOf(operation: Operation<Input, Output>): bigint {
    return this.#doubtfulBits.get(operation) ?? 0n
  }

  #freeBit(): number | undefined {
    const used = [...this.#open.values()].reduce((bits, bit) => bits | bit, 0)
    for (let place = 0; place < openMax; place++) {
      if (!(used & (1 << place))) return 1 << place
    }
    return undefined
  }

  #limitReached(configurations: number): Verdict | undefined {
    const { stepsMax, configurationsMax } = this.#limits
    if (this.#steps > stepsMax) return unknown(`It took more than ${stepsMax} steps.`)
    if (configurations <= configurationsMax) return undefined
    return unknown(`More than ${configurationsMax} configurations are possible at once.`)
  }

  #unexplained(operation: Operation<Input, Output>): Verdict {
    const states = [...new Set([...this.#configurations].map(({ state }) => state))].slice(0, 5)
    return notLinearizable(
      `No order explains ${describe(operation)}. When it was answered, the state could have been ${states.map(String).join(' or ')}, with these open: ${[...this.#open.keys()].map(describe).join('; ')}.`,
    )
  }
}

function unknown(because: string): Verdict {
  return { verdict: 'unknown', because }
}
