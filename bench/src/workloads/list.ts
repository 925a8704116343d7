import type { Workload } from './workload.ts'

/** Lists every key; the rate is in keys. */
export const list: Workload = {
  name: 'list',
  title: 'list all keys (keys/s)',
  kind: 'read',
  callers: 1,
  async run({ connection, data, ms }) {
    let operations = 0
    const begin = performance.now()
    do {
      const count = await connection.list()
      if (count !== data.keys.length) {
        throw new Error(`The list has ${count} keys, not ${data.keys.length}.`)
      }
      operations += count
    } while (performance.now() - begin < ms)
    return { operations, ms: performance.now() - begin }
  },
}
