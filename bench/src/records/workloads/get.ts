import { listKey } from '../record-data.ts'
import { checkWhole, type RecordWorkload } from './record-workload.ts'

export const get: RecordWorkload = {
  name: 'record-get',
  title: 'get',
  kind: 'read',
  isWhole: true,
  createSteps: (setting) => ({
    call: () => setting.connection.get(listKey),
    check: checkWhole(setting),
  }),
}
