import { listKey } from '../record-data.ts'
import { asElement, type RecordWorkload } from './record-workload.ts'

/** Appends what was shifted just before, unmeasured. */
export const append: RecordWorkload = {
  name: 'record-append',
  title: 'append',
  kind: 'write',
  isFlat: true,
  createSteps: ({ connection }) => ({
    prepare: async () => asElement(await connection.shift(listKey)),
    call: (element) => connection.append(listKey, element),
  }),
}
