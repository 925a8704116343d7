import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineDefinition } from './engines/engine.ts'
import { say } from './progress.ts'
import type { Reply, Request } from './worker-protocol.ts'
import type { Outcome, Workload } from './workloads/workload.ts'

export interface Scale {
  readonly keyCount: number
  readonly valueBytes: number
}

const loadMsMax = 300_000
const runMsMax = 120_000
const closeMsMax = 30_000

/** Everything that a run stores, for as long as it runs. */
export const dataDirectory = join(import.meta.dirname, '../.data')

/**
 * One engine, filled, in a process of its own. A process that dies or hangs fails its workload
 * alone: another one takes over the directory.
 */
export class EngineProcess {
  readonly engine: EngineDefinition
  readonly #scale: Scale
  readonly #directory: string
  #child: ChildProcess | undefined

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
    if (!this.#child) await this.#start(this.engine.durability === 'memory')
    const outcome = await this.#ask({ kind: 'run', workload: name, ms, start }, runMsMax)
    if (!outcome) throw new Error('The worker answered without an outcome.')
    return outcome
  }

  /** Closes the store and ends the process, whatever state it is in. */
  async close(): Promise<void> {
    const child = this.#child
    if (!child) return
    try {
      await this.#ask({ kind: 'close' }, closeMsMax)
    } catch (error) {
      // Its figures are taken; what it does not close, the end of its process does.
      say(`${this.engine.name} did not close: ${error instanceof Error ? error.message : error}`)
    }
    this.#child = undefined
    child.kill('SIGKILL')
  }

  async #start(isNew: boolean): Promise<void> {
    this.#child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      execArgv: ['--import', import.meta.resolve('tsx'), '--expose-gc', ...heapFlags],
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    const { name } = this.engine
    const place = { engine: name, directory: this.#directory, isNew }
    await this.#ask({ kind: 'open', ...place, ...this.#scale }, loadMsMax)
  }

  /** Sends a request and waits for the reply, the death of the process, or the end of patience. */
  async #ask(request: Request, msMax: number): Promise<Outcome | undefined> {
    const child = this.#child
    if (!child) throw new Error('The worker is not running.')
    const reply = await new Promise<Reply>((resolve) => {
      const settle = (words: Reply): void => {
        clearTimeout(timer)
        child.off('message', settle).off('exit', died)
        resolve(words)
      }
      const died = (code: number | null, signal: string | null): void => {
        this.#child = undefined
        settle({ ok: false, message: `the process died (${signal ?? `exit code ${code}`})` })
      }
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        this.#child = undefined
        settle({ ok: false, message: `no answer in ${msMax / 1000} s` })
      }, msMax)
      child.on('message', settle).on('exit', died)
      child.send(request)
    })
    if (!reply.ok) throw new Error(reply.message)
    return reply.outcome
  }
}

/** Memory engines hold a gigabyte of text at 10 KB a value. */
const heapFlags = ['--max-old-space-size=8192']
