/** The members of the wire that carry a value: `value`, `encoding` and `sets`. */

import { fromBase64, toBase64 } from '../codec/base64.ts'
import type { SetPaths, StoredValue } from '../codec/stored-value.ts'
import { decodeValue, storedFromJsonText, storedPartFromJsonText } from '../codec/value.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { parseJson } from './json-slices.ts'
import { checkSetsIn, readSets } from './wire-sets.ts'
import { writeJsonValue } from './wire-value-operation.ts'

/** A value's members as they came: `value` as JSON text, the others parsed. */
export interface WireValue {
  readonly value: string
  readonly encoding?: unknown
  readonly sets?: unknown
}

/** The members as JSON text, without braces. */
export function writeValue(value: StoredValue): string {
  if (value.kind === 'bytes') return `"value":"${toBase64(value.data)}","encoding":"base64"`
  if (value.kind === 'text') return writeJsonValue(JSON.stringify(value.data))
  const text = isCompact(value.data)
    ? writeJsonValue(value.data)
    : `"value":${JSON.stringify(value.data)},"encoding":"json"`
  return value.sets ? `${text},"sets":${JSON.stringify(value.sets)}` : text
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_VALUE` */
export function readValue({ value, encoding, sets }: WireValue): StoredValue {
  if (encoding === 'base64') return readBytes(value, sets)
  const paths = sets === undefined ? {} : readSets(sets)
  if (encoding === 'json') return storedOf(stringOf(value, 'json'), paths)
  if (encoding === undefined) return storedOf(value, paths)
  throw invalidArgument('encoding takes "base64" or "json".')
}

/** Takes JSON text with the sets in it. */
function storedOf(text: string, sets: SetPaths = {}): StoredValue {
  return withSets(storedFromJsonText(text), sets)
}

/** As `storedOf`, for a value that stands within a record or a list. */
export function partOf(text: string, sets: SetPaths = {}): StoredValue {
  return withSets(storedPartFromJsonText(text), sets)
}

function withSets(stored: StoredValue, sets: SetPaths): StoredValue {
  if (Object.keys(sets).length === 0) return stored
  checkSetsIn(decodeValue(stored), sets)
  return { ...stored, sets } as StoredValue
}

function readBytes(value: string, sets: unknown): StoredValue {
  if (sets !== undefined) throw invalidArgument('Bytes have no sets.')
  const data = fromBase64(stringOf(value, 'base64'))
  if (data) return { kind: 'bytes', data }
  throw new KvasirError(
    'KV_INVALID_VALUE',
    'The value is not base64, which its encoding says it is.',
    { outcome: 'not-applied' },
  )
}

function stringOf(value: string, encoding: string): string {
  const parsed = parseJson(value)
  if (typeof parsed === 'string') return parsed
  throw invalidArgument(`A value with the encoding "${encoding}" is a string.`)
}

/**
 * Whether the text can stand inside other JSON and be cut out again unchanged. White space around
 * it would be lost, and line breaks do not survive event streams.
 */
function isCompact(text: string): boolean {
  const isTrimmed = text.charCodeAt(0) > 0x20 && text.charCodeAt(text.length - 1) > 0x20
  return isTrimmed && !text.includes('\n') && !text.includes('\r')
}

function invalidArgument(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}
