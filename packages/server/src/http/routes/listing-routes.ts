import { KvasirError, limits } from 'kvasir'
import type { BucketRef, Engine, ListPage, ListQuery } from 'kvasir/engine'
import { decodeCursor, encodeCursor, storedBytes, writeChange, writeEntry } from 'kvasir/protocol'
import { z } from 'zod'
import { pageText } from '../json-response.ts'
import { readQuery } from '../read-url.ts'
import { bucketOf, type Route } from '../route.ts'
import { queryBoolean, queryInteger } from '../shape.ts'

/** The keys of a bucket, and what happened to one of them. */
export const listingRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/buckets/:bucket/keys', scopes: ['read'], handle: list },
  { method: 'GET', path: '/v1/buckets/:bucket/history', scopes: ['read'], handle: history },
]

const listQuery = z.strictObject({
  prefix: z.string().optional(),
  limit: queryInteger.default(limits.pageLengthDefault),
  cursor: z.string().optional(),
  reverse: queryBoolean.optional(),
  order: z.enum(['key', 'revision'], 'it takes key or revision').default('key'),
  values: queryBoolean.optional(),
})

const historyQuery = z.strictObject({ key: z.string(), limit: queryInteger.optional() })

// Values are read this many at a time, so that a page of large ones ends before it is too large.
const chunkLength = 100
const pageBytesMax = 8 * 1024 * 1024

async function list(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  const query = toListQuery(readQuery(context, listQuery))
  const { entries, hasMore } = await readPage(engine, bucketOf(context), query)
  const last = entries.at(-1)
  const cursor = hasMore && last ? encodeCursor(positionOf(last, query)) : undefined
  return pageText(context, entries.map(writeEntry), cursor)
}

async function history(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  const { key, limit } = readQuery(context, historyQuery)
  const options = limit === undefined ? {} : { limit }
  const changes = await engine.history(bucketOf(context), key, options)
  const bytes = changes.map((change) => (change.kind === 'put' ? bytesOf(change.entry) : 0))
  if (bytes.reduce((total, next) => total + next, 0) > limits.batchBytesMax) {
    throw new KvasirError(
      'KV_TOO_LARGE',
      `The kept values take more than the ${limits.batchBytesMax} bytes of one answer. Ask for fewer with limit.`,
      { details: { bytesMax: limits.batchBytesMax } },
    )
  }
  return pageText(context, changes.map(writeChange))
}

function toListQuery(given: z.infer<typeof listQuery>): ListQuery {
  const { prefix, limit, cursor, reverse = false, order, values = false } = given
  const shared = { limit, reverse, keysOnly: !values, ...(prefix !== undefined && { prefix }) }
  if (cursor === undefined) return { ...shared, order }
  const position = decodeCursor(cursor)
  if (order === 'key' && 'key' in position) return { ...shared, order, after: position.key }
  if (order === 'revision' && 'revision' in position) {
    return { ...shared, order, after: position.revision }
  }
  throw new KvasirError('KV_INVALID_CURSOR', 'The cursor is of a listing in another order.')
}

async function readPage(engine: Engine, at: BucketRef, query: ListQuery): Promise<ListPage> {
  if (query.keysOnly || query.limit <= chunkLength) return engine.list(at, query)
  const entries: ListPage['entries'][number][] = []
  let hasMore = true
  let bytes = 0
  let next = query
  while (hasMore && entries.length < query.limit && bytes < pageBytesMax) {
    const limit = Math.min(chunkLength, query.limit - entries.length)
    const chunk = await engine.list(at, { ...next, limit })
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

function positionOf(entry: { key: string; revision: number }, { order }: ListQuery) {
  return order === 'key' ? { key: entry.key } : { revision: entry.revision }
}

function bytesOf({ value }: ListPage['entries'][number]): number {
  return value ? storedBytes(value) : 0
}
