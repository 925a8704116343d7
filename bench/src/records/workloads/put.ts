import { createRecord, listKey } from '../record-data.ts'
import type { RecordWorkload } from './record-workload.ts'

/** Replaces a record by one that differs in its note alone. */
export const put: RecordWorkload = {
  name: 'record-put',
  title: 'put',
  kind: 'write',
  isWhole: true,
  createSteps({ connection, elementCount }) {
    const record = createRecord(elementCount)
    return { call: (_, number) => connection.put(listKey, { ...record, note: `put ${number}` }) }
  },
}
