import { repeat, type Workload } from './workload.ts'

const counterKey = 'user:counter'

/** Adds to one counter from 64 callers, then looks whether every acknowledged call was counted. */
export const increment64: Workload = {
  name: 'increment-64',
  title: 'increment, 64 callers',
  kind: 'write',
  callers: 64,
  isSizeless: true,
  async run({ connection, ms }) {
    const { calls, ...outcome } = await repeat({ callers: 64, ms, start: 0 }, () =>
      connection.increment(counterKey),
    )
    const total = await connection.counter(counterKey)
    await connection.delete(counterKey)
    return { ...outcome, increments: { acknowledged: calls, lost: calls - total } }
  },
}
