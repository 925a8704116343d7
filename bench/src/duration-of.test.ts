import { describe, expect, it } from 'vitest'
import { durationOf } from './duration-of.ts'
import { kvasirDurable, kvasirMemory } from './engines/kvasir.ts'
import { servedDurable } from './engines/kvasir-served.ts'
import { wireWorkloads, workloadNamed } from './workloads/workload-list.ts'

const times = { readMs: 250, writeMs: 2000 }

describe('how long an operation is measured', () => {
  it('is short for a read, of which thousands fit in', () => {
    expect(durationOf(kvasirDurable, workloadNamed('get'), times)).toBe(250)
  })

  it('is as long for pages as for writes, since only a hundred a second fit in', () => {
    expect(durationOf(kvasirDurable, workloadNamed('list-page'), times)).toBe(2000)
    expect(durationOf(kvasirMemory, workloadNamed('list-page'), times)).toBe(2000)
  })

  it('is as long for reads over the wire, of which a thousand would fit in', () => {
    const reads = wireWorkloads.filter(({ kind }) => kind === 'read')

    expect(reads.map((read) => durationOf(servedDurable, read, times))).toEqual([2000, 2000])
  })

  it('is long for a write that waits for checkpoints, and short in memory', () => {
    expect(durationOf(kvasirDurable, workloadNamed('set'), times)).toBe(2000)
    expect(durationOf(kvasirDurable, workloadNamed('delete'), times)).toBe(1000)
    expect(durationOf(kvasirMemory, workloadNamed('set'), times)).toBe(250)
  })
})
