import { listKey } from '../record-data.ts'
import { checkWhole, type RecordWorkload } from './record-workload.ts'

/** Changes a small field. The answer is the whole record from before, which is what costs. */
export const patch: RecordWorkload = {
  name: 'record-patch',
  title: 'patch, a small field',
  kind: 'write',
  isWhole: true,
  createSteps: (setting) => ({
    call: (_, number) => setting.connection.patch(listKey, `patch ${number}`),
    check: checkWhole(setting),
  }),
}
