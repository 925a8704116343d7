import { KvasirError } from 'kvasir'
import { type ListQuery, readPage } from 'kvasir/engine'
import { decodeCursor, encodeCursor, writeChange, writeEntry } from 'kvasir/protocol'
import type { z } from 'zod'
import { pageText } from '../json-response.ts'
import { readQuery } from '../read-url.ts'
import { bucketOf, type Route } from '../route.ts'
import { historyDoc, listDoc } from './listing-docs.ts'

/** The keys of a bucket, and what happened to one of them. */
export const listingRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/buckets/:bucket/keys', scopes: ['read'], handle: list, doc: listDoc },
  {
    method: 'GET',
    path: '/v1/buckets/:bucket/history',
    scopes: ['read'],
    handle: history,
    doc: historyDoc,
  },
]

async function list(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  const query = toListQuery(readQuery(context, listDoc.query))
  const { entries, hasMore } = await readPage({ engine }, bucketOf(context), query)
  const last = entries.at(-1)
  const cursor = hasMore && last ? encodeCursor(positionOf(last, query)) : undefined
  return pageText(context, entries.map(writeEntry), cursor)
}

async function history(...[context, { engine }]: Parameters<Route['handle']>): Promise<Response> {
  const { key, limit } = readQuery(context, historyDoc.query)
  const options = limit === undefined ? {} : { limit }
  const changes = await engine.history(bucketOf(context), key, options)
  return pageText(context, changes.map(writeChange))
}

function toListQuery(given: z.infer<typeof listDoc.query>): ListQuery {
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

function positionOf(entry: { key: string; revision: number }, { order }: ListQuery) {
  return order === 'key' ? { key: entry.key } : { revision: entry.revision }
}
