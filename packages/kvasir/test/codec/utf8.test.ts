import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareUtf8, findLoneSurrogate, utf8Length } from '../../src/codec/utf8.ts'

/** Text that is likely to mix the borders of UTF-8's and UTF-16's ranges. */
const unit = fc.oneof(
  fc.constantFrom('\0', 'a', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000'),
  fc.constantFrom('\ufffd', '\uffff', '\u{10000}', '😀', '\u{10ffff}'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const text = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''))
const anyUnits = fc
  .array(fc.oneof(fc.constantFrom(0x61, 0xd800, 0xdbff, 0xdc00, 0xdfff), fc.nat(0xffff)))
  .map((units) => String.fromCharCode(...units))

describe('the length in UTF-8', () => {
  it('is that of the encoded bytes', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(utf8Length(given)).toBe(Buffer.byteLength(given))
      }),
    )
  })

  it('counts half characters as the replacement for them', () => {
    fc.assert(
      fc.property(anyUnits, (given) => {
        expect(utf8Length(given)).toBe(Buffer.byteLength(given))
      }),
    )
  })
})

describe('the order in UTF-8', () => {
  it('is that of the encoded bytes', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const expected = Buffer.compare(Buffer.from(left), Buffer.from(right))

        expect(Math.sign(compareUtf8(left, right))).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('holds for texts with the same beginning', () => {
    fc.assert(
      fc.property(text, text, text, (start, left, right) => {
        const expected = Buffer.compare(Buffer.from(start + left), Buffer.from(start + right))

        expect(Math.sign(compareUtf8(start + left, start + right))).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('looking for a lone surrogate', () => {
  it('finds none exactly in well-formed text', () => {
    fc.assert(
      fc.property(anyUnits, (given) => {
        const encoded = Buffer.from(given).toString()

        expect(findLoneSurrogate(given) < 0).toBe(encoded === given)
      }),
      { numRuns: 1000 },
    )
  })

  it('finds the first', () => {
    expect(findLoneSurrogate('😀\ud83d😀\ud83d')).toBe(2)
    expect(findLoneSurrogate('a\ude00')).toBe(1)
  })
})
