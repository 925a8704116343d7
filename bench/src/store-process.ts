import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { dataDirectory } from './engine-process.ts'
import { say } from './progress.ts'
import type { BenchServer } from './servers/server-process.ts'
import type { StoreRequest } from './store-worker.ts'
import type { CallPace, CallTimes } from './time-calls.ts'
import { WorkerProcess } from './worker-process.ts'

const openMsMax = 600_000
const runMsMax = 120_000
const closeMsMax = 30_000

/** A store that workers open: in a directory, or at the address of a server of its own. */
export interface OpenableStore {
  readonly name: string
  /** Starts the server that the worker connects to, for stores that have one. */
  serve?(directory: string): Promise<BenchServer>
}

export interface StoreProcessOptions<Store extends OpenableStore, Setting extends object> {
  readonly store: Store
  /** The path of the worker's program. */
  readonly worker: string
  /** Tells its directory from those of other processes. */
  readonly label: string
  /** How much of what the store is filled with. */
  readonly size: number
  /** What the worker is told beside the store and where it is. */
  readonly setting: Setting
}

/**
 * One store, filled to one size, in a process of its own, with a server of its own if it needs one:
 * what a size costs later, in checkpoints and syncs, no other size pays. A process that dies fails
 * its workload alone: another one takes over.
 */
export class StoreProcess<Store extends OpenableStore, Setting extends object> {
  readonly store: Store
  readonly size: number
  readonly #options: StoreProcessOptions<Store, Setting>
  readonly #worker: WorkerProcess<StoreRequest<Setting>, CallTimes>
  #server: BenchServer | undefined

  constructor(options: StoreProcessOptions<Store, Setting>) {
    this.store = options.store
    this.size = options.size
    this.#options = options
    this.#worker = new WorkerProcess(options.worker)
  }

  async open(): Promise<void> {
    const { label, setting, size } = this.#options
    const { name } = this.store
    const directory = join(dataDirectory, `${label}-${name}-${size}`)
    mkdirSync(directory, { recursive: true })
    this.#server ??= await this.store.serve?.(directory)
    const place = this.#server?.address ?? directory
    this.#worker.start()
    await this.#worker.ask({ kind: 'open', store: name, place, setting }, openMsMax)
  }

  /** Answers the microseconds of a call. */
  async run({ name }: { readonly name: string }, pace: CallPace): Promise<number> {
    if (!this.#worker.isRunning) await this.open()
    const times = await this.#worker.ask({ kind: 'run', workload: name, pace }, runMsMax)
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
