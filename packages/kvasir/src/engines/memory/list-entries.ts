import { compareUtf8 } from '../../codec/utf8.ts'
import type { ListPage, ListQuery } from '../../engine/engine.ts'
import { type Entry, type EpochMs, isExpired } from '../../engine/entry.ts'

/** One page of entries that are given in the query's order. */
export function listEntries(ordered: Entry[], query: ListQuery, now: EpochMs): ListPage {
  const { limit, prefix = '', keysOnly, reverse } = query
  const matching: Entry[] = []
  for (const entry of reverse ? ordered.reverse() : ordered) {
    if (matching.length > limit) break
    if (!entry.key.startsWith(prefix) || isExpired(entry, now)) continue
    if (isBeyond(entry, query)) matching.push(entry)
  }
  const entries = matching.slice(0, limit)
  return {
    entries: keysOnly ? entries.map(({ value: _value, ...head }) => head) : entries,
    hasMore: matching.length > limit,
  }
}

function isBeyond(entry: Entry, query: ListQuery): boolean {
  if (query.after === undefined) return true
  const difference =
    query.order === 'key' ? compareUtf8(entry.key, query.after) : entry.revision - query.after
  return query.reverse ? difference < 0 : difference > 0
}
