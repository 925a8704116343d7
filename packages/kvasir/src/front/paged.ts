import type { Cursor } from '../codec/cursor.ts'

/** One page of a listing. Without a `cursor` it is the last one. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Pass it to get the next page. */
  readonly cursor?: Cursor
}

export interface PageOptions {
  readonly cursor?: string
  /** Items on this page: 1 to 1,000, default 100. */
  readonly limit?: number
}

/**
 * A listing. Iterating it reads page after page, never holding more than one; `page` reads one and
 * leaves the going on to the caller.
 */
export interface Listing<Item> extends AsyncIterable<Item> {
  page(options?: PageOptions): Promise<Page<Item>>
}

/** Makes a listing of a way to read one page. `total` ends the iteration after so many items. */
export function createListing<Item>(
  readPage: (options: PageOptions) => Promise<Page<Item>>,
  { total = Number.POSITIVE_INFINITY, pageLength }: { total?: number; pageLength: number },
): Listing<Item> {
  return {
    page: (options = {}) => readPage(options),
    async *[Symbol.asyncIterator]() {
      let cursor: Cursor | undefined
      let left = total
      do {
        const limit = Math.min(pageLength, left)
        const page: Page<Item> = await readPage({ limit, ...(cursor && { cursor }) })
        yield* page.items
        left -= page.items.length
        cursor = page.cursor
      } while (cursor && left > 0)
    },
  }
}
