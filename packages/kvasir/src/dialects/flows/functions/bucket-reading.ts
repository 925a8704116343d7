import { z } from 'zod'
import { limits } from '../../../codec/limits.ts'
import type { BucketInfo } from '../../../engine/engine.ts'
import { bucketBody, toBucketBody } from '../bucket-body.ts'
import { defineFunction, type FlowContext } from '../define-function.ts'
import { bucketName, members } from '../parameter-types.ts'

const traits = {
  scope: 'read',
  isDestructive: false,
  isIdempotent: true,
  isCommit: false,
} as const

export const bucketGet = defineFunction({
  ...traits,
  name: 'kv-bucket-get',
  title: 'Show a bucket',
  description: 'Answers what a bucket is set to and what it holds.',
  parameters: members({ bucket: bucketName }),
  result: bucketBody,
  examples: [{ bucket: 'user-preferences' }],
  async run({ engine, project, options }, { bucket }) {
    return toBucketBody(await engine.getBucket({ project, bucket }, options))
  },
})

export const bucketList = defineFunction({
  ...traits,
  name: 'kv-bucket-list',
  title: 'List the buckets',
  description:
    'Answers all buckets of the project by name, with what they are set to and what they hold.',
  parameters: members({}),
  result: z.strictObject({ buckets: z.array(bucketBody) }),
  examples: [{}],
  async run(context) {
    const buckets = await readBuckets(context)
    return { buckets: buckets.map(toBucketBody) }
  },
})

async function readBuckets({ engine, project, options }: FlowContext): Promise<BucketInfo[]> {
  const buckets: BucketInfo[] = []
  let hasMore = true
  while (hasMore) {
    const after = buckets.at(-1)?.name
    const query = { limit: limits.pageLengthMax, ...(after !== undefined && { after }) }
    const page = await engine.listBuckets(project, query, options)
    buckets.push(...page.buckets)
    hasMore = page.hasMore && page.buckets.length > 0
  }
  return buckets
}
