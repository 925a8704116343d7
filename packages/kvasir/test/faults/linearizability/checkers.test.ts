import { describe, expect, it } from 'vitest'
import { repeatableRandom } from '../../remote/tcp-proxy.ts'
import { type CheckLimits, checkModel } from './check-model.ts'
import { checkPermutations } from './check-permutations.ts'
import { checkTraced } from './check-traced.ts'
import {
  checkUniqueRegister,
  type UniqueInput,
  type UniqueOutput,
} from './check-unique-register.ts'
import { counterModel } from './counter-model.ts'
import type { History, Operation, Verdict } from './history.ts'
import { listTraces } from './list-model.ts'
import { registerModel } from './register-model.ts'
import { simulate } from './simulate.ts'
import { counter, list, type Subject, twoCells, uniqueRegister } from './subjects.ts'
import { toRegister } from './to-register.ts'

type Subjects = readonly (readonly [
  name: string,
  subject: (random: () => number) => Subject<unknown, unknown>,
])[]

const subjects = [
  ['cells', twoCells],
  ['a counter', counter],
  ['a list', list],
] as unknown as Subjects

const small = { clients: 3, unknown: 0.15 }
const large = { clients: 4, operations: 1000, unknown: 0 }

/** Gives some operation the answer or the times of another one, which mostly breaks a history. */
function tamper<Input, Output>(
  history: History<Input, Output>,
  random: () => number,
): History<Input, Output> {
  const pick = () => Math.floor(random() * history.length)
  const [one, other] = [pick(), history[pick()]]
  if (!other || random() < 0.4) return history
  const { input: _ignored, output, ...times } = other
  const change = random() < 0.5 ? { output } : times
  return history.map((operation, index) =>
    index === one ? { ...operation, ...change } : operation,
  )
}

function drawSmall<Input, Output>(
  subject: Subject<Input, Output>,
  { random, operations }: { random: () => number; operations: number },
): History<Input, Output> {
  const simulated = simulate({ ...subject, ...small, random, operations })
  return [1, 2, 3].reduce((history) => tamper(history, random), simulated)
}

const isMany = (number: number): boolean => number > 150
const enoughOfBoth = {
  linearizable: expect.toSatisfy(isMany),
  'not linearizable': expect.toSatisfy(isMany),
}

function count(verdicts: readonly Verdict[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { verdict } of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}

describe('both checks of a register', () => {
  it('agree on 10,000 small histories, and with the definition where it can be tried', () => {
    const random = repeatableRandom(1)
    const disagreed: unknown[] = []
    const verdicts = Array.from({ length: 10_000 }, (_, round) => {
      const operations = 2 + (round % 7)
      const history = drawSmall(uniqueRegister(random), { random, operations })
      const cells = history.map(toRegister)

      const byZones = checkUniqueRegister(history)

      const others = [checkModel(registerModel(1), cells)]
      if (operations <= 5) others.push(checkPermutations(registerModel(1), cells))
      if (others.some(({ verdict }) => verdict !== byZones.verdict)) disagreed.push(history)
      return byZones
    })

    expect(disagreed).toEqual([])
    expect(count(verdicts)).toEqual(enoughOfBoth)
  })
})

describe('the check against a model', () => {
  it.each(subjects)('agrees with the definition on 2,000 small histories of %s', (_, subject) => {
    const random = repeatableRandom(2)
    const disagreed: unknown[] = []
    const verdicts = Array.from({ length: 2000 }, (_, round) => {
      const drawn = subject(random)
      const history = drawSmall(drawn, { random, operations: 2 + (round % 5) })

      const verdict = checkModel(drawn.model, history)

      const defined = checkPermutations(drawn.model, history)
      if (verdict.verdict !== defined.verdict) disagreed.push(history)
      return verdict
    })

    expect(disagreed).toEqual([])
    expect(count(verdicts)).toEqual(enoughOfBoth)
  })

  it.each(subjects)('accepts what %s did, a thousand operations at a time', (_, subject) => {
    const random = repeatableRandom(3)

    const verdicts = Array.from({ length: 10 }, () => {
      const drawn = subject(random)
      return checkModel(drawn.model, simulate({ ...drawn, ...large, random }))
    })

    expect(count(verdicts)).toEqual({ linearizable: 10 })
  })

  it('accepts what a list did that often left its clients without an answer', () => {
    const random = repeatableRandom(7)

    const verdicts = Array.from({ length: 10 }, () => {
      const drawn = { ...list(random), ...large, unknown: 0.05, random }
      return checkTraced(drawn.model, simulate(drawn), listTraces)
    })

    expect(count(verdicts)).toEqual({ linearizable: 10 })
  })

  it('refuses a thousand operations of which one update was lost', () => {
    const random = repeatableRandom(4)

    const verdicts = Array.from({ length: 20 }, () => {
      const history = simulate({ ...counter(random), ...large, random })
      return checkModel(counterModel, loseUpdate(history))
    })

    expect(count(verdicts)).toEqual({ 'not linearizable': 20 })
  })

  it.each([
    [{ stepsMax: 100 }, 'It took more than 100 steps.'],
    [{ configurationsMax: 10 }, 'More than 10 configurations are possible at once.'],
  ] as const)('says that it does not know when it reaches %j', (limits: CheckLimits, because) => {
    const simultaneous = Array.from({ length: 20 }, (_, index) => {
      const input = { writes: [[0, String(index)]] } as const
      return { input, output: {}, calledAt: 0, returnedAt: 10 }
    })

    const verdict = checkModel(registerModel(1), simultaneous, limits)

    expect(verdict).toEqual({ verdict: 'unknown', because })
  })

  it('says that it does not know when more operations are open than it can tell apart', () => {
    const simultaneous = Array.from({ length: 31 }, (_, index) => {
      return { input: { add: 1 }, output: index + 1, calledAt: 0, returnedAt: 10 }
    })

    expect(checkModel(counterModel, simultaneous)).toMatchObject({ verdict: 'unknown' })
  })

  it('names the operation that nothing explains', () => {
    const history = [
      { input: { add: 1 }, output: 1, calledAt: 0, returnedAt: 1 },
      { input: { add: 1 }, output: 1, calledAt: 2, returnedAt: 3 },
    ]

    expect(checkModel(counterModel, history)).toMatchObject({
      because: expect.stringContaining('No order explains {"add":1} → 1 (from 2 to 3)'),
    })
  })

  it('takes many operations of unknown outcome', () => {
    const lost = Array.from({ length: 200 }, (_, index) => {
      return { input: { add: 1 }, output: undefined, calledAt: index, returnedAt: Infinity }
    })
    const sum = { input: { add: 0 }, output: 150, calledAt: 500, returnedAt: 501 }

    expect(checkModel(counterModel, [...lost, sum]).verdict).toBe('linearizable')
    expect(checkModel(counterModel, [...lost, { ...sum, output: 201 }]).verdict).toBe(
      'not linearizable',
    )
  })
})

describe('the check by zones', () => {
  it('accepts what a register did, 100,000 operations at a time', () => {
    const random = repeatableRandom(5)
    const load = { clients: 8, operations: 100_000, unknown: 0.05, random }

    const history = simulate({ ...uniqueRegister(random), ...load })

    expect(checkUniqueRegister(history)).toEqual({ verdict: 'linearizable' })
  })

  it.each([
    ['a read is stale', makeStale],
    ['a read sees what is written after it', travelInTime],
  ] as const)('refuses, as the other check does, a thousand operations where %s', (_, spoil) => {
    const random = repeatableRandom(6)

    const spoilt = Array.from({ length: 5 }, () =>
      spoil(simulate({ ...uniqueRegister(random), ...large, random })),
    )

    expect(count(spoilt.map(checkUniqueRegister))).toEqual({ 'not linearizable': 5 })
    const cells = spoilt.map((history) => checkModel(registerModel(1), history.map(toRegister)))
    expect(count(cells)).toEqual({ 'not linearizable': 5 })
  })
})

type Observed = Operation<UniqueInput, UniqueOutput>

/** Gives the last read the value of a write that another one had replaced before the read. */
function makeStale(history: readonly Observed[]): Observed[] {
  const read = history.findLast(({ input, returnedAt }) => 'read' in input && returnedAt < Infinity)
  const early = history.find(({ input }) => 'write' in input)
  const value = early && 'write' in early.input ? early.input.write : null
  return history.map((each) => (each === read ? { ...each, output: value } : each))
}

/** Gives the first read the value of the last write. */
function travelInTime(history: readonly Observed[]): Observed[] {
  const read = history.find(({ input, returnedAt }) => 'read' in input && returnedAt < Infinity)
  const late = history.findLast(({ input }) => 'write' in input)
  const value = late && 'write' in late.input ? late.input.write : null
  return history.map((each) => (each === read ? { ...each, output: value } : each))
}

/** Has one addition answered as if the one before it had not been. */
function loseUpdate(history: History<{ add: number }, number>): History<{ add: number }, number> {
  const middle = history.findIndex(
    ({ input, output, returnedAt }, index) =>
      index > 500 && input.add > 0 && output !== undefined && returnedAt < Infinity,
  )
  return history.map((each, index) => {
    if (index < middle || each.output === undefined) return each
    return { ...each, output: each.output - (history[middle]?.input.add ?? 0) }
  })
}
