import { bucketName } from '../scenes.ts'
import type { BucketWorkload } from './bucket-workload.ts'

/** Asks how many keys a bucket has. */
export const statistics: BucketWorkload = {
  name: 'bucket-statistics',
  title: 'statistics of a bucket',
  kind: 'read',
  scene: 'keys',
  isFlat: true,
  createSteps: ({ connection, keyCount }) => ({
    call: () => connection.countKeys(bucketName),
    check(count) {
      if (count !== keyCount) throw new Error(`The bucket says ${count} keys, not ${keyCount}.`)
    },
  }),
}
