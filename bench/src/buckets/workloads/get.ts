import { bucketName, someKey, textOf } from '../scenes.ts'
import type { BucketWorkload } from './bucket-workload.ts'

export const get: BucketWorkload = {
  name: 'bucket-get',
  title: 'get',
  kind: 'read',
  scene: 'keys',
  createSteps: (setting) => ({
    call: (_, number) => setting.connection.get(bucketName, someKey(number, setting)),
    check(value, number) {
      if (value === textOf(someKey(number, setting))) return
      throw new Error('A value did not come back as it was stored.')
    },
  }),
}
