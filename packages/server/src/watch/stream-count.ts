import { KvasirError } from 'kvasir'
import { retryAfterSeconds, type StreamLimits, streamLimits } from '../limits/server-limits.ts'

/** Is told of streams of events and of sockets. */
export interface StreamFigures {
  streamOpened(): void
  streamClosed(): void
  streamRefused(reason: 'streams' | 'streams-per-project'): void
}

/** Counts the streams of events and the sockets, and refuses those that are too many. */
export class StreamCount {
  readonly #limits: StreamLimits
  readonly #figures: StreamFigures | undefined
  readonly #countByProject = new Map<string, number>()
  #count = 0

  constructor(limits: Partial<StreamLimits> = {}, figures?: StreamFigures) {
    this.#limits = { ...streamLimits, ...limits }
    this.#figures = figures
  }

  /**
   * Takes one more stream in, and answers what to call when it is over; more calls change nothing.
   *
   * @throws {KvasirError} `KV_UNAVAILABLE` when the server has all it takes, and
   * `KV_TOO_MANY_REQUESTS` when the project has.
   */
  enter(project: string): () => void {
    const inProject = this.#countByProject.get(project) ?? 0
    this.#check(inProject)
    this.#count++
    this.#countByProject.set(project, inProject + 1)
    this.#figures?.streamOpened()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#leave(project)
    }
  }

  /** @throws {KvasirError} `KV_UNAVAILABLE` when the server has all it takes. */
  checkTotal(): void {
    const { streamsMax } = this.#limits
    if (this.#count < streamsMax) return
    this.#figures?.streamRefused('streams')
    const message = `The server has the ${streamsMax} streams and sockets that it takes.`
    throw refused('KV_UNAVAILABLE', message)
  }

  #check(inProject: number): void {
    const { streamsPerProjectMax } = this.#limits
    this.checkTotal()
    if (inProject >= streamsPerProjectMax) {
      this.#figures?.streamRefused('streams-per-project')
      const message = `The project has the ${streamsPerProjectMax} streams and sockets that one may have.`
      throw refused('KV_TOO_MANY_REQUESTS', message)
    }
  }

  #leave(project: string): void {
    this.#count--
    const inProject = (this.#countByProject.get(project) ?? 1) - 1
    if (inProject > 0) this.#countByProject.set(project, inProject)
    else this.#countByProject.delete(project)
    this.#figures?.streamClosed()
  }
}

function refused(code: 'KV_UNAVAILABLE' | 'KV_TOO_MANY_REQUESTS', message: string): KvasirError {
  return new KvasirError(code, `${message} Close some, or try again later.`, {
    details: { retryAfterSeconds },
  })
}
