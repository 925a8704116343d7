/**
 * Cuts values out of JSON text, so that a value which only passes through keeps its text: digits,
 * order and all. Whoever calls these has made sure that the text is JSON, with `JSON.parse`.
 */

/** The members of an object in their order, each value as its text. */
export function membersOf(json: string): [name: string, text: string][] {
  const members: [string, string][] = []
  eachItem(json, (start) => {
    const nameEnd = endOfValue(json, start)
    const name: unknown = JSON.parse(json.slice(start, nameEnd))
    const valueStart = skipSpace(json, skipSpace(json, nameEnd) + 1)
    const valueEnd = endOfValue(json, valueStart)
    members.push([String(name), json.slice(valueStart, valueEnd)])
    return valueEnd
  })
  return members
}

/** The elements of an array, each as its text. */
export function elementsOf(json: string): string[] {
  const elements: string[] = []
  eachItem(json, (start) => {
    const end = endOfValue(json, start)
    elements.push(json.slice(start, end))
    return end
  })
  return elements
}

export function isObjectText(json: string): boolean {
  return json.charCodeAt(skipSpace(json, 0)) === code.openBrace
}

export function isArrayText(json: string): boolean {
  return json.charCodeAt(skipSpace(json, 0)) === code.openBracket
}

export function isStringText(json: string): boolean {
  return json.charCodeAt(skipSpace(json, 0)) === code.quote
}

const code = {
  quote: 0x22,
  comma: 0x2c,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

function eachItem(json: string, takeItem: (start: number) => number): void {
  let index = skipSpace(json, skipSpace(json, 0) + 1)
  while (index < json.length && !isClosing(json.charCodeAt(index))) {
    index = skipSpace(json, takeItem(index))
    if (json.charCodeAt(index) === code.comma) index = skipSpace(json, index + 1)
  }
}

function skipSpace(json: string, start: number): number {
  let index = start
  while (json.charCodeAt(index) <= 0x20) index++
  return index
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
    if (unit === code.comma || unit <= 0x20 || isClosing(unit)) break
    index++
  }
  return index
}

function isClosing(unit: number): boolean {
  return unit === code.closeBrace || unit === code.closeBracket
}
