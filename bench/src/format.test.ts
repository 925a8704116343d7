import { describe, expect, it } from 'vitest'
import { microseconds, times } from './format.ts'

describe('a ratio in a table', () => {
  it('has two digits or so, however large or small it is', () => {
    const texts = [1234.5, 12.3, 4.14, 1, 0.834, 0.013, 0.0042].map(times)

    expect(texts).toEqual(['1235×', '12×', '4.1×', '1.0×', '0.83×', '0.01×', '0.004×'])
  })
})

describe('a cost in a table', () => {
  it('has a decimal below ten microseconds, and groups of digits above a thousand', () => {
    const texts = [0.54, 9.94, 9.96, 87.4, 36_713.2].map(microseconds)

    expect(texts).toEqual(['0.5', '9.9', '10', '87', '36,713'])
  })
})
