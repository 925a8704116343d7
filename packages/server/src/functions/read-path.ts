import { KvasirError } from 'kvasir'

const pathBytesMax = 8192
const partsMax = 256

/**
 * The decoded parts of a request's path; empty ones, as in `//` or at the end, are left out.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` for a path that no honest client sends: one that
 * leads upwards, holds control characters or broken escapes, or is very long.
 */
export function readPath(path: string): string[] {
  if (path.length > pathBytesMax) throw invalid(`is longer than ${pathBytesMax} bytes`)
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.length > partsMax) throw invalid(`has more than ${partsMax} parts`)
  return path.includes('%') || unusual.test(path) ? parts.map(decode) : parts
}

const unusual = /[\p{Cc}\\]|(^|\/)\.\.?(\/|$)/u

function decode(part: string): string {
  let text: string
  try {
    text = decodeURIComponent(part)
  } catch (cause) {
    throw invalid('has a "%" that begins no character', cause)
  }
  if (/\p{Cc}/u.test(text)) throw invalid('holds a control character')
  if (text.split(/[/\\]/).some((name) => name === '..' || name === '.')) {
    throw invalid('leads through "." or ".."')
  }
  return text
}

function invalid(problem: string, cause?: unknown): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', `The path of the request ${problem}.`, { cause })
}
