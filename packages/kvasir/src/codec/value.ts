import { KvasirError } from '../errors/kvasir-error.ts'
import { decodePlain } from './decode-plain.ts'
import { checkTextDepth } from './depth.ts'
import { type JsonText, writeJson } from './json-writer.ts'
import type { SetPaths, StoredJson, StoredValue } from './stored-value.ts'
import { NumberSet, StringSet } from './typed-sets.ts'
import { findLoneSurrogate } from './utf8.ts'

/**
 * Turns a value into its stored form: strings and bytes as they are, everything else as JSON text.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE` for whatever JSON would damage without a word; the
 * message names the place by JSON Pointer. `KV_TOO_LARGE` when it is nested too deep.
 */
export function encodeValue(value: unknown): StoredValue {
  if (typeof value === 'string') return encodeText(value)
  if (value instanceof Uint8Array) return { kind: 'bytes', data: new Uint8Array(value) }
  const { text, sets, isObject } = writeJson(value)
  // `toJSON` may have turned the value into a string (a Date does): then it is text like any other.
  if (text.startsWith('"')) return encodeText(JSON.parse(text))
  return storedJson(isObject ? 'record' : 'json', { text, sets })
}

/**
 * Turns a value that stands within a record or a list into its stored form. Unlike a value of its
 * own, it becomes part of a JSON text: half characters are escaped there, and bytes have no place.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE` as `encodeValue`, and for bytes.
 */
export function encodePart(value: unknown): StoredValue {
  if (value instanceof Uint8Array) {
    throw new KvasirError(
      'KV_INVALID_VALUE',
      'Bytes cannot stand within a record or a list. Store them under a key of their own.',
      { outcome: 'not-applied' },
    )
  }
  const isEscaped = typeof value === 'string' && findLoneSurrogate(value) >= 0
  return isEscaped ? { kind: 'json', data: JSON.stringify(value) } : encodeValue(value)
}

/**
 * Turns a stored value into a fresh JavaScript value, shared with nobody.
 *
 * @throws {KvasirError} `KV_CORRUPT` when the stored text is not the JSON it should be.
 */
export function decodeValue(stored: StoredValue): unknown {
  if (stored.kind === 'text') return stored.data
  const value = decodePlain(stored)
  return stored.kind !== 'bytes' && stored.sets ? reviveSets(value, stored.sets) : value
}

// Numbers of other shapes are within the range of finite ones.
const mayOverflow = /[eE]\+?\d{3}|\d{309}/

/**
 * Takes JSON text from outside as it is, so that it is given back byte for byte.
 *
 * @throws {KvasirError} `KV_MALFORMED_BODY` when the text is not JSON; `KV_INVALID_VALUE` when a
 * number in it is beyond what JavaScript can hold; `KV_TOO_LARGE` when it is nested too deep.
 */
export function storedFromJsonText(text: string): StoredValue {
  const value = parseOutside(text)
  // A number such as 1e400 reads as Infinity, which writing refuses with its place.
  if (mayOverflow.test(text)) writeJson(value)
  if (typeof value === 'string') return encodeText(value)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return { kind: isObject ? 'record' : 'json', data: text }
}

/** As `storedFromJsonText`, for text that stands within a record or a list. */
export function storedPartFromJsonText(text: string): StoredValue {
  const value = parseOutside(text)
  return typeof value === 'string' ? encodePart(value) : storedFromJsonText(text)
}

function encodeText(text: string): StoredValue {
  if (findLoneSurrogate(text) >= 0) {
    throw new KvasirError(
      'KV_INVALID_VALUE',
      'The string holds a lone surrogate, which UTF-8 cannot carry. Store it as bytes or in an object.',
    )
  }
  return { kind: 'text', data: text }
}

function storedJson(kind: StoredJson['kind'], { text, sets }: Omit<JsonText, 'isObject'>) {
  return sets ? { kind, data: text, sets } : { kind, data: text }
}

function parseOutside(text: string): unknown {
  checkTextDepth(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = text.trim() === '' ? 'it is empty' : 'it is cut off or malformed'
    throw new KvasirError('KV_MALFORMED_BODY', `The value is not JSON: ${reason}.`, { cause })
  }
}

function reviveSets(value: unknown, sets: SetPaths): unknown {
  const root = { value }
  for (const [pointer, type] of Object.entries(sets)) {
    const steps = pointer === '' ? [] : pointer.slice(1).split('/').map(unescapeStep)
    const { holder, step } = locate(root, steps)
    const members = (holder as Record<string, unknown>)[step]
    const revived = type === 'string' ? new StringSet(members as string[]) : numberSet(members)
    // `defineProperty`, because a field may be called `__proto__`.
    Object.defineProperty(holder, step, {
      value: revived,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
  return root.value
}

function numberSet(members: unknown): NumberSet {
  return new NumberSet(members as number[])
}

function locate(root: { value: unknown }, steps: string[]): { holder: object; step: string } {
  let holder: object = root
  let step = 'value'
  for (const next of steps) {
    // An own `__proto__` shadows the accessor, so that plain reading is safe on parsed JSON.
    const child = (holder as Record<string, unknown>)[step]
    if (typeof child !== 'object' || child === null || !Object.hasOwn(child, next)) {
      throw new KvasirError('KV_CORRUPT', 'A stored value lacks a set that it should hold.')
    }
    holder = child
    step = next
  }
  return { holder, step }
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
