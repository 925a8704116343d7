import { setImmediate, setTimeout } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { Deadlines } from '../../src/functions/deadlines.ts'

describe('Deadlines', () => {
  it('tells of what did not end in its time, each once, the oldest first', async () => {
    const expired: string[] = []
    const deadlines = new Deadlines<string>(50, (item) => expired.push(item))
    const now = performance.now()
    deadlines.begin('first', now)
    deadlines.begin('ended', now)
    deadlines.begin('second', now)
    deadlines.end('ended')

    await vi.waitUntil(() => expired.length === 2)
    deadlines.begin('later', performance.now())
    await vi.waitUntil(() => expired.length === 3)

    expect(expired).toEqual(['first', 'second', 'later'])
  })

  it('tells of nothing before its time, however long others have waited', async () => {
    const lived: number[] = []
    const deadlines = new Deadlines<number>(30, (since) => lived.push(performance.now() - since))
    for (let count = 0; count < 10; count += 1) {
      const since = performance.now()
      deadlines.begin(since, since)
      await setTimeout(4)
    }

    await vi.waitUntil(() => lived.length === 10)

    await setImmediate()
    expect(Math.min(...lived)).toBeGreaterThanOrEqual(30)
  })
})
