import { describe, expect, it } from 'vitest'
import { type BenchOptions, readOptions } from './options.ts'

describe('the options of the bench', () => {
  it('measure everything when none is given', () => {
    const options = read()

    expect(options.workloads.length).toBeGreaterThan(5)
    expect(options.growthKeyCounts).toHaveLength(3)
    expect(options.records.workloads).toHaveLength(12)
    expect(options.records.elementCounts).toEqual([10, 1000, 100_000])
    expect(options.buckets.workloads).toHaveLength(7)
    expect(options.buckets.sizes.history).toEqual([1, 8, 64])
    expect(options.buckets.sizes.keys).toEqual([100_000, 1_000_000])
    expect(options.wakeUps.watches).toEqual([1, 100])
  })

  it('measure all operations on records, and nothing else, for --only records', () => {
    const options = read('--only', 'records')

    expect(options.workloads).toEqual([])
    expect(options.growthKeyCounts).toEqual([])
    expect(options.records.workloads).toHaveLength(12)
    expect(options.buckets.workloads).toEqual([])
  })

  it('measure all operations on buckets, and nothing else, for --only buckets', () => {
    const options = read('--only', 'buckets')

    expect(options.workloads).toEqual([])
    expect(options.records.workloads).toEqual([])
    expect(options.buckets.workloads).toHaveLength(7)
  })

  it('measure what stands behind servers, and nothing else, for --only wire', () => {
    const options = read('--only', 'wire')

    expect(options.wire.workloads).toHaveLength(5)
    expect(options.workloads).toEqual([])
    expect(options.records.workloads).toEqual([])
  })

  it('measure the wake-ups of watches alone', () => {
    const options = read('--only', 'bucket-wake-up')

    expect(options.wakeUps.watches).toEqual([1, 100])
    expect(options.buckets.workloads).toEqual([])
    expect(read('--only', 'buckets').wakeUps.watches).toEqual([1, 100])
    expect(read('--only', 'records').wakeUps.watches).toEqual([])
    expect(read('--engines', 'lmdb').wakeUps.watches).toEqual([])
  })

  it('take single operations on records', () => {
    const options = read('--only', 'get,record-shift')

    expect(options.workloads.map(({ name }) => name)).toEqual(['get'])
    expect(options.records.workloads.map(({ name }) => name)).toEqual(['record-shift'])
  })

  it('leave Redis out on request', () => {
    const options = read('--without-redis')

    const names = options.records.stores.map(({ name }) => name)
    expect(names).toEqual(['kvasir-durable', 'sqlite-full', 'kvasir-relaxed', 'sqlite-normal'])
    expect(options.isWithoutRedis).toBe(true)
  })

  it('leave NATS out on request', () => {
    const options = read('--without-nats')

    expect(options.buckets.stores.map(({ name }) => name)).toEqual([
      'kvasir-durable',
      'kvasir-served',
      'kvasir-relaxed',
      'kvasir-served-relaxed',
    ])
    expect(options.isWithoutNats).toBe(true)
  })

  it('take an engine wherever it is measured', () => {
    const options = read('--engines', 'kvasir-durable,redis-always')

    const both = ['kvasir-durable', 'redis-always']
    expect(options.engines.map(({ name }) => name)).toEqual(both)
    expect(options.records.stores.map(({ name }) => name)).toEqual(both)
  })

  it('sort the sizes of records, since growth goes from few to many', () => {
    expect(read('--elements', '1000,10').records.elementCounts).toEqual([10, 1000])
  })

  it.each([
    ['--only', 'record-pop', 'no workload "record-pop"'],
    ['--engines', 'redis', 'no engine "redis"'],
    ['--elements', '10,many', '--elements takes whole numbers above 0; it was given "many"'],
  ])('refuse %s %s', (flag, value, words) => {
    expect(() => readOptions([flag, value])).toThrow(words)
  })
})

function read(...argv: string[]): BenchOptions {
  const options = readOptions(argv)
  if (!options) throw new Error('The options ask for help.')
  return options
}
