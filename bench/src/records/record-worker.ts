// The process of one store of records: opens it, fills it with records of one size, and runs what
// the bench asks for.

import { answerRequests } from '../answer-requests.ts'
import { createRecord, listKey, setKey } from './record-data.ts'
import type { RecordConnection } from './record-store.ts'
import type { RecordRequest } from './record-worker-protocol.ts'
import { recordStoreNamed } from './stores/store-list.ts'
import { type CallTimes, timeCalls } from './time-calls.ts'
import { recordWorkloadNamed } from './workloads/record-workload-list.ts'

interface Filled {
  readonly connection: RecordConnection
  readonly elementCount: number
}

let state: Filled | undefined

answerRequests(carryOut)

async function carryOut(request: RecordRequest): Promise<CallTimes | undefined> {
  if (request.kind === 'open') {
    state = await open(request)
    return undefined
  }
  if (!state) throw new Error('No store is open.')
  if (request.kind === 'run') {
    const { workload, ms, callsMin } = request
    const steps = recordWorkloadNamed(workload).createSteps(state)
    const times = await timeCalls(steps, { ms, callsMin })
    await checkFilled(state)
    return times
  }
  await state.connection.close()
  return undefined
}

async function open(request: RecordRequest & { kind: 'open' }): Promise<Filled> {
  const { store, place, elementCount } = request
  const connection = await recordStoreNamed(store).open(place)
  const filled = { connection, elementCount }
  const record = createRecord(elementCount)
  await connection.put(listKey, record)
  await connection.putSet(setKey, record)
  await checkFilled(filled)
  globalThis.gc?.()
  return filled
}

/** Proves that no element was lost, and that the record was measured at the size it is said to be. */
async function checkFilled({ connection, elementCount }: Filled): Promise<void> {
  for (const key of [listKey, setKey]) {
    const count = await connection.countElements(key)
    if (count !== elementCount) {
      throw new Error(`${key} has ${count} elements, not ${elementCount}.`)
    }
  }
}
