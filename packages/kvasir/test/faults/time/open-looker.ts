import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { bundleProgram } from '../../../../../scripts/faults/build-tools.ts'
import { openEngine } from '../../../src/engine.ts'
import { startServe } from '../serve-process.ts'
import type { FakedClock } from './faked-clock.ts'
import { type Looker, prepare, type Question, type Reply, reply } from './looker.ts'

type Clock = Pick<FakedClock, 'env'>

/** A store in a process of its own, asked over a pipe. */
export async function openEmbedded(directory: string, { env }: Clock): Promise<Looker> {
  const program = await bundleProgram(new URL('./looking-program.ts', import.meta.url))
  const start = async (): Promise<AskedProcess> => {
    const child = fork(program, [directory], { env: { PATH: process.env.PATH, ...env } })
    const asked = new AskedProcess(child)
    await asked.ready
    return asked
  }
  let asked = await start()
  return {
    ask: (question) => asked.ask(question),
    async restart(between) {
      await asked.kill()
      between()
      asked = await start()
    },
    close: () => asked.kill(),
  }
}

/** A store behind a server, asked over HTTP by a client whose clock is true. */
export async function openServed(directory: string, { env }: Clock): Promise<Looker> {
  let server = await startServe(directory, { env })
  const engine = await openEngine(server.url, { retryMs: 0 })
  await prepare(engine)
  return {
    ask: (question) => reply(engine, question),
    async restart(between) {
      await server.kill()
      between()
      server = await startServe(directory, { port: server.port, env })
    },
    async close() {
      await engine.close()
      await server.kill()
    },
  }
}

interface Waiting {
  resolve(answer: Reply): void
  reject(error: Error): void
}

class AskedProcess {
  readonly ready: Promise<unknown>
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #waiting = new Map<number, Waiting>()
  #asked = 0

  constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = once(child, 'exit')
    const failed = this.#ended.then(() => {
      throw new Error('The process ended before it had opened the store.')
    })
    this.ready = Promise.race([once(child, 'message'), failed])
    failed.catch(() => undefined) // Later it ends as it is meant to.
    child.on('message', (message) => this.#take(message as { id: number; answer: Reply }))
    child.on('exit', () => this.#fail())
    child.on('error', () => this.#fail()) // A message that came too late for the child.
  }

  ask(question: Question): Promise<Reply> {
    const id = ++this.#asked
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      if (this.#child.connected) this.#child.send({ id, question })
      else this.#fail()
    })
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #take({ id, answer }: { id: number; answer: Reply }): void {
    this.#waiting.get(id)?.resolve(answer)
    this.#waiting.delete(id)
  }

  #fail(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('The process is gone.'))
    this.#waiting.clear()
  }
}
