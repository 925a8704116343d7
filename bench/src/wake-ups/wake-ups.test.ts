import { describe, expect, it } from 'vitest'
import { judgeWakeUps, percentile, wakeUpSections } from './wake-ups.ts'

const quick = { watches: 1, latenciesMs: Array(99).fill(2), idleCpu: 0.004 }

describe('judging how soon watches wake up', () => {
  it('is content up to what is promised', () => {
    const measured = [{ ...quick, latenciesMs: [...quick.latenciesMs, 50], idleCpu: 0.01 }]

    expect(judgeWakeUps(measured).filter(({ isKept }) => !isKept)).toEqual([])
    expect(wakeUpSections(measured).join('\n')).toContain(': kept.')
  })

  it.each([
    ['late changes', { latenciesMs: [...quick.latenciesMs.slice(2), 51, 51] }, 'p99 with 1'],
    ['a busy wait', { idleCpu: 0.011 }, 'idle processor time with 1'],
  ])('is not content with %s', (_what, change, words) => {
    const measured = [{ ...quick, ...change }]

    expect(judgeWakeUps(measured).filter(({ isKept }) => !isKept)).toHaveLength(1)
    expect(wakeUpSections(measured).join('\n')).toContain(`NOT kept (${words})`)
  })

  it('takes no promise for kept when nothing came', () => {
    const [p99] = judgeWakeUps([{ ...quick, latenciesMs: [] }])

    expect(p99).toEqual({ watches: 1, what: 'p99', isKept: false })
  })

  it('shows the middle, the late ones and the last', () => {
    const latenciesMs = Array.from({ length: 100 }, (_, index) => index + 1)

    const [, table] = wakeUpSections([{ ...quick, latenciesMs }])

    const cells = table?.split('\n').at(-1)?.split('|') ?? []
    expect(cells.slice(1, -1).map((cell) => cell.trim())).toEqual([
      '1',
      '50.0',
      '99.0',
      '100.0',
      '0.40 %',
    ])
  })

  it('is silent when nothing was measured', () => {
    expect(wakeUpSections([])).toEqual([])
    expect(() => percentile([], 50)).toThrow('no percentile')
  })
})
