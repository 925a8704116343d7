import { describe, expect, it } from 'vitest'
import { exampleBuckets, exampleBucketsWith } from './bucket-results-example.ts'
import { judgeSizes } from './size-promise.ts'

const page = { store: 'kvasir-served', workload: 'bucket-page' }

describe('judging whether large buckets cost as little as small ones', () => {
  it('looks at the reads that are promised, embedded and served', () => {
    const verdicts = judgeSizes(exampleBuckets())

    const names = ['bucket-page', 'bucket-statistics']
    expect(verdicts.map(({ store, workload }) => [store, workload])).toEqual([
      ...names.map((name) => ['kvasir-durable', name]),
      ...names.map((name) => ['kvasir-served', name]),
    ])
  })

  it('is content with half as much again', () => {
    const results = exampleBucketsWith({ ...page, size: 1_000_000 }, { costsUs: [30, 30, 30] })

    const verdict = judgeSizes(results).find(({ store, workload }) => {
      return store === page.store && workload === page.workload
    })

    expect(verdict).toEqual({ ...page, ratio: 1.5, isKept: true })
  })

  it('is not content with more', () => {
    const results = exampleBucketsWith({ ...page, size: 1_000_000 }, { costsUs: [31, 31, 31] })

    expect(judgeSizes(results).filter(({ isKept }) => !isKept)).toMatchObject([page])
  })

  it('does not care what others cost', () => {
    const results = exampleBucketsWith({ store: 'nats-default' }, { costsUs: [9000] })

    expect(judgeSizes(results).filter(({ isKept }) => !isKept)).toEqual([])
  })

  it.each([
    { what: 'was not measured', results: exampleBuckets({ measurements: [] }) },
    { what: 'failed', results: exampleBucketsWith({}, { failure: 'the process died' }) },
    { what: 'had no large bucket', results: exampleBucketsWith({}, { size: 100_000 }) },
  ])('takes no promise for kept whose measurement $what', ({ results }) => {
    expect(judgeSizes(results).filter(({ isKept }) => isKept)).toEqual([])
  })
})
