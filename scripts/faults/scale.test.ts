import { describe, expect, it } from 'vitest'
import { isLong, scaled, toLine } from './scale.ts'

describe('the sizes of fault tests', () => {
  it('are the short ones unless the long run asks for more', () => {
    expect(scaled({ short: 25, long: 500 })).toBe(isLong ? 500 : 25)
  })

  it('print figures in one line, with separators between thousands', () => {
    const figures = { cycles: 500, acknowledged: 204_113, lost: 0, slowest: '3.2 s' }

    expect(toLine({ test: 'kill -9', figures })).toBe(
      'kill -9: cycles 500 · acknowledged 204,113 · lost 0 · slowest 3.2 s',
    )
  })
})
