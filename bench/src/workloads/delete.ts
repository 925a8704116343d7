import { entriesBetween, keyAt } from '../data-set.ts'
import { repeat, type Workload } from './workload.ts'

/** Removes keys that exist, half of them at most, and puts them back when the time is taken. */
export const deleteKeys: Workload = {
  name: 'delete',
  title: 'delete, one by one',
  kind: 'write',
  isShort: true,
  callers: 1,
  async run({ connection, data, ms, start }) {
    const callsMax = data.keys.length / 2
    const { calls, ...outcome } = await repeat({ callers: 1, ms, start, callsMax }, (number) =>
      connection.delete(keyAt(data.keys, data, number)),
    )
    await connection.load(entriesBetween(data, start, start + calls))
    return outcome
  },
}
