import { describe, expect, it } from 'vitest'
import type { Cursor } from '../../src/codec/cursor.ts'
import { createListing, type Page, type PageOptions } from '../../src/front/paged.ts'

/** The numbers up to `end`, page by page; notes what was asked for. */
function numbersTo(end: number, asked: PageOptions[]) {
  return async (options: PageOptions): Promise<Page<number>> => {
    asked.push(options)
    const start = Number(options.cursor ?? 0)
    const stop = Math.min(end, start + (options.limit ?? 100))
    const items = Array.from({ length: stop - start }, (_, index) => start + index)
    return { items, ...(stop < end && { cursor: String(stop) as Cursor }) }
  }
}

describe('iterating a listing', () => {
  it('asks for one page after the other, and for none before it is needed', async () => {
    const asked: PageOptions[] = []
    const listing = createListing(numbersTo(25, asked), { pageLength: 10 })

    const seen: number[] = []
    for await (const number of listing) {
      seen.push(number)
      expect(asked).toHaveLength(Math.floor(number / 10) + 1)
    }

    expect(seen).toHaveLength(25)
    expect(asked).toEqual([{ limit: 10 }, { limit: 10, cursor: '10' }, { limit: 10, cursor: '20' }])
  })

  it('asks for no more than the total', async () => {
    const asked: PageOptions[] = []
    const listing = createListing(numbersTo(25, asked), { pageLength: 10, total: 12 })

    const seen: number[] = []
    for await (const number of listing) seen.push(number)

    expect(seen).toHaveLength(12)
    expect(asked.map(({ limit }) => limit)).toEqual([10, 2])
  })

  it('stops asking when it is left', async () => {
    const asked: PageOptions[] = []
    const listing = createListing(numbersTo(25, asked), { pageLength: 10 })

    for await (const number of listing) if (number === 3) break

    expect(asked).toHaveLength(1)
  })
})
