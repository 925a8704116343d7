import { listKey } from '../record-data.ts'
import { asElement, type RecordWorkload } from './record-workload.ts'

/** Puts back at the front what was shifted just before, unmeasured. */
export const unshift: RecordWorkload = {
  name: 'record-unshift',
  title: 'unshift',
  kind: 'write',
  createSteps: ({ connection }) => ({
    prepare: async () => asElement(await connection.shift(listKey)),
    call: (element) => connection.unshift(listKey, element),
  }),
}
