/**
 * Cuts values out of JSON text, so that a value which only passes through keeps its text: digits,
 * order and all.
 *
 * What is cut open is checked; what is cut out is not, and may be no JSON at all until somebody has
 * parsed it. So a large document is never parsed as a whole, which would take many times its size.
 */
import { checkTextDepth } from '../codec/depth.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { isSpace, skipSpace } from './json-shape.ts'

/**
 * The members of an object in their order, each value as its text.
 *
 * @throws {KvasirError} `KV_MALFORMED_BODY`
 */
export function membersOf(json: string): [name: string, text: string][] {
  const members: [string, string][] = []
  eachItem(json, code.openBrace, (start) => {
    const nameEnd = endOfValue(json, start)
    const name = parseJson(json.slice(start, nameEnd))
    const colon = skipSpace(json, nameEnd)
    if (typeof name !== 'string' || json.charCodeAt(colon) !== code.colon) throw malformed()
    const valueStart = skipSpace(json, colon + 1)
    const valueEnd = endOfValue(json, valueStart)
    members.push([name, json.slice(valueStart, valueEnd)])
    return valueEnd
  })
  return members
}

/**
 * The elements of an array, each as its text.
 *
 * @throws {KvasirError} `KV_MALFORMED_BODY`
 */
export function elementsOf(json: string): string[] {
  const elements: string[] = []
  eachItem(json, code.openBracket, (start) => {
    const end = endOfValue(json, start)
    elements.push(json.slice(start, end))
    return end
  })
  return elements
}

/** @throws {KvasirError} `KV_MALFORMED_BODY`, or `KV_TOO_LARGE` when it is nested too deep */
export function parseJson(json: string): unknown {
  checkTextDepth(json)
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw malformed(cause)
  }
}

const code = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

function eachItem(json: string, opening: number, takeItem: (start: number) => number): void {
  const start = skipSpace(json, 0)
  if (json.charCodeAt(start) !== opening) throw malformed()
  const closing = opening === code.openBrace ? code.closeBrace : code.closeBracket
  let index = skipSpace(json, start + 1)
  let isFirst = true
  while (json.charCodeAt(index) !== closing || !isFirst) {
    index = skipSpace(json, takeItem(index))
    isFirst = false
    const unit = json.charCodeAt(index)
    if (unit === closing) break
    if (unit !== code.comma) throw malformed()
    index = skipSpace(json, index + 1)
  }
  if (skipSpace(json, index + 1) < json.length) throw malformed()
}

/** Goes by a counter and not by recursion: values may be nested deeper than the stack is. */
function endOfValue(json: string, start: number): number {
  const first = json.charCodeAt(start)
  if (first === code.quote) return endOfString(json, start)
  if (first !== code.openBrace && first !== code.openBracket) return endOfScalar(json, start)
  let depth = 0
  let index = start
  while (index < json.length) {
    const unit = json.charCodeAt(index)
    if (unit === code.quote) {
      index = endOfString(json, index)
      continue
    }
    if (unit === code.openBrace || unit === code.openBracket) depth++
    else if (isClosing(unit) && --depth === 0) return index + 1
    index++
  }
  return index
}

function endOfString(json: string, start: number): number {
  let quote = json.indexOf('"', start + 1)
  while (quote > 0 && isEscaped(json, quote)) quote = json.indexOf('"', quote + 1)
  return quote < 0 ? json.length : quote + 1
}

function isEscaped(json: string, quote: number): boolean {
  let backslashes = 0
  while (json.charCodeAt(quote - 1 - backslashes) === code.backslash) backslashes++
  return backslashes % 2 === 1
}

function endOfScalar(json: string, start: number): number {
  let index = start
  while (index < json.length) {
    const unit = json.charCodeAt(index)
    if (unit === code.comma || isSpace(unit) || isClosing(unit)) break
    index++
  }
  return index
}

function isClosing(unit: number): boolean {
  return unit === code.closeBrace || unit === code.closeBracket
}

function malformed(cause?: unknown): KvasirError {
  return new KvasirError('KV_MALFORMED_BODY', 'The JSON is cut off or malformed.', {
    outcome: 'not-applied',
    cause,
  })
}
