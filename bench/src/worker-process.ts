import { type ChildProcess, fork } from 'node:child_process'
import type { Reply } from './answer-requests.ts'

/** A big heap: memory engines hold a gigabyte of text at 10 KB a value. */
const heapFlags = ['--max-old-space-size=8192', '--expose-gc']

/** A process that runs one of the bench's workers, and answers one request at a time. */
export class WorkerProcess<Request extends object, Answer> {
  readonly #file: string
  #child: ChildProcess | undefined

  constructor(file: string) {
    this.#file = file
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  start(): void {
    this.#child = fork(this.#file, [], {
      execArgv: ['--import', import.meta.resolve('tsx'), ...heapFlags],
      stdio: ['ignore', 2, 2, 'ipc'],
    })
  }

  /** Ends the process, whatever state it is in. */
  kill(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  /**
   * Sends a request and waits for the reply, the death of the process, or the end of patience.
   *
   * @throws {Error} with the worker's words, or what became of its process.
   */
  async ask(request: Request, msMax: number): Promise<Answer | undefined> {
    const child = this.#child
    if (!child) throw new Error('The worker is not running.')
    const reply = await new Promise<Reply<Answer>>((resolve) => {
      const settle = (words: Reply<Answer>): void => {
        clearTimeout(timer)
        child.off('message', settle).off('exit', died)
        resolve(words)
      }
      const died = (code: number | null, signal: string | null): void => {
        this.#child = undefined
        settle({ ok: false, message: `the process died (${signal ?? `exit code ${code}`})` })
      }
      const timer = setTimeout(() => {
        this.kill()
        settle({ ok: false, message: `no answer in ${msMax / 1000} s` })
      }, msMax)
      child.on('message', settle).on('exit', died)
      child.send(request)
    })
    if (!reply.ok) throw new Error(reply.message)
    return reply.outcome
  }
}
