import { repeat, type Workload } from './workload.ts'

/** Reads page after page, so from everywhere in the bucket; the rate is in pages. */
export const listPage: Workload = {
  name: 'list-page',
  title: 'page of 1,000 (pages/s)',
  needs: 'pages',
  kind: 'read',
  isLong: true,
  callers: 1,
  async run({ connection, ms }) {
    const { listPage } = connection
    if (!listPage) throw new Error('This engine is not asked for pages.')
    return repeat({ callers: 1, ms, start: 0 }, listPage, (length) => {
      if (length === 0) throw new Error('A page is empty.')
    })
  },
}
