import { KvasirError } from '../errors/kvasir-error.ts'
import { limits } from './limits.ts'

const { valueDepthMax } = limits

const quote = 0x22
const backslash = 0x5c
const [openBracket, openBrace] = [0x5b, 0x7b]
const [closeBracket, closeBrace] = [0x5d, 0x7d]

/**
 * Refuses JSON text that is nested too deep, before it is parsed: a level takes a byte or two of
 * text, and a hundred times that in memory.
 *
 * @throws {KvasirError} `KV_TOO_LARGE`
 */
export function checkTextDepth(json: string): void {
  // Each level opens and closes: shorter text, which is nearly all there is, cannot be too deep.
  if (json.length <= 2 * valueDepthMax) return
  let depth = 0
  for (let index = 0; index < json.length; index++) {
    const unit = json.charCodeAt(index)
    if (unit === quote) index = endOfString(json, index)
    else if (unit === openBracket || unit === openBrace) {
      if (++depth > valueDepthMax) throw tooDeep()
    } else if (unit === closeBracket || unit === closeBrace) depth--
  }
}

export function tooDeep(): KvasirError {
  return new KvasirError(
    'KV_TOO_LARGE',
    `The value is nested more than ${valueDepthMax} levels deep. Store it flatter, or as text or bytes.`,
    { outcome: 'not-applied', details: { depthMax: valueDepthMax } },
  )
}

/** Where its closing quote is; beyond the end when it has none, which parsing will tell. */
function endOfString(json: string, start: number): number {
  let index = start + 1
  while (index < json.length && json.charCodeAt(index) !== quote) {
    index += json.charCodeAt(index) === backslash ? 2 : 1
  }
  return index
}
