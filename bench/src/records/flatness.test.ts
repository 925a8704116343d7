import { describe, expect, it } from 'vitest'
import { judgeFlatness } from './flatness.ts'
import { exampleResults, exampleWith } from './record-results-example.ts'

const append = { store: 'kvasir-durable', workload: 'record-append' }

describe('judging whether large records cost as little as small ones', () => {
  it('looks at the promised operations of Kvasir, and at the reads where they are measured', () => {
    const verdicts = judgeFlatness(exampleResults())

    const ofStore = (name: string) =>
      verdicts
        .filter(({ store }) => store === name)
        .map(({ workload }) => workload.replace('record-', ''))
    const writes = ['increment', 'append', 'shift', 'add', 'remove']
    expect(ofStore('kvasir-durable').sort()).toEqual([...writes, 'peek', 'has'].sort())
    expect(ofStore('kvasir-relaxed').sort()).toEqual(writes.sort())
    expect(verdicts).toHaveLength(12)
  })

  it('is content with up to three times the cost', () => {
    const results = exampleWith({ ...append, elementCount: 100_000 }, { costsUs: [60, 60, 60] })

    const verdict = judgeFlatness(results).find(({ workload }) => workload === append.workload)

    expect(verdict).toEqual({ ...append, ratio: 3, isKept: true })
  })

  it('is not content with more', () => {
    const results = exampleWith({ ...append, elementCount: 100_000 }, { costsUs: [61, 61, 61] })

    expect(judgeFlatness(results).filter(({ isKept }) => !isKept)).toMatchObject([append])
  })

  it('takes the median of the ratios, so that one slow round breaks no promise', () => {
    const results = exampleWith({ ...append, elementCount: 100_000 }, { costsUs: [40, 900, 40] })

    expect(judgeFlatness(results).filter(({ isKept }) => !isKept)).toEqual([])
  })

  it('does not care what others cost, nor what carries the whole record', () => {
    const slow = { costsUs: [9000] }
    const many = { elementCount: 100_000 }
    const others = exampleWith({ ...many, store: 'sqlite-full' }, slow)
    const wholes = exampleWith({ ...many, workload: 'record-get' }, slow)

    const verdicts = [others, wholes].flatMap(judgeFlatness)

    expect(verdicts.filter(({ isKept }) => !isKept)).toEqual([])
  })

  it.each([
    { what: 'was not measured', results: exampleResults({ measurements: [] }) },
    { what: 'failed', results: exampleWith({}, { failure: 'the process died' }) },
    { what: 'had no large record', results: exampleWith({}, { elementCount: 10 }) },
  ])('takes no promise for kept whose measurement $what', ({ results }) => {
    const verdicts = judgeFlatness(results)

    expect(verdicts).toHaveLength(12)
    expect(verdicts.filter(({ isKept, ratio }) => isKept || ratio !== undefined)).toEqual([])
  })
})
