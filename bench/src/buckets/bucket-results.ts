import type { StoreMeasurement } from '../measure-stores.ts'
import type { EngineInfo } from '../results.ts'
import { median } from '../statistics.ts'
import type { SceneName } from './scenes.ts'

/** What a run leaves behind of the buckets; part of the suite's file in `bench/results`. */
export interface BucketResults {
  /** The sizes of each scene, from small to large. */
  readonly sizes: Readonly<Record<SceneName, readonly number[]>>
  readonly rounds: number
  /** How long each figure was measured in a round. */
  readonly ms: number
  readonly stores: readonly (EngineInfo & { readonly isRead: boolean })[]
  readonly measurements: readonly StoreMeasurement[]
  /** Titles of stores that were left out on request. */
  readonly leftOut: readonly string[]
}

export type BucketStoreInfo = BucketResults['stores'][number]

export interface BucketPlace {
  readonly store: string
  readonly workload: string
  readonly size: number
}

/** The costs of each round; none where a round failed, since half a measurement proves nothing. */
export function costsAt({ measurements }: BucketResults, place: BucketPlace): readonly number[] {
  const found = measurements.find(
    ({ store, workload, size }) =>
      store === place.store && workload === place.workload && size === place.size,
  )
  return found === undefined || found.failure !== undefined ? [] : found.costsUs
}

export function medianAt(results: BucketResults, place: BucketPlace): number | undefined {
  const costs = costsAt(results, place)
  return costs.length === 0 ? undefined : median(costs)
}
