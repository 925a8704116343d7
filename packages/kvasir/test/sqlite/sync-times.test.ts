import { describe, expect, it } from 'vitest'
import { SyncTimes } from '../../src/engines/sqlite/sync-times.ts'

function after(...ms: readonly number[]): boolean {
  const times = new SyncTimes()
  for (const each of ms) times.note(each)
  return times.areLong
}

function times(count: number, ms: number): number[] {
  return Array<number>(count).fill(ms)
}

describe('the syncs of a disk that are waited for', () => {
  it('are long once eight in a row have taken more than 2 ms', () => {
    expect(after(...times(7, 30))).toBe(false)
    expect(after(...times(8, 30))).toBe(true)
    expect(after(...times(7, 30), 1.9, ...times(7, 30))).toBe(false)
  })

  it('are not long because some of them were held up', () => {
    expect(after(...times(8, 0.2), 80, 80, 80)).toBe(false)
  })

  it('are short again once one of them takes less than 1 ms', () => {
    expect(after(...times(8, 30), ...times(20, 1.5))).toBe(true)
    expect(after(...times(8, 30), 0.9)).toBe(false)
  })
})

describe('a sync in the background', () => {
  it('tells that they are short again, but not that they are long', () => {
    const times = new SyncTimes()
    for (let count = 0; count < 20; count++) times.noteInBackground(30)
    expect(times.areLong).toBe(false)

    for (let count = 0; count < 20; count++) times.note(30)
    times.noteInBackground(1.5)
    expect(times.areLong).toBe(true)
    times.noteInBackground(0.9)
    expect(times.areLong).toBe(false)
  })
})
