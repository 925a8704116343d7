import { describe, expect, it } from 'vitest'
import { checkModel } from './check-model.ts'
import { checkPermutations } from './check-permutations.ts'
import {
  checkUniqueRegister,
  type UniqueInput,
  type UniqueOutput,
} from './check-unique-register.ts'
import { counterModel } from './counter-model.ts'
import type { Operation } from './history.ts'
import { type ListInput, listModel } from './list-model.ts'
import { type RegisterInput, type RegisterOutput, registerModel } from './register-model.ts'
import { toRegister } from './to-register.ts'

type Times = readonly [calledAt: number, returnedAt: number]

function at<Input, Output>(
  [calledAt, returnedAt]: Times,
  input: Input,
  output?: Output,
): Operation<Input, Output> {
  return { input, output, calledAt, returnedAt }
}

const never = Number.POSITIVE_INFINITY

const write = (value: string, times: Times): Operation<UniqueInput, UniqueOutput> =>
  at(times, { write: value })
const read = (value: string | null, times: Times): Operation<UniqueInput, UniqueOutput> =>
  at(times, { read: true }, value)

const enqueue = (element: string, times: Times): Operation<ListInput, readonly string[]> =>
  at(times, { append: [element] })
const dequeue = (element: string, times: Times): Operation<ListInput, readonly string[]> =>
  at(times, { take: 1 }, [element])

describe('the FIFO queues of Herlihy and Wing (1990)', () => {
  it.each([
    [
      'a queue where simultaneous elements come out in either order',
      [enqueue('x', [0, 4]), enqueue('y', [1, 3]), dequeue('y', [5, 6]), dequeue('x', [7, 8])],
      'linearizable',
    ],
    [
      'an element taken while it is still being put in',
      [enqueue('x', [0, 9]), dequeue('x', [1, 2])],
      'linearizable',
    ],
    [
      'the second element first, when the first was in before',
      [enqueue('x', [0, 1]), enqueue('y', [2, 3]), dequeue('y', [4, 5])],
      'not linearizable',
    ],
    [
      'one element twice',
      [enqueue('x', [0, 3]), enqueue('y', [1, 2]), dequeue('y', [4, 7]), dequeue('y', [5, 6])],
      'not linearizable',
    ],
  ] as const)('%s', (_, history, verdict) => {
    expect(checkModel(listModel, history).verdict).toBe(verdict)
    expect(checkPermutations(listModel, history).verdict).toBe(verdict)
  })
})

describe('registers', () => {
  it.each([
    ['nothing at all', [], 'linearizable'],
    ['a read of what was there before any write', [read(null, [0, 1])], 'linearizable'],
    [
      'old and new value, each read during the write',
      [write('1', [0, 9]), read(null, [1, 2]), read('1', [3, 4])],
      'linearizable',
    ],
    [
      'new and then old value during the write: regular, and not atomic (Lamport 1986)',
      [write('1', [0, 9]), read('1', [1, 2]), read(null, [3, 4])],
      'not linearizable',
    ],
    [
      'a stale read',
      [write('1', [0, 1]), write('2', [2, 3]), read('1', [4, 5])],
      'not linearizable',
    ],
    [
      'a read of what is written later',
      [read('1', [0, 1]), write('1', [2, 3])],
      'not linearizable',
    ],
    ['a read of what nobody writes', [read('1', [0, 1])], 'not linearizable'],
    [
      'two simultaneous writes that two readers see in opposite orders',
      [
        write('1', [0, 1]),
        write('2', [0, 1]),
        ...[read('1', [2, 3]), read('2', [4, 5]), read('2', [2, 3]), read('1', [4, 5])],
      ],
      'not linearizable',
    ],
    [
      'times that touch, which count as simultaneous',
      [write('1', [0, 2]), read(null, [2, 3])],
      'linearizable',
    ],
    [
      'a write without an answer that takes effect much later',
      [write('1', [0, never]), read(null, [10, 11]), read('1', [20, 21])],
      'linearizable',
    ],
    [
      'a write without an answer that is undone',
      [write('1', [0, never]), read('1', [10, 11]), read(null, [20, 21])],
      'not linearizable',
    ],
    [
      'a write without an answer, over what was written and read since',
      [write('1', [0, never]), write('2', [1, 2]), read('2', [3, 4]), read('1', [5, 6])],
      'linearizable',
    ],
    ['a read without an answer', [write('1', [0, 1]), read('9', [2, never])], 'linearizable'],
  ] as const)('%s', (_, history, verdict) => {
    expect(checkUniqueRegister(history).verdict).toBe(verdict)
    const cells = history.map(toRegister)
    expect(checkModel(registerModel(1), cells).verdict).toBe(verdict)
    expect(checkPermutations(registerModel(1), cells).verdict).toBe(verdict)
  })

  it('are not judged by zones when a value is written twice', () => {
    const history = [write('1', [0, 1]), write('1', [2, 3])]

    expect(() => checkUniqueRegister(history)).toThrow('written twice')
  })
})

describe('compare-and-set', () => {
  const set = (from: string | null, to: string, rest: { isMet?: boolean; times: Times }) =>
    at<RegisterInput, RegisterOutput>(
      rest.times,
      { expects: [0, from], writes: [[0, to]] },
      { ...(rest.isMet !== undefined && { isMet: rest.isMet }) },
    )

  it.each([
    [
      'one winner of two',
      [
        set(null, '1', { isMet: true, times: [0, 5] }),
        set(null, '2', { isMet: false, times: [1, 3] }),
      ],
      'linearizable',
    ],
    [
      'two winners from one value',
      [
        set(null, '1', { isMet: true, times: [0, 5] }),
        set(null, '2', { isMet: true, times: [1, 3] }),
      ],
      'not linearizable',
    ],
    [
      'a loser before whom nobody can have won',
      [
        set(null, '1', { isMet: false, times: [0, 1] }),
        set(null, '2', { isMet: true, times: [2, 3] }),
      ],
      'not linearizable',
    ],
    [
      'a loser to one whose answer was lost',
      [set(null, '1', { times: [0, never] }), set(null, '2', { isMet: false, times: [2, 3] })],
      'linearizable',
    ],
  ] as const)('%s', (_, history, verdict) => {
    expect(checkModel(registerModel(1), history).verdict).toBe(verdict)
    expect(checkPermutations(registerModel(1), history).verdict).toBe(verdict)
  })
})

describe('several cells in one step', () => {
  const writeBoth = (value: string, times: Times) =>
    at<RegisterInput, RegisterOutput>(times, {
      writes: [
        [0, value],
        [1, value],
      ],
    })
  const readBoth = (seen: readonly (string | null)[], times: Times) =>
    at<RegisterInput, RegisterOutput>(times, { reads: [0, 1] }, { seen })

  it.each([
    ['seen together', [writeBoth('1', [0, 9]), readBoth(['1', '1'], [1, 2])], 'linearizable'],
    ['seen by halves', [writeBoth('1', [0, 9]), readBoth(['1', null], [1, 2])], 'not linearizable'],
  ] as const)('%s', (_, history, verdict) => {
    expect(checkModel(registerModel(2), history).verdict).toBe(verdict)
  })
})

describe('counters', () => {
  const add = (number: number, sum: number | undefined, times: Times) =>
    at<{ add: number }, number>(times, { add: number }, sum)

  it.each([
    ['simultaneous additions', [add(1, 2, [0, 5]), add(1, 1, [1, 3])], 'linearizable'],
    ['an update that is lost', [add(1, 1, [0, 5]), add(1, 1, [1, 3])], 'not linearizable'],
    ['a number that falls', [add(1, 2, [0, 1]), add(1, 1, [2, 3])], 'not linearizable'],
    [
      'an addition without an answer that counts',
      [add(1, undefined, [0, never]), add(1, 2, [2, 3])],
      'linearizable',
    ],
    [
      'an addition without an answer that counts twice',
      [add(1, undefined, [0, never]), add(1, 3, [2, 3])],
      'not linearizable',
    ],
  ] as const)('%s', (_, history, verdict) => {
    expect(checkModel(counterModel, history).verdict).toBe(verdict)
    expect(checkPermutations(counterModel, history).verdict).toBe(verdict)
  })
})
