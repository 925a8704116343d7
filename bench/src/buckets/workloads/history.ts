import { bucketName, someKey, textOf } from '../scenes.ts'
import type { BucketWorkload } from './bucket-workload.ts'

/** Reads all kept values of one key. */
export const history: BucketWorkload = {
  name: 'bucket-history',
  title: 'history of a key',
  kind: 'read',
  scene: 'history',
  createSteps: (setting) => ({
    call: (_, number) => setting.connection.history(bucketName, someKey(number, setting)),
    check(answer, number) {
      const values = answer as readonly string[]
      const value = textOf(someKey(number, setting))
      if (values.length === setting.size && values.every((each) => each === value)) return
      throw new Error(`A key has ${values.length} values, not the ${setting.size} that are kept.`)
    },
  }),
}
