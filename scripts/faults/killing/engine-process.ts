import { type ChildProcess, fork } from 'node:child_process'
import type { Engine } from '../../../packages/kvasir/src/engine/engine.ts'
import type { ErrorCode } from '../../../packages/kvasir/src/errors/error-codes.ts'
import { KvasirError, type WriteOutcome } from '../../../packages/kvasir/src/errors/kvasir-error.ts'
import { createFullStore } from '../../../packages/kvasir/src/store/full-store.ts'
import { bundleProgram } from '../build-tools.ts'
import type { DriverChanges } from '../planted-driver.ts'
import { openLaneBuckets } from '../workload/lane-buckets.ts'
import type { Durability } from '../workload/open-changed-store.ts'
import { endProcess } from './end-process.ts'
import type { Victim } from './victim.ts'

/** What `engine-program.ts` opens. */
export interface EngineTask extends DriverChanges {
  readonly directory: string
  readonly durability: Durability
  /** A planted bug: a rejection that nobody handles, once tables are checked. */
  readonly leavesRejection?: true
}

/** The methods that are called over the pipe; their arguments and answers are plain data. */
const methods = ['commit', 'list', 'history', 'getBucket', 'createBucket', 'close'] as const
type Method = (typeof methods)[number]

export interface EngineRequest {
  readonly id: number
  readonly method: Method | 'checkTables'
  readonly args: readonly unknown[]
}

export interface EngineAnswer {
  readonly id: number
  readonly value?: unknown
  readonly error?: {
    readonly code: ErrorCode
    readonly message: string
    readonly outcome: WriteOutcome | undefined
  }
}

/** Opens a data directory in a process of its own. */
export async function startEngineProcess(task: EngineTask): Promise<Victim> {
  const program = await bundleProgram(new URL('./engine-program.ts', import.meta.url))
  const child = fork(program, [JSON.stringify(task)], { serialization: 'advanced', silent: true })
  child.stdout?.resume()
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const end = (by: 'SIGKILL' | 'disconnect') => endProcess(child, { by, said: () => said })
  const pipe = new EnginePipe(child)
  await pipe.opened
  const calls = methods.map((method) => {
    const call = (...args: readonly unknown[]) => pipe.call(method, args.map(withoutSignal))
    return [method, call] as const
  })
  // Lanes use no other methods.
  const engine = Object.fromEntries(calls) as unknown as Engine
  const buckets = await openLaneBuckets(createFullStore(engine).project('shop'))
  return {
    buckets,
    checkTables: async () => (await pipe.call('checkTables', [])) as string[],
    kill: () => end('SIGKILL'),
    async close() {
      await engine.close()
      await end('disconnect')
    },
  }
}

/** Signals cannot be sent to another process. */
function withoutSignal(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null || !('signal' in argument)) return argument
  const { signal: _, ...rest } = argument
  return rest
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: KvasirError): void
}

class EnginePipe {
  /** Resolves when the directory is open. */
  readonly opened: Promise<unknown>
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #calls = 0

  constructor(child: ChildProcess) {
    this.#child = child
    this.opened = this.#answerTo(this.#calls)
    child.on('message', (message) => this.#take(message as EngineAnswer))
    child.on('exit', () => this.#fail())
    child.on('error', () => this.#fail()) // A message that came too late for the child.
  }

  call(method: EngineRequest['method'], args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#calls
    const answer = this.#answerTo(id)
    if (this.#child.connected) this.#child.send({ id, method, args } satisfies EngineRequest)
    else this.#fail()
    return answer
  }

  #answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  #take({ id, value, error }: EngineAnswer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (!error) waiting?.resolve(value)
    else waiting?.reject(new KvasirError(error.code, error.message, outcomeOf(error.outcome)))
  }

  /** Nobody can tell what became of the calls under way. */
  #fail(): void {
    const error = new KvasirError('KV_UNAVAILABLE', 'The process is gone.', outcomeOf('unknown'))
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

function outcomeOf(outcome: WriteOutcome | undefined) {
  return outcome ? { outcome } : {}
}
