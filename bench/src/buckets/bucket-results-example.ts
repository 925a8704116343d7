import type { StoreMeasurement } from '../measure-stores.ts'
import type { BucketResults } from './bucket-results.ts'
import { bucketStoreList } from './stores/store-list.ts'
import { bucketWorkloadList } from './workloads/bucket-workload-list.ts'

const sizes = {
  history: [1, 8, 64],
  keys: [100_000, 1_000_000],
  buckets: [10, 1000],
  subscribers: [1, 100],
} as const

/** Results as a run leaves them: each operation costs 20, 30 and 40 µs at its sizes. */
export function exampleBuckets(change: Partial<BucketResults> = {}): BucketResults {
  const measurements = bucketStoreList.flatMap(({ name: store, isRead }) =>
    bucketWorkloadList
      .filter(({ kind }) => kind === 'write' || isRead)
      .flatMap(({ name: workload, scene }) =>
        sizes[scene].map((size, index) => {
          return { store, workload, size, costsUs: [20, 20, 20].map((cost) => cost + 10 * index) }
        }),
      ),
  )
  const stores = bucketStoreList.map(({ open, serve, ...info }) => info)
  return { sizes, rounds: 3, ms: 400, stores, measurements, leftOut: [], ...change }
}

/** The example, in which some measurements went otherwise. */
export function exampleBucketsWith(
  place: Partial<StoreMeasurement>,
  outcome: Partial<StoreMeasurement>,
): BucketResults {
  const results = exampleBuckets()
  const measurements = results.measurements.map((each) => {
    const isMeant = Object.entries(place).every(([name, value]) => {
      return each[name as keyof StoreMeasurement] === value
    })
    return isMeant ? { ...each, ...outcome } : each
  })
  return { ...results, measurements }
}
