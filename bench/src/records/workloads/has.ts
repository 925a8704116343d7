import { elementAt, memberAt, setKey } from '../record-data.ts'
import type { RecordWorkload } from './record-workload.ts'

/** Half of those asked for are members. */
export const has: RecordWorkload = {
  name: 'record-has',
  title: 'has in a set',
  kind: 'read',
  isFlat: true,
  createSteps: ({ connection, elementCount }) => ({
    prepare: (number) =>
      isMember(number) ? memberAt(number, elementCount) : elementAt(elementCount + number),
    call: (member) => connection.has(setKey, member),
    check(answer, number) {
      if (answer !== isMember(number)) throw new Error('has gave the wrong answer.')
    },
  }),
}

function isMember(number: number): boolean {
  return number % 2 === 0
}
