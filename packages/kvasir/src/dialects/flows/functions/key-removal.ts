import { z } from 'zod'
import { commitOne } from '../commit.ts'
import { defineFunction } from '../define-function.ts'
import { bucketName, key, members, revisionCondition } from '../parameter-types.ts'

const traits = {
  scope: 'write',
  isDestructive: true,
  isIdempotent: true,
  isCommit: true,
} as const

const parameters = members({
  bucket: bucketName,
  key,
  if_revision: revisionCondition
    .describe('Removes only if the key is at this revision.')
    .optional(),
})

const result = z.strictObject({
  deleted: z.boolean().describe('Whether there was anything to remove.'),
  revision: z.int().describe('The number of the removal; 0 when nothing was removed.'),
})

export const keyDelete = defineFunction({
  ...traits,
  name: 'kv-key-delete',
  title: 'Delete a key',
  description: 'Removes a key. In a bucket that keeps history, its earlier values stay readable.',
  parameters,
  result,
  examples: [
    { bucket: 'user-preferences', key: 'user_123' },
    { bucket: 'user-preferences', key: 'user_123', if_revision: 7 },
  ],
  run: (context, given) => remove('delete', context, given),
})

export const keyPurge = defineFunction({
  ...traits,
  name: 'kv-key-purge',
  title: 'Delete a key with its history',
  description:
    'Removes a key and all its earlier values, leaving one marker. This cannot be undone.',
  parameters,
  result,
  examples: [{ bucket: 'user-preferences', key: 'user_123' }],
  run: (context, given) => remove('purge', context, given),
})

async function remove(
  op: 'delete' | 'purge',
  context: Parameters<typeof commitOne>[0],
  { bucket, key, if_revision: ifRevision }: z.output<typeof parameters>,
): Promise<z.output<typeof result>> {
  const operation = { op, key, ...(ifRevision !== undefined && { ifRevision }) }
  const { changed, revision } = await commitOne(context, bucket, operation)
  return { deleted: changed, revision }
}
