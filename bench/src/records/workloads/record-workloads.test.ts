import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { timeCalls } from '../../time-calls.ts'
import { createRecord, listKey, setKey } from '../record-data.ts'
import type { RecordConnection } from '../record-store.ts'
import { kvasirRelaxed } from '../stores/kvasir.ts'
import { sqliteNormal } from '../stores/naive-sqlite.ts'
import { recordWorkloadList } from './record-workload-list.ts'
import { remove } from './remove.ts'
import { shift } from './shift.ts'

const elementCount = 10
const pace = { ms: 0, callsMin: 25 }

describe.each([kvasirRelaxed, sqliteNormal])('the workloads of records on $name', (store) => {
  let directory: string
  let connection: RecordConnection

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kvasir-bench-'))
    connection = await store.open(directory)
    await connection.put(listKey, createRecord(elementCount))
    await connection.putSet(setKey, createRecord(elementCount))
  })

  afterEach(async () => {
    await connection.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it.each(recordWorkloadList)('$title leaves the records at their size', async (workload) => {
    const steps = workload.createSteps({ connection, elementCount })

    const { calls } = await timeCalls(steps, pace)

    expect(calls).toBe(25)
    expect(await connection.countElements(listKey)).toBe(elementCount)
    expect(await connection.countElements(setKey)).toBe(elementCount)
  })

  it('find the list in its order, whichever came before', async () => {
    for (const workload of [...recordWorkloadList, shift]) {
      const times = await timeCalls(workload.createSteps({ connection, elementCount }), pace)

      expect(times.calls).toBe(25)
    }
  })

  it('notice a lost element', async () => {
    const steps = shift.createSteps({ connection, elementCount })
    const lossy = { ...steps, restore: () => connection.shift(listKey) }

    const times = timeCalls(lossy, pace)

    await expect(times).rejects.toThrow('out of order')
  })

  it('notice a member that is not there', async () => {
    const steps = remove.createSteps({ connection, elementCount })
    const lossy = { ...steps, restore: () => undefined }

    const times = timeCalls(lossy, pace)

    await expect(times).rejects.toThrow('not as it had been left')
  })
})
