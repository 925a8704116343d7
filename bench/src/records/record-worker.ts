// The process of one store of records: opens it, and runs what the bench asks for, each workload on
// records of one size that were put just before.

import { type StoreRequest, workOn } from '../store-worker.ts'
import { type CallTimes, timeCalls } from '../time-calls.ts'
import { createRecord, listKey, setKey } from './record-data.ts'
import { recordStoreNamed } from './stores/store-list.ts'
import type { RecordSetting } from './workloads/record-workload.ts'
import { recordWorkloadNamed } from './workloads/record-workload-list.ts'

type Setting = Pick<RecordSetting, 'elementCount'>

workOn<Setting, RecordSetting>({
  open: async ({ store, place, setting }) => ({
    connection: await recordStoreNamed(store).open(place),
    ...setting,
  }),
  run,
  close: ({ connection }) => connection.close(),
})

async function run(
  setting: RecordSetting,
  { workload, pace }: StoreRequest<Setting> & { kind: 'run' },
): Promise<CallTimes> {
  await fill(setting)
  const times = await timeCalls(recordWorkloadNamed(workload).createSteps(setting), pace)
  await checkFilled(setting)
  return times
}

/** Puts the records anew, so that no workload lives on what those before it have rearranged. */
async function fill(setting: RecordSetting): Promise<void> {
  const { connection, elementCount } = setting
  const record = createRecord(elementCount)
  await connection.put(listKey, record)
  await connection.putSet(setKey, record)
  await checkFilled(setting)
  globalThis.gc?.()
}

/** Proves that no element was lost, and that the record was measured at the size it is said to be. */
async function checkFilled({ connection, elementCount }: RecordSetting): Promise<void> {
  for (const key of [listKey, setKey]) {
    const count = await connection.countElements(key)
    if (count !== elementCount) {
      throw new Error(`${key} has ${count} elements, not ${elementCount}.`)
    }
  }
}
