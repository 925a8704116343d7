// Builds images from a recording and opens each: many in one process, which an image may bring down.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../random.ts'
import { buildImage } from './disk-image.ts'
import { type Finding, Judge } from './judge.ts'
import type { RecordingTask } from './recording.ts'
import { parseWriteLog } from './write-log.ts'

export interface JudgeTask {
  readonly recording: RecordingTask
  readonly log: string
  readonly scratch: string
  readonly seed: number
  readonly images: number
}

/** What a judge says of its images. */
export interface Judgement {
  readonly events: number
  readonly acknowledged: number
  readonly images: number
  /** By image: its cut, and what was wrong. */
  readonly findings: readonly (Finding & { readonly cut: number; readonly seed: number })[]
}

const findingsMax = 50

const task = JSON.parse(process.argv[2] ?? '') as JudgeTask
const events = parseWriteLog(readFileSync(task.log))
const judge = new Judge(task.recording, events)
const findings: Judgement['findings'][number][] = []
// Where a sync fails, what comes after it is in question.
const failed = events.findIndex(({ kind }) => kind === 'syncFailed')
const from = Math.max(0, failed)
for (let image = 0; image < task.images && findings.length < findingsMax; image++) {
  const seed = task.seed + image
  const random = new Random(seed)
  // One in each of as many stretches of the recording as there are images.
  const length = events.length + 1 - from
  const cut = from + Math.floor(((image + random.next()) / task.images) * length)
  const into = mkdtempSync(join(task.scratch, 'image-'))
  buildImage(events, { cut, random, into })
  for (const finding of await judge.judge(join(into, 'store'), cut)) {
    findings.push({ ...finding, cut, seed })
  }
  rmSync(into, { recursive: true })
  // Drivers keep a closed database half open until its statements have been collected.
  if (image % 20 === 19) globalThis.gc?.()
}
const { acknowledged } = judge
const judgement: Judgement = { events: events.length, acknowledged, images: task.images, findings }
process.stdout.write(JSON.stringify(judgement))
