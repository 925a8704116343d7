import { describe, expect, it } from 'vitest'
import { rate } from './demands.ts'
import { tableOf } from './report-targets.ts'
import type { Figures } from './target.ts'
import { targets } from './target-list.ts'

const demand = rate('embedded', 2, {
  ours: 'ours',
  theirs: 'theirs',
  workload: 'get',
  text: 'theirs',
})

describe('the table of targets', () => {
  it('says what was reached at each size, and that it is met', () => {
    const lines = linesFor({ '100 B': [400, 100], '1 KB': [250, 100] })

    expect(lines).toEqual(['| read | ≥ 2 × theirs | 4.00 × (100 B), 2.50 × (1 KB) | met |'])
  })

  it('counts a target as missed when one size misses it', () => {
    const lines = linesFor({ '100 B': [400, 100], '1 KB': [150, 100] })

    expect(lines[0]).toContain('| **missed** |')
  })

  it('judges nothing that was not measured to its end', () => {
    const failed = { engine: 'theirs', workload: 'get', valueBytes: 100, rates: [1], failure: 'no' }
    const figures = figuresOf({ '100 B': [400, 100] })
    const [sized] = figures.embedded
    const measurements = [...(sized?.results.measurements ?? []).slice(0, 1), failed]

    const text = tableOf([{ workload: 'read', demands: [demand] }], {
      ...figures,
      embedded: [{ size: '100 B', results: { measurements } }],
    })

    expect(text).toMatch(/not measured \| +– \|/)
  })

  it('has every row that was asked for', () => {
    const lines = tableOf(targets, { embedded: [], wire: [] }).split('\n')

    expect(targets).toHaveLength(14)
    expect(lines.filter((line) => line.includes('not measured')).length).toBe(lines.length - 2)
  })
})

type Rates = Readonly<Record<string, readonly [ours: number, theirs: number]>>

function figuresOf(rates: Rates): Figures {
  const embedded = Object.entries(rates).map(([size, [ours, theirs]]) => {
    const shared = { workload: 'get', valueBytes: 100 }
    const measurements = [
      { ...shared, engine: 'ours', rates: [ours] },
      { ...shared, engine: 'theirs', rates: [theirs] },
    ]
    return { size, results: { measurements } }
  })
  return { embedded, wire: [] }
}

/** The rows without what only pads them. */
function linesFor(rates: Rates): string[] {
  const text = tableOf([{ workload: 'read', demands: [demand] }], figuresOf(rates))
  return text
    .split('\n')
    .slice(2)
    .map((line) => line.replaceAll(/ +/g, ' '))
}
