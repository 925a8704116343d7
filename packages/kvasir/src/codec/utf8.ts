// Sizes and order of strings as UTF-8, without encoding them: listings and limits need both on
// every call, and `TextEncoder` would allocate each time.

/**
 * The number of bytes that `text` takes as UTF-8. A lone surrogate counts three, as U+FFFD does.
 */
export function utf8Length(text: string): number {
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
