import { z } from 'zod'
import { limits } from '../../../codec/limits.ts'
import type { ListQuery } from '../../../engine/engine.ts'
import type { Change } from '../../../engine/entry.ts'
import { KvasirError } from '../../../errors/kvasir-error.ts'
import { readPage } from '../../../front/read-page.ts'
import { defineFunction } from '../define-function.ts'
import { bucketName, flag, integer, key, members, textUpTo } from '../parameter-types.ts'
import { encoding, rawValue, toInstant, toParsed, toRaw } from '../stored-text.ts'

const traits = {
  scope: 'read',
  isDestructive: false,
  isIdempotent: true,
  isCommit: false,
} as const

const created = z.string().describe('When it was written: RFC 3339, UTC.')
const sequence = z.int().describe('The number of the change in its bucket.')

export const keyGet = defineFunction({
  ...traits,
  name: 'kv-key-get',
  title: 'Read a value',
  description:
    'Answers the value of a key: as the raw string that is stored or, with json, parsed. With ' +
    'revision, an earlier value that the bucket has kept.',
  parameters: members({
    bucket: bucketName,
    key,
    json: flag().default(false).describe('Whether to parse the value as JSON.'),
    revision: integer({ min: 1 }).describe('Which kept revision; default: the present.').optional(),
  }),
  result: z.strictObject({
    key: z.string(),
    value: z.unknown().describe('A string, or with json: true whatever was stored.'),
    encoding,
    revision: sequence,
    created,
  }),
  examples: [
    { bucket: 'user-preferences', key: 'user_123', json: true },
    { bucket: 'feature-flags', key: 'checkout', revision: 3 },
  ],
  async run({ engine, project, options }, { bucket, key, json, revision }) {
    const query = { ...options, ...(revision !== undefined && { revision }) }
    const entry = await engine.get({ project, bucket }, key, query)
    if (!entry) throw keyNotFound({ bucket, key, revision })
    const value = json ? { value: toParsed(entry.value, key) } : toRaw(entry.value)
    return { key, ...value, revision: entry.revision, created: toInstant(entry.updatedAt) }
  },
})

export const keyList = defineFunction({
  ...traits,
  name: 'kv-key-list',
  title: 'List the items of a bucket',
  description:
    'Answers keys with their values in the order of their last change, oldest first, page by page: ' +
    'pass next_seq on as start_seq until an answer has none.',
  parameters: members({
    bucket: bucketName,
    start_seq: integer({ min: 0 })
      .default(0)
      .describe('Begins beyond this sequence: the last one of the page before.'),
    limit: integer({ min: 1, max: limits.pageLengthMax })
      .default(limits.pageLengthDefault)
      .describe('The most items to answer. A page of large values ends earlier.'),
    prefix: textUpTo(limits.keyBytesMax).describe('Only keys that begin like this.').optional(),
  }),
  result: z.strictObject({
    items: z.array(
      z.strictObject({ key: z.string(), value: rawValue, encoding, sequence, created }),
    ),
    next_seq: z.int().describe('Where the next page begins; absent on the last one.').optional(),
  }),
  examples: [{ bucket: 'user-preferences' }, { bucket: 'users', start_seq: 100, prefix: 'user_' }],
  async run({ engine, project, options }, { bucket, start_seq: after, limit, prefix }) {
    const query: ListQuery = {
      order: 'revision',
      limit,
      ...(after > 0 && { after }),
      ...(prefix !== undefined && { prefix }),
    }
    const { entries, hasMore } = await readPage({ engine, options }, { project, bucket }, query)
    const next = hasMore ? entries.at(-1)?.revision : undefined
    return {
      items: entries.map(({ key, value, revision, updatedAt }) => ({
        key,
        ...(value ? toRaw(value) : { value: '' }),
        sequence: revision,
        created: toInstant(updatedAt),
      })),
      ...(next !== undefined && { next_seq: next }),
    }
  },
})

const historyItem = z.strictObject({
  value: rawValue.nullable().describe('As in kv-key-list; null for a removal.'),
  encoding,
  sequence,
  created,
  operation: z.enum(['put', 'delete', 'purge', 'expire']),
})

export const keyHistory = defineFunction({
  ...traits,
  name: 'kv-key-history',
  title: 'Show what happened to a key',
  description: 'Answers the kept changes of a key, removals included, oldest first.',
  parameters: members({ bucket: bucketName, key }),
  result: z.strictObject({ items: z.array(historyItem) }),
  examples: [{ bucket: 'feature-flags', key: 'checkout' }],
  async run({ engine, project, options }, { bucket, key }) {
    const changes = await engine.history({ project, bucket }, key, options)
    if (changes.length === 0) throw keyNotFound({ bucket, key })
    return { items: changes.map(toHistoryItem) }
  },
})

function toHistoryItem(change: Change): z.output<typeof historyItem> {
  if (change.kind !== 'put') {
    const { kind, revision, at } = change
    return { value: null, sequence: revision, created: toInstant(at), operation: kind }
  }
  const { value, revision, updatedAt } = change.entry
  return {
    ...toRaw(value),
    sequence: revision,
    created: toInstant(updatedAt),
    operation: 'put',
  }
}

function keyNotFound(at: {
  bucket: string
  key: string
  revision?: number | undefined
}): KvasirError {
  const { bucket, key, revision } = at
  const name = `Key ${JSON.stringify(key)}`
  const message =
    revision === undefined
      ? `${name} does not exist in bucket "${bucket}", or has expired.`
      : `${name} has no kept value of revision ${revision} in bucket "${bucket}". kv-key-history shows those there are.`
  return new KvasirError('KV_KEY_NOT_FOUND', message, { details: { bucket, key } })
}
