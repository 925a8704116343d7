import { describe, expect, it } from 'vitest'
import { median, pairedRatio, percentile, summarize } from './statistics.ts'

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

describe('a percentile', () => {
  it('is the value that so many in a hundred do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index)

    expect([1, 50, 99, 100].map((percent) => percentile(values, percent))).toEqual([
      2, 100, 198, 200,
    ])
  })

  it('does not exist for nothing', () => {
    expect(() => percentile([], 99)).toThrow('no percentile of nothing')
  })
})
