import { KvasirError } from '../errors/kvasir-error.ts'

declare const cursorBrand: unique symbol

/** An opaque mark of how far a listing has come. Good for the same listing only. */
export type Cursor = string & { readonly [cursorBrand]: true }

/**
 * Where a page ended: the last key of a listing by key, or the last revision of one by revision.
 */
export type Position = { key: string } | { revision: number }

export function encodeCursor(position: Position): Cursor {
  const bytes = new TextEncoder().encode(JSON.stringify(position))
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') as Cursor
}

/** @throws {KvasirError} `KV_INVALID_CURSOR` when the text is not what `encodeCursor` made. */
export function decodeCursor(cursor: unknown): Position {
  const position = typeof cursor === 'string' ? tryParse(cursor) : undefined
  if (!isPosition(position)) {
    throw new KvasirError(
      'KV_INVALID_CURSOR',
      'The cursor is not one that a listing gave. Pass the `cursor` of the page before, unchanged.',
    )
  }
  return position
}

function tryParse(cursor: string): unknown {
  try {
    const base64 = cursor.replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined // Not base64, not UTF-8 or not JSON: the caller reports all three alike.
  }
}

function isPosition(position: unknown): position is Position {
  if (typeof position !== 'object' || position === null) return false
  if ('key' in position) return typeof position.key === 'string'
  return 'revision' in position && Number.isSafeInteger(position.revision)
}
