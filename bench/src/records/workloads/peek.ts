import { listKey } from '../record-data.ts'
import { asElement, type RecordWorkload } from './record-workload.ts'

export const peek: RecordWorkload = {
  name: 'record-peek',
  title: 'peek',
  kind: 'read',
  isFlat: true,
  createSteps: ({ connection }) => ({
    call: () => connection.peek(listKey),
    check: asElement,
  }),
}
