import { storedBytes } from '../codec/stored-value.ts'
import type { BucketRef, CallOptions, Engine, ListPage, ListQuery } from '../engine/engine.ts'

// Values are read this many at a time, so that a page of large ones ends before it is too large.
const chunkLength = 100
const pageBytesMax = 8 * 1024 * 1024

/** A page of a listing, which ends early once its values take 8 MiB. */
export async function readPage(
  { engine, options }: { readonly engine: Engine; readonly options?: CallOptions },
  at: BucketRef,
  query: ListQuery,
): Promise<ListPage> {
  if (query.keysOnly || query.limit <= chunkLength) return engine.list(at, query, options)
  const entries: ListPage['entries'][number][] = []
  let hasMore = true
  let bytes = 0
  let next = query
  while (hasMore && entries.length < query.limit && bytes < pageBytesMax) {
    const limit = Math.min(chunkLength, query.limit - entries.length)
    const chunk = await engine.list(at, { ...next, limit }, options)
    entries.push(...chunk.entries)
    hasMore = chunk.hasMore
    bytes += chunk.entries.reduce((total, entry) => total + bytesOf(entry), 0)
    const last = chunk.entries.at(-1)
    if (!last) break
    next = beyond(query, last)
  }
  return { entries, hasMore }
}

function beyond(query: ListQuery, { key, revision }: { key: string; revision: number }): ListQuery {
  return query.order === 'key' ? { ...query, after: key } : { ...query, after: revision }
}

function bytesOf({ value }: ListPage['entries'][number]): number {
  return value ? storedBytes(value) : 0
}
