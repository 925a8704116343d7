import type { BucketPage } from '../bucket-store.ts'
import { bucketName } from '../scenes.ts'
import type { BucketWorkload } from './bucket-workload.ts'

const pageLength = 1000

/** Goes through the bucket in pages of 1,000 entries with values, and begins anew at its end. */
export const listPage: BucketWorkload = {
  name: 'bucket-page',
  title: 'page of 1,000',
  kind: 'read',
  scene: 'keys',
  isFlat: true,
  createSteps({ connection }) {
    let from = 0
    let lastKey = ''
    return {
      call: () => connection.page(bucketName, from, pageLength),
      check(answer) {
        const { keys, next = 0 } = answer as BucketPage
        const [first = ''] = keys
        // Keys were stored in their own order, so that each page goes on after the one before.
        if (keys.length !== pageLength || first <= lastKey || new Set(keys).size !== pageLength) {
          throw new Error(`A page of ${keys.length} keys came back out of order.`)
        }
        from = next
        lastKey = next === 0 ? '' : (keys.at(-1) ?? '')
      },
    }
  },
}
