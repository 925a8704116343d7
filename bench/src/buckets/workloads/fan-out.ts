import { bucketName, someKey, textOf } from '../scenes.ts'
import type { BucketWorkload } from './bucket-workload.ts'

/** Puts a key and waits until every subscriber has been told, in order and once. */
export const fanOut: BucketWorkload = {
  name: 'bucket-watch',
  title: 'put seen by all subscribers *',
  kind: 'write',
  scene: 'subscribers',
  createSteps: (setting) => ({
    prepare: (number) => someKey(number, setting),
    async call(key) {
      const revision = await setting.connection.put(bucketName, key, textOf(key))
      await setting.audience.allSee(revision)
    },
  }),
}
