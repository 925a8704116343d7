import { describe, expect, it } from 'vitest'
import { twoAtATime } from './two-at-a-time.ts'

describe('doing something two at a time', () => {
  it('takes every item once, and never has three under way', async () => {
    const taken: string[] = []
    let underWay = 0
    let underWayMax = 0

    await twoAtATime(['a', 'b', 'c', 'd', 'e'], async (item) => {
      underWayMax = Math.max(underWayMax, ++underWay)
      await Promise.resolve()
      taken.push(item)
      underWay--
    })

    expect(taken.sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(underWayMax).toBe(2)
  })
})
