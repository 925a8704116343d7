// A client of the histories, as a thread or a process of its own. Its one argument is a `ClientPlan`
// as JSON; it then does one `Job` after the other, and keeps a log of each for `read-history.ts`.
import { closeSync, openSync, writeSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { BucketRef, Engine } from '../../../src/engine/engine.ts'
import { type OpenOptions, openEngine } from '../../../src/engine.ts'
import { KvasirError } from '../../../src/errors/kvasir-error.ts'
import { createCheckedEngine } from '../../../src/front/checked-engine.ts'
import { repeatableRandom } from '../../remote/tcp-proxy.ts'
import { breakEngine, type Fault } from './broken-engines.ts'
import type { Call, LogLine, Return } from './log.ts'
import type { Draw } from './move.ts'
import { type ObjectName, objectNamed } from './objects.ts'

export interface ClientPlan {
  readonly location: string
  readonly options: OpenOptions
  readonly name: string
}

export interface Job {
  readonly at: BucketRef
  readonly objects: readonly [ObjectName, ...ObjectName[]]
  /** How many operations the client does, and how many of them at once. */
  readonly operations: number
  readonly lanes: number
  readonly seed: number
  readonly logPath: string
  /** When to begin, so that all do together. */
  readonly startAt: number
  /** The share of writes that are given up on before they are answered. */
  readonly abandoned: number
  readonly fault?: Fault
}

/** What may come of lost connections, given-up calls and locks that others hold for long. */
const expectedCodes = new Set(['KV_ABORTED', 'KV_UNAVAILABLE', 'KV_TIMEOUT', 'KV_BUSY'])

const port = parentPort ?? process
const plan = JSON.parse(process.argv[2] ?? '') as ClientPlan
const engine = createCheckedEngine(await openEngine(plan.location, plan.options))

port.on('message', (job: Job | 'close') => {
  if (job === 'close') void engine.close().then(() => process.exit(0))
  else void work(job) // A failure ends the client, which its pool notices.
})
tell('ready')

function tell(message: string): void {
  if (parentPort) parentPort.postMessage(message)
  else process.send?.(message)
}

async function work(job: Job): Promise<void> {
  const random = repeatableRandom(job.seed)
  const file = openSync(job.logPath, 'a')
  const log = (line: LogLine): void => {
    writeSync(file, `${JSON.stringify(line)}\n`)
  }
  const used = job.fault ? breakEngine(engine, job.fault) : engine
  let drawn = 0
  let written = 0
  const unique = (): string => `${plan.name}${written++}`
  const lane = async (): Promise<void> => {
    const lasts = new Map<ObjectName, Draw['last']>()
    while (drawn < job.operations) {
      const id = drawn++
      const name = job.objects[Math.floor(random() * job.objects.length)] ?? job.objects[0]
      const last = lasts.get(name) ?? {}
      lasts.set(name, last)
      await makeMove({ job, used, id, name, log }, { random, unique, last })
    }
  }
  while (now() < job.startAt) await new Promise((resolve) => setTimeout(resolve, 0))
  await Promise.all(Array.from({ length: job.lanes }, lane))
  closeSync(file)
  tell('done')
}

interface Turn {
  readonly job: Job
  readonly used: Engine
  readonly id: number
  readonly name: ObjectName
  readonly log: (line: LogLine) => void
}

async function makeMove({ job, used, id, name, log }: Turn, draw: Draw): Promise<void> {
  const move = objectNamed(name).draw(draw)
  const isAbandoned = draw.random() < job.abandoned
  const call: Call = { call: id, object: name, input: move.input, at: now() }
  // Before it is called: of a client that is killed, nothing may have happened that is not here.
  log(call)
  const givingUp = new AbortController()
  const calledAt = now()
  try {
    const made = move.make({
      engine: used,
      at: job.at,
      ...(isAbandoned && { signal: givingUp.signal }),
    })
    if (isAbandoned) givingUp.abort()
    const output = await made
    const answer: Return = { return: id, calledAt, returnedAt: now(), output }
    log(answer)
  } catch (error) {
    if (!KvasirError.is(error)) throw error
    if (!expectedCodes.has(error.code)) throw error
    if (error.outcome === 'not-applied') log({ refused: id })
  }
}

/** Of the clock that all threads and processes of a machine share, in nanoseconds. */
function now(): number {
  return Number(process.hrtime.bigint())
}
