// Sizes and order of strings as UTF-8. Listings and limits need both on every call, so neither may
// allocate.

const encoder = new TextEncoder()
const scratch = new Uint8Array(16 * 1024)
// Shorter texts are counted before the encoder has been called.
const countedMax = 12

/**
 * The number of bytes that `text` takes as UTF-8. A lone surrogate counts three, as U+FFFD does.
 */
export function utf8Length(text: string): number {
  if (text.length <= countedMax) return countBytes(text)
  let bytes = 0
  for (let start = 0; start < text.length; ) {
    // Native, and into the same place again and again: far faster than counting units here.
    const { read, written } = encoder.encodeInto(start === 0 ? text : text.slice(start), scratch)
    bytes += written
    start += read
  }
  return bytes
}

function countBytes(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    // A pair takes four bytes: its two units, and the two that were just added.
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(index + 1))) index++
  }
  return bytes
}

/** Orders two well-formed strings as their UTF-8 bytes order: negative, zero or positive. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return codePointRank(a) - codePointRank(b)
  }
  return left.length - right.length
}

/** The first lone surrogate's index, or `-1` when `text` is well-formed. */
export function findLoneSurrogate(text: string): number {
  if (text.isWellFormed()) return -1
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0xd800 || unit > 0xdfff) continue
    if (!isHighSurrogate(unit) || !isLowSurrogate(text.charCodeAt(index + 1))) return index
    index++
  }
  return -1
}

// In UTF-16, surrogates (code points above U+FFFF) sort before U+E000–U+FFFF; in UTF-8, after.
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
