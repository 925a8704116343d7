import type { Change } from '../../engine/entry.ts'
import { wholeEntry } from './collections/whole-entry.ts'
import type { Reading } from './reading.ts'
import {
  type BucketRow,
  type EntryRow,
  keyCell,
  type PastRow,
  toChange,
  toConfig,
} from './sqlite-rows.ts'

/**
 * The kept changes of a key, newest first and expired ones among them. They come one by one,
 * because the values of all together may be more than there is room for.
 */
export function* keptChanges(
  { statements, rows }: Reading,
  bucketId: number,
  key: string,
): Generator<Change> {
  const bucket = statements.bucketById.get(bucketId) as BucketRow | undefined
  if (!bucket) return
  let left = toConfig(bucket).history
  const row = statements.entry.get(bucketId, keyCell(key)) as EntryRow | undefined
  if (row) {
    left--
    yield { kind: 'put', entry: wholeEntry(rows, key, row) }
  }
  for (const past of statements.pastNewestFirst.iterate(bucketId, keyCell(key))) {
    if (left-- <= 0) return
    yield toChange(key, past as PastRow)
  }
}
