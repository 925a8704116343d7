import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ClientPlan, Job } from './client.ts'
import { readHistory } from './read-history.ts'

const program = fileURLToPath(new URL('./client.ts', import.meta.url))
const conditions = ['--conditions=@kvasir/source']
const execArgv = ['--import', 'tsx', ...conditions]
/** On Node 20, `--import tsx` does not reach a thread's first file. */
const threadProgram = `import('tsx/esm/api').then(({ register }) => {
  register()
  return import(${JSON.stringify(pathToFileURL(program).href)})
})`

/** Time enough for a message to reach every client. */
const startsInNs = 5_000_000

type Client = Worker | ChildProcess

/** What a history is to be like; the pool adds what differs from client to client. */
export interface HistoryPlan extends Pick<Job, 'at' | 'objects' | 'lanes' | 'abandoned' | 'fault'> {
  /** In total, of all clients. */
  readonly operations: number
  readonly seed: number
  /** Kills a process in the middle, and starts another one in its place for the next history. */
  readonly kills?: boolean
}

/** Clients that make histories together, as threads of this process or as processes. */
export class ClientPool {
  readonly #kind: 'thread' | 'process'
  readonly #plans: readonly ClientPlan[]
  readonly #logs = mkdtempSync(join(tmpdir(), 'kvasir-history-'))
  #clients: Client[] = []
  #begun = 0

  constructor(kind: 'thread' | 'process', plans: readonly ClientPlan[]) {
    this.#kind = kind
    this.#plans = plans
  }

  async start(): Promise<void> {
    this.#clients = await Promise.all(this.#plans.map((plan) => this.#start(plan)))
  }

  /** Makes a history and reads what the clients logged of it. */
  async makeHistory(plan: HistoryPlan): Promise<ReturnType<typeof readHistory>> {
    const { operations, kills, ...job } = plan
    const history = this.#begun++
    const logPaths = this.#clients.map((_, client) => join(this.#logs, `${history}-${client}`))
    const startAt = Number(process.hrtime.bigint()) + startsInNs
    const done = this.#clients.map((client, index) => {
      const isVictim = kills === true && index === 0
      const ended = isVictim ? endOf(client) : messageOf(client, 'done')
      post(client, {
        ...job,
        operations: Math.ceil(operations / this.#clients.length),
        seed: plan.seed * 31 + index,
        logPath: logPaths[index] ?? '',
        startAt,
      })
      return ended
    })
    if (kills) await this.#killFirst(logPaths[0] ?? '')
    await Promise.all(done)
    const histories = readHistory(logPaths)
    if (kills) await this.#replaceFirst()
    for (const path of logPaths) rmSync(path)
    return histories
  }

  async close(): Promise<void> {
    const ended = this.#clients.map(endOf)
    for (const client of this.#clients) post(client, 'close')
    await Promise.all(ended)
    rmSync(this.#logs, { recursive: true })
  }

  async #start(plan: ClientPlan): Promise<Client> {
    const argv = [JSON.stringify(plan)]
    const client =
      this.#kind === 'thread'
        ? new Worker(threadProgram, { eval: true, argv, execArgv: conditions })
        : fork(program, argv, { execArgv })
    await messageOf(client, 'ready')
    return client
  }

  /** Once it has done something, and before it has done all. */
  async #killFirst(logPath: string): Promise<void> {
    const [first] = this.#clients
    if (!first || first instanceof Worker) throw new Error('Only processes can be killed.')
    while (linesIn(logPath) < 50) await new Promise((resolve) => setTimeout(resolve, 1))
    first.kill('SIGKILL')
  }

  async #replaceFirst(): Promise<void> {
    const [plan] = this.#plans
    if (!plan) return
    // What one of the same name wrote in an earlier history stands in another project.
    this.#clients[0] = await this.#start(plan)
  }
}

function post(client: Client, message: Job | 'close'): void {
  if (client instanceof Worker) client.postMessage(message)
  else client.send(message)
}

async function messageOf(client: Client, expected: string): Promise<void> {
  const over = new AbortController()
  const { signal } = over
  try {
    const [message] = (await Promise.race([
      once(client, 'message', { signal }),
      once(client, 'exit', { signal }).then(() => ['nothing any more, and ended']),
    ])) as unknown[]
    if (message !== expected)
      throw new Error(`A client should say ${expected}, and says ${message}.`)
  } finally {
    over.abort()
  }
}

async function endOf(client: Client): Promise<void> {
  await once(client, 'exit')
}

function linesIn(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length : 0
}
