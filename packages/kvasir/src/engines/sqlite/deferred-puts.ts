import type { Entry } from '../../engine/entry.ts'
import type { BucketRevisions } from './bucket-revisions.ts'
import type { SqliteStatements } from './sqlite-statements.ts'
import { type EntryBucket, type EntryPut, storeEntry } from './store-entry.ts'

/**
 * The entries that one transaction has put into a bucket and not yet written. Of a key that many
 * callers write at once, such as a counter, only what the last of them leaves is written.
 */
export class DeferredPuts {
  /** In the order of their revisions. */
  readonly #puts = new Map<string, EntryPut>()

  /** What a look-up of the key is to find. */
  entryOf(key: string): Entry | undefined {
    return this.#puts.get(key)?.entry
  }

  add(put: EntryPut): void {
    const { key } = put.entry
    const earlier = this.#puts.get(key)
    if (earlier) this.#puts.delete(key)
    this.#puts.set(key, earlier ? { entry: put.entry, replaced: earlier.replaced } : put)
  }

  /** Writes them all. */
  write(
    statements: SqliteStatements,
    bucket: EntryBucket & { readonly revisions: BucketRevisions },
  ): void {
    for (const put of this.#puts.values()) {
      bucket.revisions.add(put.entry.revision, storeEntry(statements, bucket, put))
    }
    this.#puts.clear()
  }
}
