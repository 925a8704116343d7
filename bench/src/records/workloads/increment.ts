import { listKey } from '../record-data.ts'
import type { RecordWorkload } from './record-workload.ts'

/** Adds to the small field of a record that has a large one, too. */
export const increment: RecordWorkload = {
  name: 'record-increment',
  title: 'increment',
  kind: 'write',
  isFlat: true,
  createSteps({ connection }) {
    let sum: number | undefined
    return {
      call: () => connection.increment(listKey),
      check(answer) {
        const expected = sum === undefined ? answer : sum + 1
        if (typeof answer !== 'number' || answer !== expected) {
          throw new Error('An increment was lost.')
        }
        sum = answer
      },
    }
  },
}
