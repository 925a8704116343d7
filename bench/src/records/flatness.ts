import { median, pairedRatio } from '../statistics.ts'
import type { RecordResults } from './record-results.ts'
import { recordWorkloadList } from './workloads/record-workload-list.ts'

// Kvasir's promise: what takes one element of a large collection costs hardly more than the same
// call on a small one.

export const promise = { fewElements: 10, manyElements: 100_000, ratioMax: 3 } as const

export interface Verdict {
  readonly store: string
  readonly workload: string
  /** The cost at many elements by that at few; absent when it was not measured. */
  readonly ratio?: number
  readonly isKept: boolean
}

/** Judges each flat operation of Kvasir. What was not measured counts as not kept. */
export function judgeFlatness(results: RecordResults): Verdict[] {
  const flat = recordWorkloadList.filter(({ isFlat }) => isFlat)
  return results.stores
    .filter(({ isKvasir }) => isKvasir)
    .flatMap(({ name, durability }) =>
      flat
        // Reads are measured where writes are durable, and are the same elsewhere.
        .filter(({ kind }) => durability === 'durable' || kind === 'write')
        .map(({ name: workload }) => judge(results, { store: name, workload })),
    )
}

function judge(results: RecordResults, { store, workload }: Omit<Verdict, 'isKept'>): Verdict {
  const { fewElements, manyElements, ratioMax } = promise
  const few = costsOf(results, { store, workload, elementCount: fewElements })
  const many = costsOf(results, { store, workload, elementCount: manyElements })
  if (few.length === 0 || many.length === 0) return { store, workload, isKept: false }
  const ratio = pairedRatio(many, few).median
  return { store, workload, ratio, isKept: ratio <= ratioMax }
}

interface Place {
  readonly store: string
  readonly workload: string
  readonly elementCount: number
}

/** The costs of each round; none where a round failed, since half a measurement proves nothing. */
export function costsOf({ measurements }: RecordResults, place: Place): readonly number[] {
  const found = measurements.find(
    ({ store, workload, elementCount }) =>
      store === place.store && workload === place.workload && elementCount === place.elementCount,
  )
  return found === undefined || found.failure !== undefined ? [] : found.costsUs
}

export function medianCost(results: RecordResults, place: Place): number | undefined {
  const costs = costsOf(results, place)
  return costs.length === 0 ? undefined : median(costs)
}
