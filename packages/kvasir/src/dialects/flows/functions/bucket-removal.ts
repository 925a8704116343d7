import { removedBody, toRemovedBody } from '../bucket-body.ts'
import { defineFunction } from '../define-function.ts'
import { bucketName, members } from '../parameter-types.ts'

const traits = { isDestructive: true, isIdempotent: true, isCommit: false } as const

export const bucketDelete = defineFunction({
  ...traits,
  name: 'kv-bucket-delete',
  title: 'Delete a bucket',
  description: 'Removes a bucket, its configuration and all it holds. This cannot be undone.',
  scope: 'admin',
  parameters: members({ bucket: bucketName }),
  result: removedBody,
  examples: [{ bucket: 'api-cache' }],
  async run({ engine, project, options }, { bucket }) {
    return toRemovedBody(await engine.deleteBucket({ project, bucket }, options))
  },
})

export const bucketPurge = defineFunction({
  ...traits,
  name: 'kv-bucket-purge',
  title: 'Empty a bucket',
  description:
    'Removes every key of a bucket with all history, in one step; the bucket stays. This cannot be undone.',
  scope: 'write',
  parameters: members({ bucket: bucketName }),
  result: removedBody,
  examples: [{ bucket: 'api-cache' }],
  async run({ engine, project, options }, { bucket }) {
    return toRemovedBody(await engine.purgeBucket({ project, bucket }, options))
  },
})
