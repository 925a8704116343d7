import { memberAt, setKey } from '../record-data.ts'
import { checkChanged, type RecordWorkload } from './record-workload.ts'

/** Adds a member that was removed just before, unmeasured. */
export const add: RecordWorkload = {
  name: 'record-add',
  title: 'add to a set',
  kind: 'write',
  isFlat: true,
  createSteps: ({ connection, elementCount }) => ({
    async prepare(number) {
      const member = memberAt(number, elementCount)
      checkChanged(await connection.remove(setKey, member))
      return member
    },
    call: (member) => connection.add(setKey, member),
    check: checkChanged,
  }),
}
