// What JSON text is at its outermost, told by its first character.

const [openBracket, openBrace] = [0x5b, 0x7b]

export function isObjectText(json: string): boolean {
  return json.charCodeAt(skipSpace(json, 0)) === openBrace
}

export function isArrayText(json: string): boolean {
  return json.charCodeAt(skipSpace(json, 0)) === openBracket
}

/** Where the next character is that JSON does not take for white space. */
export function skipSpace(json: string, start: number): number {
  let index = start
  while (isSpace(json.charCodeAt(index))) index++
  return index
}

export function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}
