import type { StoredValue } from '../../codec/stored-value.ts'
import { mediaTypes } from '../../protocol/names.ts'
import { type Answer, badResponse, textOf } from './answer.ts'

/**
 * The value that is an answer's body, whose JSON nobody has looked at: it may be a record, and a
 * header may name sets in it.
 *
 * @throws {KvasirError} `KV_BAD_RESPONSE`
 */
export function readStoredAnswer({ headers, body, status }: Answer): StoredValue {
  const [mediaType] = (headers.get('content-type') ?? '').split(';')
  if (mediaType === mediaTypes.bytes) return { kind: 'bytes', data: body }
  if (mediaType === mediaTypes.text) return { kind: 'text', data: textOf(body) }
  if (mediaType !== mediaTypes.json) throw badResponse(status)
  return { kind: 'json', data: textOf(body) }
}

/** @throws {KvasirError} `KV_BAD_RESPONSE` when no header of that name has a number. */
export function numberOf({ headers, status }: Answer, name: string): number {
  const text = headers.get(name)
  const number = Number(text)
  if (text === null || text === '' || !Number.isFinite(number)) throw badResponse(status)
  return number
}
