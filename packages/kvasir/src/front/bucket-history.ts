import { decodeValue } from '../codec/value.ts'
import type { Change, Revision } from '../engine/entry.ts'

/** One past or present change of a key; `value` is there for `put` alone. */
export interface BucketHistoryItem {
  readonly kind: Change['kind']
  readonly revision: Revision
  readonly at: number
  readonly value?: unknown
}

export function toHistoryItem(change: Change): BucketHistoryItem {
  if (change.kind !== 'put') {
    const { kind, revision, at } = change
    return { kind, revision, at }
  }
  const { revision, updatedAt, value } = change.entry
  return { kind: 'put', revision, at: updatedAt, value: decodeValue(value) }
}
