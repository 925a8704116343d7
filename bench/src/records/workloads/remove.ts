import { memberAt, setKey } from '../record-data.ts'
import { checkChanged, type RecordWorkload } from './record-workload.ts'

/** Removes a member, and adds it again, unmeasured. */
export const remove: RecordWorkload = {
  name: 'record-remove',
  title: 'remove from a set',
  kind: 'write',
  isFlat: true,
  createSteps: ({ connection, elementCount }) => ({
    prepare: (number) => memberAt(number, elementCount),
    call: (member) => connection.remove(setKey, member),
    check: checkChanged,
    restore: (_, number) => connection.add(setKey, memberAt(number, elementCount)),
  }),
}
