import { listKey } from '../record-data.ts'
import { checkWhole, type RecordWorkload } from './record-workload.ts'

/** Changes a small field by a function, which is given the whole record and returns it. */
export const update: RecordWorkload = {
  name: 'record-update',
  title: 'patch, a function',
  kind: 'write',
  isWhole: true,
  createSteps: (setting) => ({
    call: (_, number) =>
      setting.connection.update(listKey, (record) => ({ ...record, note: `update ${number}` })),
    check: checkWhole(setting),
  }),
}
