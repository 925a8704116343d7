import { pairedRatio } from '../statistics.ts'
import { type BucketResults, costsAt } from './bucket-results.ts'
import { bucketWorkloadList } from './workloads/bucket-workload-list.ts'

// Kvasir's promise: what a page or the figures of a bucket cost does not depend on how much the
// bucket holds. Of single reads it is not promised: those of a large bucket find less in caches.

/** A cost may be half as much again: what surrounds the call differs, too. */
export const sizePromise = { fewKeys: 100_000, manyKeys: 1_000_000, ratioMax: 1.5 } as const

export interface SizeVerdict {
  readonly store: string
  readonly workload: string
  /** The cost at many keys by that at few; absent when it was not measured. */
  readonly ratio?: number
  readonly isKept: boolean
}

/** Judges each flat operation of Kvasir. What was not measured counts as not kept. */
export function judgeSizes(results: BucketResults): SizeVerdict[] {
  const flat = bucketWorkloadList.filter(({ isFlat }) => isFlat)
  return results.stores
    .filter(({ isKvasir, isRead }) => isKvasir && isRead)
    .flatMap(({ name }) => flat.map((workload) => judge(results, name, workload.name)))
}

function judge(results: BucketResults, store: string, workload: string): SizeVerdict {
  const { fewKeys, manyKeys, ratioMax } = sizePromise
  const few = costsAt(results, { store, workload, size: fewKeys })
  const many = costsAt(results, { store, workload, size: manyKeys })
  if (few.length === 0 || many.length === 0) return { store, workload, isKept: false }
  const ratio = pairedRatio(many, few).median
  return { store, workload, ratio, isKept: ratio <= ratioMax }
}
