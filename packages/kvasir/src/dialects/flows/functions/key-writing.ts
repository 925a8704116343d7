import { z } from 'zod'
import { invalidArgument } from '../../../front/invalid-argument.ts'
import { commit, commitOne, toPut } from '../commit.ts'
import { defineFunction } from '../define-function.ts'
import {
  absenceCondition,
  bucketName,
  key,
  members,
  number,
  revisionCondition,
  ttl,
  value,
} from '../parameter-types.ts'

const entriesMax = 1000

const revision = z.int().describe('The number of the change in its bucket.')

const entry = {
  key,
  value,
  ttl: ttl.optional(),
  if_revision: revisionCondition.optional(),
  if_absent: absenceCondition.optional(),
}

const traits = { scope: 'write', isCommit: true } as const

export const keyPut = defineFunction({
  ...traits,
  name: 'kv-key-put',
  title: 'Store a value',
  description: 'Stores a value under a key, replacing what was there.',
  isDestructive: true,
  isIdempotent: true,
  parameters: members({ bucket: bucketName, ...entry }),
  result: z.strictObject({ key: z.string(), revision }),
  examples: [
    { bucket: 'user-preferences', key: 'user_123', value: { theme: 'dark' } },
    { bucket: 'api-cache', key: 'rates', value: '1.09', ttl: 60_000_000_000 },
    { bucket: 'user-preferences', key: 'user_123', value: 'first', if_absent: true },
  ],
  async run(context, { bucket, ...given }) {
    const result = await commitOne(context, bucket, toPut(given))
    return { key: given.key, revision: result.revision }
  },
})

export const keysPut = defineFunction({
  ...traits,
  name: 'kv-keys-put',
  title: 'Store many values in one step',
  description: `Stores 1 to ${entriesMax} values, all or none: if one condition fails, nothing is written.`,
  isDestructive: true,
  isIdempotent: true,
  parameters: members({
    bucket: bucketName,
    entries: z
      .array(members(entry), { error: takesEntries() })
      .min(1, { error: takesEntries() })
      .max(entriesMax, { error: takesEntries() })
      .describe('What to store; each key once.'),
  }),
  result: z.strictObject({ revisions: z.array(revision).describe('In the order of entries.') }),
  examples: [
    {
      bucket: 'feature-flags',
      entries: [
        { key: 'checkout', value: 'new' },
        { key: 'search', value: { share: 0.1 } },
      ],
    },
  ],
  async run(context, { bucket, entries }) {
    checkDistinct(entries)
    const puts = entries.map((given, index) => toPut(given, `entries[${index}]`))
    const results = await commit(context, bucket, puts)
    return { revisions: results.map((result) => result.revision) }
  },
})

export const keyIncrement = defineFunction({
  ...traits,
  name: 'kv-key-increment',
  title: 'Add to a number',
  description:
    'Adds to the number under a key, atomically. A key that is missing counts as 0; its expiry stays.',
  isDestructive: false,
  isIdempotent: false,
  parameters: members({
    bucket: bucketName,
    key,
    by: number().default(1).describe('What to add; may be negative.'),
  }),
  result: z.strictObject({ value: z.number().describe('The new number.'), revision }),
  examples: [
    { bucket: 'counters', key: 'visits' },
    { bucket: 'counters', key: 'stock', by: -3 },
  ],
  async run(context, { bucket, key, by }) {
    const result = await commitOne(context, bucket, { op: 'increment', key, by })
    return { value: result.number ?? Number.NaN, revision: result.revision }
  },
})

function takesEntries(): string {
  return `an array of 1 to ${entriesMax} entries`
}

function checkDistinct(entries: readonly { readonly key: string }[]): void {
  const places = new Map<string, number>()
  for (const [index, { key }] of entries.entries()) {
    const first = places.get(key)
    if (first !== undefined) {
      throw invalidArgument(
        `entries[${index}].key is that of entries[${first}] again. Give each key once.`,
      )
    }
    places.set(key, index)
  }
}
