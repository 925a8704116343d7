import type { BucketWorkload } from './bucket-workload.ts'
import { fanOut } from './fan-out.ts'
import { get } from './get.ts'
import { history } from './history.ts'
import { listBuckets } from './list-buckets.ts'
import { listPage } from './list-page.ts'
import { put } from './put.ts'
import { statistics } from './statistics.ts'

/** In the order of the tables, and within a scene in that of a round, too. */
export const bucketWorkloadList: readonly BucketWorkload[] = [
  put,
  history,
  get,
  listPage,
  statistics,
  listBuckets,
  fanOut,
]

export function bucketWorkloadNamed(name: string): BucketWorkload {
  const workload = bucketWorkloadList.find((candidate) => candidate.name === name)
  if (workload) return workload
  throw new Error(`There is no workload of buckets "${name}".`)
}
