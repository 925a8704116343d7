import { describe, expect, it } from 'vitest'
import { bucketSections } from './bucket-report.ts'
import { exampleBuckets, exampleBucketsWith } from './bucket-results-example.ts'

describe('the report on buckets', () => {
  it('has what an operation costs each store at each size, and how that grows', () => {
    const results = exampleBucketsWith(
      { store: 'nats-default', workload: 'bucket-history', size: 64 },
      { costsUs: [300, 100, 200] },
    )

    const row = rowOf(bucketSections(results), 'values kept', 'history of a key: NATS KV')

    expect(row).toEqual(['history of a key: NATS KV', '20', '30', '200', '10×'])
  })

  it('compares writes with those of the same durability, the other way round than the costs', () => {
    const results = exampleBucketsWith(
      { store: 'nats-always', workload: 'bucket-put' },
      { costsUs: [200, 200, 200] },
    )

    const text = bucketSections(results).join('\n\n')

    const row = rowOf(bucketSections(results), 'values kept', 'put, durable: Kvasir ÷ NATS KV')
    expect(row).toEqual(['put, durable: Kvasir ÷ NATS KV', '10×', '6.7×', '5.0×'])
    expect(text).toContain('put, relaxed: Kvasir served ÷ NATS KV')
  })

  it('compares reads whatever the durability, since they promise nothing', () => {
    const row = rowOf(bucketSections(exampleBuckets()), 'keys in', 'get: Kvasir ÷ NATS KV')

    expect(row).toEqual(['get: Kvasir ÷ NATS KV', '1.0×', '1.0×'])
  })

  it('compares with nobody when Kvasir is alone, and says who was left out', () => {
    const stores = exampleBuckets().stores.filter(({ isKvasir }) => isKvasir)

    const text = bucketSections(exampleBuckets({ stores, leftOut: ['NATS KV'] })).join('\n')

    expect(text).toContain('put, durable: Kvasir ')
    expect(text).not.toContain('theirs')
    expect(text).toContain('Left out on request: NATS KV.')
  })

  it('says whether a large bucket costs no more than a small one', () => {
    const slow = exampleBucketsWith(
      { store: 'kvasir-durable', workload: 'bucket-page', size: 1_000_000 },
      { costsUs: [60, 60, 60] },
    )
    const half = exampleBucketsWith({ workload: 'bucket-statistics' }, { failure: 'it hung' })

    expect(bucketSections(exampleBuckets()).join('\n')).toContain('one of 100,000: kept.')
    expect(bucketSections(half).join('\n')).toContain('not measured in full.')
    expect(bucketSections(slow).join('\n')).toContain(
      'NOT kept.\n- kvasir-durable at bucket-page: 3.0×',
    )
  })

  it('says what failed, and leaves no figure in its place', () => {
    const results = exampleBucketsWith(
      { store: 'kvasir-served', workload: 'bucket-watch', size: 100 },
      { failure: 'no answer in 120 s', costsUs: [20] },
    )

    const sections = bucketSections(results)

    const row = rowOf(
      sections,
      'subscribers',
      'put seen by all subscribers *, durable: Kvasir served',
    )
    expect(row.slice(1)).toEqual(['20', 'failed', '–'])
    expect(sections.join('\n')).toContain(
      '- kvasir-served at bucket-watch, 100: no answer in 120 s',
    )
  })

  it('is silent when buckets were not measured', () => {
    expect(bucketSections(exampleBuckets({ measurements: [] }))).toEqual([])
  })
})

/** The cells of a row, in the tables with such a header. */
function rowOf(sections: readonly string[], header: string, title: string): string[] {
  const tables = sections.filter((section) => section.startsWith(`| ${header}`))
  const cells = tables
    .flatMap((table) => table.split('\n'))
    .map((line) => {
      return line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
    })
  return cells.find(([first]) => first === title) ?? []
}
