// The process whose disk is recorded. `io-shim.c` must have been preloaded.
import { openSync, writeFileSync, writeSync } from 'node:fs'
import type { Answer, Lane } from '../workload/lane.ts'
import { openLaneBuckets } from '../workload/lane-buckets.ts'
import { openChangedStore } from '../workload/open-changed-store.ts'
import { runLanes } from '../workload/run-lanes.ts'
import { type Acknowledgement, type RecordingTask, recordedLanes } from './recording.ts'

const task = JSON.parse(process.argv[2] ?? '') as RecordingTask
const acks = openSync(task.acks, 'a')
const lanes = recordedLanes(task)

const [first, second] = task.commits
await (await write(first)).close()
tell({ kind: 'closed' })
if (task.failingSync !== undefined) writeFileSync(task.control, `sync ${task.failingSync} 5 once`)
const failed = await write(second)
if (task.commitsAfterwards !== undefined) {
  await failed.close()
  await write(task.commitsAfterwards)
}
process.exit() // Without closing anything.

async function write(commits: number) {
  const { engine, project } = await openChangedStore(task.store, task)
  const buckets = await openLaneBuckets(project)
  tell({ kind: 'buckets' })
  const onAnswer = (lane: Lane, answer: Answer): void =>
    tell({ kind: 'answer', lane: lanes.indexOf(lane), answer })
  const { durableLanes = 0 } = task
  const durabilityOf = (lane: Lane) => (lanes.indexOf(lane) < durableLanes ? 'durable' : undefined)
  await runLanes(lanes, buckets, { commits, durabilityOf, onAnswer }).catch(failing)
  return engine
}

function tell(acknowledgement: Acknowledgement): void {
  writeSync(acks, `${JSON.stringify(acknowledgement)}\n`)
}

function failing(error: unknown): void {
  if (task.failingSync === undefined) throw error
}
