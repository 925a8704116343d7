import type { BucketWorkload } from './bucket-workload.ts'

/** Asks how many keys each of all buckets has. */
export const listBuckets: BucketWorkload = {
  name: 'bucket-list',
  title: 'statistics of all buckets *',
  kind: 'read',
  scene: 'buckets',
  createSteps: ({ connection, size, keyCount }) => ({
    call: () => connection.countAllKeys(),
    check(answer) {
      const counts = answer as readonly number[]
      if (counts.length === size && counts.every((count) => count === keyCount)) return
      throw new Error(`${counts.length} buckets came back, not ${size}, or with wrong figures.`)
    },
  }),
}
