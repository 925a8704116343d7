import { elementAt, listKey, placeOf } from '../record-data.ts'
import { asElement, type RecordWorkload } from './record-workload.ts'

/** Shifts, and appends what was shifted, unmeasured: the list turns, and keeps its order. */
export const shift: RecordWorkload = {
  name: 'record-shift',
  title: 'shift',
  kind: 'write',
  isFlat: true,
  createSteps({ connection, elementCount }) {
    let expected: string | undefined
    return {
      call: () => connection.shift(listKey),
      check(answer) {
        const element = asElement(answer)
        if (element !== (expected ?? element)) {
          throw new Error('An element was shifted out of order.')
        }
        expected = elementAt((placeOf(element) + 1) % elementCount)
      },
      restore: (answer) => connection.append(listKey, asElement(answer)),
    }
  },
}
