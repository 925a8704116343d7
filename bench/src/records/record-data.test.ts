import { describe, expect, it } from 'vitest'
import { createRecord, elementAt, memberAt, placeOf } from './record-data.ts'

describe('a record to measure with', () => {
  it('has as many elements as asked for, all different, of 32 characters', () => {
    const { elements } = createRecord(1000)

    expect(new Set(elements).size).toBe(1000)
    expect(elements.filter(({ length }) => length !== 32)).toEqual([])
  })

  it('tells the place of an element', () => {
    expect(placeOf(elementAt(99_999))).toBe(99_999)
  })

  it.each([10, 1000, 100_000])('has a turn for each member of %i', (elementCount) => {
    const members = Array.from({ length: elementCount }, (_, n) => memberAt(n, elementCount))

    expect(new Set(members)).toEqual(new Set(createRecord(elementCount).elements))
  })
})
