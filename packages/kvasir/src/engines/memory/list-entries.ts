import { compareUtf8 } from '../../codec/utf8.ts'
import type { ListPage, ListQuery } from '../../engine/engine.ts'
import { type Entry, type EpochMs, isExpired } from '../../engine/entry.ts'
import { sizeOfValue } from '../../engine/value-size.ts'

/** One page of entries that are given in the query's order. */
export function listEntries(ordered: Entry[], query: ListQuery, now: EpochMs): ListPage {
  const { limit, prefix = '', keysOnly, reverse, sizeMax = Number.POSITIVE_INFINITY } = query
  const entries: Entry[] = []
  let size = 0
  let hasMore = false
  for (const entry of reverse ? ordered.reverse() : ordered) {
    if (!entry.key.startsWith(prefix) || isExpired(entry, now)) continue
    if (!isBeyond(entry, query)) continue
    size += keysOnly ? 0 : sizeOfValue(entry.value)
    hasMore = entries.length === limit || (size > sizeMax && entries.length > 0)
    if (hasMore) break
    entries.push(entry)
  }
  return {
    entries: keysOnly ? entries.map(({ value: _value, ...head }) => head) : entries,
    hasMore,
  }
}

function isBeyond(entry: Entry, query: ListQuery): boolean {
  if (query.after === undefined) return true
  const difference =
    query.order === 'key' ? compareUtf8(entry.key, query.after) : entry.revision - query.after
  return query.reverse ? difference < 0 : difference > 0
}
