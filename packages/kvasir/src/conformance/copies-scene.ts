/** What tests of buckets that copy others look at them with. */
import type { Bucket } from '../front/bucket.ts'
import { all } from './observe.ts'

/** All entries in the order of their revisions, in short form: `'alice=1 @3'`. */
export async function contentsOf(bucket: Bucket): Promise<string[]> {
  const entries = await all(bucket.entries({ order: 'revision' }))
  return entries.map(({ key, value, revision }) => `${key}=${String(value)} @${revision}`)
}

/** What is kept of a key, in short form: `'put 1 @3'`, `'delete @4'`. */
export async function pastOf(bucket: Bucket, key: string): Promise<string[]> {
  const items = await bucket.history(key)
  return items.map(({ kind, value, revision }) =>
    kind === 'put' ? `put ${String(value)} @${revision}` : `${kind} @${revision}`,
  )
}
