import { repeat, type Workload } from './workload.ts'

/** Reads page after page of 100 keys, so from everywhere in the bucket. For the growth table. */
export const listPage: Workload = {
  name: 'list-page',
  title: 'page of 100 keys',
  kind: 'read',
  callers: 1,
  async run({ connection, ms }) {
    const { listPage } = connection
    if (!listPage) throw new Error('This engine is not asked for pages.')
    return repeat({ callers: 1, ms, start: 0 }, listPage)
  },
}
