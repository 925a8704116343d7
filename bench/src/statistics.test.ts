import { describe, expect, it } from 'vitest'
import { median, pairedRatio, summarize } from './statistics.ts'

describe('the median', () => {
  it('is the middle of an odd number of values, in whatever order and by size', () => {
    expect(median([9, 100, 10])).toBe(10)
  })

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('leaves the values as they are', () => {
    const values = [3, 1, 2]

    median(values)

    expect(values).toEqual([3, 1, 2])
  })

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow('no median of nothing')
  })
})

describe('a summary', () => {
  it('has the median and the range', () => {
    expect(summarize([30, 10, 20])).toEqual({ median: 20, low: 10, high: 30 })
  })
})

describe('a ratio over rounds', () => {
  it('compares within each round, so that a slow spell of the machine falls out', () => {
    expect(pairedRatio([100, 10, 100], [50, 5, 25])).toEqual({ median: 2, low: 2, high: 4 })
  })

  it('takes the rounds that both have', () => {
    expect(pairedRatio([100, 100], [50])).toEqual({ median: 2, low: 2, high: 2 })
  })
})
