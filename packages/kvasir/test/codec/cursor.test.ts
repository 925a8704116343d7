import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from '../../src/codec/cursor.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'

describe('a cursor', () => {
  it('carries any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(decodeCursor(encodeCursor({ key }))).toEqual({ key })
      }),
    )
  })

  it('carries a revision', () => {
    expect(decodeCursor(encodeCursor({ revision: 42 }))).toEqual({ revision: 42 })
  })

  it('fits into a URL as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(encodeCursor({ key })).toMatch(/^[A-Za-z0-9_-]+$/)
      }),
    )
  })

  it('never makes trouble when it is made up', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        const outcome = attempt(() => decodeCursor(given))

        const isPosition = typeof outcome === 'object' && outcome !== null
        expect(isPosition || KvasirError.is(outcome, 'KV_INVALID_CURSOR')).toBe(true)
      }),
    )
  })

  for (const position of [{}, { key: 1 }, { revision: '1' }, { revision: 1.5 }, null, []]) {
    it(`is refused with ${JSON.stringify(position)} in it`, () => {
      const cursor = encodeCursor(position as never)

      expect(
        KvasirError.is(
          attempt(() => decodeCursor(cursor)),
          'KV_INVALID_CURSOR',
        ),
      ).toBe(true)
    })
  }
})

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
