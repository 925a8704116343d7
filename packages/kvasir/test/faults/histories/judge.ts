import { isUnknown } from '../linearizability/history.ts'
import { type ObjectName, objectNamed } from './objects.ts'
import type { Logged } from './read-history.ts'

/** What a history was like, and what is wrong with it. */
export interface Judgement {
  readonly operations: number
  /** Writes of which nobody knows whether they happened. */
  readonly unknown: number
  /** Operations during which there was another one on the same object. */
  readonly overlapping: number
  readonly mostAtOnce: number
  /** Why an object's part is not linearizable, or not known to be. */
  readonly complaints: readonly string[]
}

export function judge(histories: ReadonlyMap<ObjectName, readonly Logged[]>): Judgement {
  const parts = [...histories].map(([name, history]): Judgement => {
    const verdict = objectNamed(name).check(history)
    return {
      operations: history.length,
      unknown: history.filter(isUnknown).length,
      ...overlapOf(history.filter((each) => !isUnknown(each))),
      complaints:
        verdict.verdict === 'linearizable'
          ? []
          : [`${name}: ${verdict.verdict}. ${verdict.because}`],
    }
  })
  return parts.reduce(addUp, nothing)
}

export const nothing: Judgement = {
  operations: 0,
  unknown: 0,
  overlapping: 0,
  mostAtOnce: 0,
  complaints: [],
}

export function addUp(one: Judgement, other: Judgement): Judgement {
  return {
    operations: one.operations + other.operations,
    unknown: one.unknown + other.unknown,
    overlapping: one.overlapping + other.overlapping,
    mostAtOnce: Math.max(one.mostAtOnce, other.mostAtOnce),
    complaints: [...one.complaints, ...other.complaints],
  }
}

function overlapOf(history: readonly Logged[]): Pick<Judgement, 'overlapping' | 'mostAtOnce'> {
  const byCall = [...history].sort((a, b) => a.calledAt - b.calledAt)
  let latestReturn = 0
  let overlapping = 0
  let mostAtOnce = 0
  let open: Logged[] = []
  for (const [index, operation] of byCall.entries()) {
    const next = byCall[index + 1]
    const meetsNext = next !== undefined && next.calledAt <= operation.returnedAt
    if (operation.calledAt <= latestReturn || meetsNext) overlapping++
    latestReturn = Math.max(latestReturn, operation.returnedAt)
    open = [...open.filter(({ returnedAt }) => returnedAt >= operation.calledAt), operation]
    mostAtOnce = Math.max(mostAtOnce, open.length)
  }
  return { overlapping, mostAtOnce }
}
