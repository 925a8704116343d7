import { describe, expect, it } from 'vitest'
import { recordSections } from './record-report.ts'
import { exampleResults, exampleWith } from './record-results-example.ts'

describe('the report on records', () => {
  it('has the costs of each store at each size', () => {
    const results = exampleWith(
      { store: 'redis-always', workload: 'record-shift', elementCount: 1000 },
      { costsUs: [300, 100, 200] },
    )

    const row = rowOf(recordSections(results), 'Records, durable: µs', 'shift')

    expect(row).toEqual(['shift', '20', '30', '40', '20', '30', '40', '20', '200', '40'])
  })

  it("has how many times Kvasir's rate is theirs, which is the other way round than the costs", () => {
    const results = exampleWith(
      { store: 'sqlite-normal', workload: 'record-add', elementCount: 100_000 },
      { costsUs: [4000, 4000, 4000] },
    )

    const row = rowOf(recordSections(results), 'Records, relaxed: how many', 'add to a set')

    expect(row).toEqual(['add to a set', '1.0×', '1.0×', '100×', '1.0×', '1.0×', '1.0×'])
  })

  it('compares with nobody when Kvasir is alone', () => {
    const stores = exampleResults().stores.filter(({ isKvasir }) => isKvasir)

    const text = recordSections(exampleResults({ stores })).join('\n')

    expect(text).toContain('Records, relaxed: µs')
    expect(text).not.toContain('theirs')
  })

  it('has how the cost of each store grows from the smallest to the largest record', () => {
    const results = exampleWith(
      { store: 'sqlite-full', workload: 'record-append', elementCount: 100_000 },
      { costsUs: [20_000, 20_000, 20_000] },
    )

    const row = rowOf(recordSections(results), 'on the largest record', 'append')

    expect(row).toEqual(['append', '2.0×', '1000×', '2.0×', '2.0×', '2.0×', '2.0×'])
  })

  it('marks what carries the whole record', () => {
    const row = rowOf(recordSections(exampleResults()), 'on the largest record', 'get')

    expect(row[0]).toBe('get *')
  })

  it('says that the promise is kept', () => {
    const text = recordSections(exampleResults()).join('\n')

    expect(text).toContain('at most 3 times what they cost on 10: kept.')
  })

  it('says where the promise is not kept, and by how much', () => {
    const results = exampleWith(
      { store: 'kvasir-relaxed', workload: 'record-remove', elementCount: 100_000 },
      { costsUs: [900, 900, 900] },
    )

    const text = recordSections(results).join('\n')

    expect(text).toContain('NOT kept.\n\n- kvasir-relaxed at record-remove: 45×')
  })

  it('says when the promise could not be judged', () => {
    const text = recordSections(exampleWith({}, { elementCount: 10 })).join('\n')

    expect(text).toContain('what they cost on 10: not measured in full.')
  })

  it('says what failed, and gives no figures for it', () => {
    const place = { store: 'redis-always', workload: 'record-peek', elementCount: 10 }
    const results = exampleWith(place, { costsUs: [20], failure: 'the process died' })

    const sections = recordSections(results)

    expect(rowOf(sections, 'Records, durable: µs', 'peek')[7]).toBe('failed')
    expect(sections.join('\n')).toContain(
      '- redis-always at record-peek, 10 elements: the process died',
    )
  })

  it('says what was left out', () => {
    const results = exampleResults({ leftOut: ['Redis'] })

    expect(recordSections(results)).toContain('Left out on request: Redis.')
  })

  it('is absent when no records were measured', () => {
    const results = exampleResults({ measurements: [] })

    expect(recordSections(results)).toEqual([])
  })
})

/** The cells of a row in the table that follows a title. */
function rowOf(sections: readonly string[], title: string, row: string): string[] {
  const place = sections.findIndex((text) => text.startsWith('## ') && text.includes(title))
  const lines = sections[place + 1]?.split('\n') ?? []
  const line = lines.find((text) => text.startsWith(`| ${row} `)) ?? ''
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
