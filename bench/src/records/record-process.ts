import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { dataDirectory } from '../engine-process.ts'
import { say } from '../progress.ts'
import { WorkerProcess } from '../worker-process.ts'
import type { RecordServer, RecordStoreDefinition } from './record-store.ts'
import type { RecordRequest } from './record-worker-protocol.ts'
import type { CallPace, CallTimes } from './time-calls.ts'
import type { RecordWorkload } from './workloads/record-workload.ts'

const openMsMax = 120_000
const runMsMax = 120_000
const closeMsMax = 30_000

/**
 * One store and one size of records, in a process of its own, with a server of its own if it needs
 * one: what a size costs later, in checkpoints and syncs, no other size pays. A process that dies
 * fails its workload alone: another one takes over.
 */
export class RecordProcess {
  readonly store: RecordStoreDefinition
  readonly elementCount: number
  readonly #worker = new WorkerProcess<RecordRequest, CallTimes>(
    join(import.meta.dirname, 'record-worker.ts'),
  )
  #server: RecordServer | undefined

  constructor(store: RecordStoreDefinition, elementCount: number) {
    this.store = store
    this.elementCount = elementCount
  }

  async open(): Promise<void> {
    const { name } = this.store
    const directory = join(dataDirectory, `records-${name}-${this.elementCount}`)
    mkdirSync(directory, { recursive: true })
    this.#server ??= await this.store.serve?.(directory)
    const place = this.#server?.address ?? directory
    this.#worker.start()
    const { elementCount } = this
    await this.#worker.ask({ kind: 'open', store: name, place, elementCount }, openMsMax)
  }

  /** Answers the microseconds of a call. */
  async run({ name }: RecordWorkload, pace: CallPace): Promise<number> {
    if (!this.#worker.isRunning) await this.open()
    const times = await this.#worker.ask({ kind: 'run', workload: name, ...pace }, runMsMax)
    if (!times) throw new Error('The worker answered without figures.')
    return (times.ms / times.calls) * 1000
  }

  /** Closes the store and ends the processes, whatever state they are in. */
  async close(): Promise<void> {
    if (this.#worker.isRunning) await this.#closeStore()
    this.#worker.kill()
    await this.#server?.close()
  }

  async #closeStore(): Promise<void> {
    try {
      await this.#worker.ask({ kind: 'close' }, closeMsMax)
    } catch (error) {
      // Its figures are taken; what it does not close, the end of its process does.
      say(`${this.store.name} did not close: ${error instanceof Error ? error.message : error}`)
    }
  }
}
