import type { UniqueInput, UniqueOutput } from './check-unique-register.ts'
import { type CounterInput, counterModel } from './counter-model.ts'
import { type ListInput, listModel } from './list-model.ts'
import type { Model } from './model.ts'
import {
  type Cell,
  type RegisterInput,
  type RegisterOutput,
  registerModel,
} from './register-model.ts'
import type { Simulation } from './simulate.ts'

export type Subject<Input, Output> = Pick<
  Simulation<string | number, Input, Output>,
  'model' | 'draw' | 'answer'
>

type Random = () => number

/** A register with unique values, for `checkUniqueRegister`. */
export function uniqueRegister(random: Random): Subject<UniqueInput, UniqueOutput> {
  let written = 0
  const model: Model<string, UniqueInput, UniqueOutput> = {
    initial: '',
    step: (state, input) => ('write' in input ? input.write : state),
    isPure: (input) => 'read' in input,
  }
  return {
    model: model as Model<string | number, UniqueInput, UniqueOutput>,
    draw: () => (random() < 0.5 ? { read: true } : { write: String(++written) }),
    answer: (state, input) => ('read' in input && state !== '' ? String(state) : null),
  }
}

/** Two cells with reads, writes, writes of both and compare-and-set, of few values. */
export function twoCells(random: Random): Subject<RegisterInput, RegisterOutput> {
  const below = (count: number) => Math.floor(random() * count)
  const cell = () => below(2)
  const value = (): Cell => [null, 'a', 'b', 'c'][below(4)] ?? null
  const draws: readonly (() => RegisterInput)[] = [
    () => ({ reads: [cell()] }),
    () => ({ reads: [0, 1] }),
    () => ({ writes: [[cell(), value()]] }),
    () => ({
      writes: [
        [0, value()],
        [1, value()],
      ],
    }),
    () => ({ expects: [cell(), value()], writes: [[cell(), value()]] }),
    () => ({ reads: [cell()], writes: [[cell(), value()]] }),
  ]
  return {
    model: registerModel(2) as Model<string | number, RegisterInput, RegisterOutput>,
    draw: () => draws[below(draws.length)]?.() ?? {},
    answer(state, { reads, expects }) {
      const cells = JSON.parse(String(state)) as Cell[]
      return {
        ...(reads && { seen: reads.map((each) => cells[each] ?? null) }),
        ...(expects && { isMet: cells[expects[0]] === expects[1] }),
      }
    },
  }
}

export function counter(random: Random): Subject<CounterInput, number> {
  return {
    model: counterModel as Model<string | number, CounterInput, number>,
    draw: () => ({ add: Math.floor(random() * 3) }),
    answer: (state, { add }) => Number(state) + add,
  }
}

export function list(random: Random): Subject<ListInput, readonly string[]> {
  let appended = 0
  const draws: readonly (() => ListInput)[] = [
    () => ({ append: [String(++appended)] }),
    () => ({ take: 1 }),
    () => ({ peek: 1000 }),
  ]
  return {
    model: listModel as Model<string | number, ListInput, readonly string[]>,
    draw: () => draws[Math.floor(random() * draws.length)]?.() ?? { take: 1 },
    answer(state, input) {
      if ('append' in input || state === '') return []
      return String(state)
        .split(',')
        .slice(0, 'take' in input ? input.take : input.peek)
    },
  }
}
