import type { RecordMeasurement, RecordResults } from './record-results.ts'
import { recordStoreList } from './stores/store-list.ts'
import { recordWorkloadList } from './workloads/record-workload-list.ts'

/** Results as a run leaves them: each operation costs 20, 30 and 40 µs at three sizes. */
export function exampleResults(change: Partial<RecordResults> = {}): RecordResults {
  const elementCounts = [10, 1000, 100_000]
  const measurements = recordStoreList.flatMap(({ name: store }) =>
    recordWorkloadList.flatMap(({ name: workload }) =>
      elementCounts.map((elementCount, index) => {
        const costsUs = [20, 20, 20].map((cost) => cost + 10 * index)
        return { store, workload, elementCount, costsUs }
      }),
    ),
  )
  const stores = recordStoreList.map(({ open, serve, ...info }) => info)
  return { elementCounts, rounds: 3, ms: 400, stores, measurements, leftOut: [], ...change }
}

/** The example, in which some measurements went otherwise. */
export function exampleWith(
  place: Partial<RecordMeasurement>,
  outcome: Partial<RecordMeasurement>,
): RecordResults {
  const results = exampleResults()
  const measurements = results.measurements.map((each) => {
    const isMeant = Object.entries(place).every(([name, value]) => {
      return each[name as keyof RecordMeasurement] === value
    })
    return isMeant ? { ...each, ...outcome } : each
  })
  return { ...results, measurements }
}
