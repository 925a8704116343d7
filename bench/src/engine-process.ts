import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineDefinition } from './engines/engine.ts'
import { say } from './progress.ts'
import { WorkerProcess } from './worker-process.ts'
import type { Request } from './worker-protocol.ts'
import type { Outcome, Workload } from './workloads/workload.ts'

export interface Scale {
  readonly keyCount: number
  readonly valueBytes: number
}

const loadMsMax = 300_000
const runMsMax = 120_000
const closeMsMax = 30_000

/** Everything that a run stores, for as long as it runs: no other run's. */
export const dataDirectory = join(import.meta.dirname, '../.data', String(process.pid))

/**
 * One engine, filled, in a process of its own. A process that dies or hangs fails its workload
 * alone: another one takes over the directory.
 */
export class EngineProcess {
  readonly engine: EngineDefinition
  readonly #scale: Scale
  readonly #directory: string
  readonly #worker = new WorkerProcess<Request, Outcome>(join(import.meta.dirname, 'worker.ts'))

  constructor(engine: EngineDefinition, scale: Scale) {
    this.engine = engine
    this.#scale = scale
    this.#directory = join(dataDirectory, `${engine.name}-${scale.keyCount}x${scale.valueBytes}`)
  }

  async load(): Promise<void> {
    mkdirSync(this.#directory, { recursive: true })
    await this.#start(true)
  }

  async run({ name }: Workload, { ms, start }: { ms: number; start: number }): Promise<Outcome> {
    if (!this.#worker.isRunning) await this.#start(this.engine.durability === 'memory')
    const outcome = await this.#worker.ask({ kind: 'run', workload: name, ms, start }, runMsMax)
    if (!outcome) throw new Error('The worker answered without an outcome.')
    return outcome
  }

  /** Closes the store and ends the process, whatever state it is in. */
  async close(): Promise<void> {
    if (!this.#worker.isRunning) return
    try {
      await this.#worker.ask({ kind: 'close' }, closeMsMax)
    } catch (error) {
      // Its figures are taken; what it does not close, the end of its process does.
      say(`${this.engine.name} did not close: ${error instanceof Error ? error.message : error}`)
    }
    this.#worker.kill()
  }

  async #start(isNew: boolean): Promise<void> {
    this.#worker.start()
    const { name } = this.engine
    const place = { engine: name, directory: this.#directory, isNew }
    await this.#worker.ask({ kind: 'open', ...place, ...this.#scale }, loadMsMax)
  }
}
