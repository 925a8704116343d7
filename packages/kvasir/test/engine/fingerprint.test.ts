import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../src/engine/idempotency.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { operation } from './arbitraries.ts'

const operations = fc.array(operation, { maxLength: 3 })

describe('the fingerprint of operations', () => {
  it('is the same for the same operations', () => {
    fc.assert(
      fc.property(operations, (given) => {
        expect(fingerprint(structuredClone(given))).toBe(fingerprint(given))
      }),
    )
  })

  it('is the same in whatever order their members are', () => {
    fc.assert(
      fc.property(operations, (given) => {
        const turned = given.map(
          (each) => Object.fromEntries(Object.entries(each).reverse()) as unknown as Operation,
        )

        expect(fingerprint(turned)).toBe(fingerprint(given))
      }),
    )
  })

  it('differs for others', () => {
    fc.assert(
      fc.property(operations, operations, (left, right) => {
        const isSame = JSON.stringify(left) === JSON.stringify(right)

        expect(fingerprint(left) === fingerprint(right)).toBe(isSame)
      }),
      { numRuns: 500 },
    )
  })

  it('differs for other bytes', () => {
    const put = (byte: number) =>
      [{ op: 'put', key: 'a', value: { kind: 'bytes', data: new Uint8Array([byte]) } }] as const

    expect(fingerprint(put(1))).not.toBe(fingerprint(put(2)))
  })
})
