import { type Cursor, decodeCursor, encodeCursor } from '../codec/cursor.ts'
import { limits } from '../codec/limits.ts'
import type { ListQuery } from '../engine/engine.ts'
import type { EntryHead } from '../engine/entry.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { checkPrefix } from './checks.ts'
import { invalidArgument } from './invalid-argument.ts'
import type { PageOptions } from './paged.ts'

export interface ListOptions {
  readonly prefix?: string
  /** Default `'key'`: by the UTF-8 bytes of the keys; `'revision'`: by last change. */
  readonly order?: 'key' | 'revision'
  readonly reverse?: boolean
  /** Ends the iteration after so many entries; default: none. */
  readonly limit?: number
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_CURSOR`, `KV_INVALID_KEY`. */
export function toListQuery(
  { prefix, order = 'key', reverse = false }: ListOptions,
  { cursor, limit = limits.pageLengthDefault }: PageOptions,
): ListQuery {
  checkPrefix(prefix)
  const shared = { limit, reverse, ...(prefix !== undefined && { prefix }) }
  const position = cursor === undefined ? undefined : decodeCursor(cursor)
  if (order === 'key') {
    if (!position) return { ...shared, order }
    if ('key' in position) return { ...shared, order, after: position.key }
  }
  if (order === 'revision') {
    if (!position) return { ...shared, order }
    if ('revision' in position) return { ...shared, order, after: position.revision }
  }
  throw position
    ? new KvasirError('KV_INVALID_CURSOR', 'The cursor is of a listing in another order.')
    : invalidArgument('order takes "key" or "revision".')
}

/** Where the page after this entry begins. */
export function cursorAfter({ key, revision }: EntryHead, order: ListQuery['order']): Cursor {
  return encodeCursor(order === 'key' ? { key } : { revision })
}
