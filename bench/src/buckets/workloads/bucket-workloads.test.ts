import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { timeCalls } from '../../time-calls.ts'
import type { BucketConnection } from '../bucket-store.ts'
import { sceneNamed } from '../scenes.ts'
import { kvasirRelaxed } from '../stores/kvasir.ts'
import { bucketWorkloadList } from './bucket-workload-list.ts'
import { fanOut } from './fan-out.ts'
import { history } from './history.ts'
import { listBuckets } from './list-buckets.ts'
import { listPage } from './list-page.ts'
import { put } from './put.ts'
import { statistics } from './statistics.ts'

const pace = { ms: 0, callsMin: 5 }
// The smallest that a scene makes sense with: pages have 1,000 entries.
const sizes = { history: 8, keys: 3000, buckets: 3, subscribers: 20 } as const

describe(`the workloads of buckets on ${kvasirRelaxed.name}`, () => {
  let directory: string
  let connection: BucketConnection

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kvasir-bench-'))
    connection = await kvasirRelaxed.open(directory)
  })

  afterEach(async () => {
    await connection.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it.each(bucketWorkloadList)('$title runs, and finds every answer right', async (workload) => {
    const setting = await sceneNamed(workload.scene).fill(connection, sizes[workload.scene])

    const { calls } = await timeCalls(workload.createSteps(setting), pace)

    expect(calls).toBe(5)
  })

  it('put keeps as many values of a key as there were before', async () => {
    const setting = await sceneNamed('history').fill(connection, sizes.history)

    await timeCalls(put.createSteps(setting), { ms: 0, callsMin: 300 })
    const { calls } = await timeCalls(history.createSteps(setting), pace)

    expect(calls).toBe(5)
  })

  it.each([
    { workload: history, lie: { history: () => ['of a key'] }, words: 'A key has 1 values' },
    { workload: listPage, lie: { page: () => ({ keys: ['key'] }) }, words: 'A page of 1 keys' },
    { workload: statistics, lie: { countKeys: () => 1 }, words: 'The bucket says 1 keys' },
    { workload: listBuckets, lie: { countAllKeys: () => [] }, words: '0 buckets came back' },
    { workload: put, lie: { put: () => 0 }, words: 'Revision 0 came after 0' },
  ])('$workload.title notices a wrong answer', async ({ workload, lie, words }) => {
    const setting = await sceneNamed(workload.scene).fill(connection, sizes[workload.scene])
    const steps = workload.createSteps({ ...setting, connection: { ...connection, ...lie } })

    await expect(timeCalls(steps, pace)).rejects.toThrow(words)
  })

  it('put seen by all waits for each subscriber', async () => {
    const setting = await sceneNamed('subscribers').fill(connection, 2)
    const late = setting.audience.take()
    const told: number[] = []
    await connection.watch('measured', (revision) => {
      told.push(revision)
      late(revision)
    })

    const { calls } = await timeCalls(fanOut.createSteps(setting), pace)

    // One call more than is counted has warmed it up.
    expect(told).toHaveLength(calls + 1)
  })
})
