import { bucketName, someKey, textOf } from '../scenes.ts'
import type { BucketWorkload } from './bucket-workload.ts'

/** Overwrites keys whose history is full, so that each call also drops the oldest value. */
export const put: BucketWorkload = {
  name: 'bucket-put',
  title: 'put',
  kind: 'write',
  scene: 'history',
  createSteps(setting) {
    let last = 0
    return {
      prepare: (number) => someKey(number, setting),
      call: (key) => setting.connection.put(bucketName, key, textOf(key)),
      check(revision) {
        if (Number(revision) <= last) throw new Error(`Revision ${revision} came after ${last}.`)
        last = Number(revision)
      },
    }
  },
}
