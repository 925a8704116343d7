import { KvasirError } from 'kvasir'
import { retryAfterSeconds, type StreamLimits } from '../limits/server-limits.ts'

/** Is told of streams of events. */
export interface StreamFigures {
  streamOpened(): void
  streamClosed(): void
  streamRefused(reason: 'streams' | 'streams-per-project'): void
}

/** Counts the streams of events that are open, and refuses those that are too many. */
export class StreamCount {
  readonly #limits: StreamLimits
  readonly #figures: StreamFigures | undefined
  readonly #countByProject = new Map<string, number>()
  #count = 0

  constructor(limits: StreamLimits, figures?: StreamFigures) {
    this.#limits = limits
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

  #check(inProject: number): void {
    const { streamsMax, streamsPerProjectMax } = this.#limits
    if (this.#count >= streamsMax) {
      this.#figures?.streamRefused('streams')
      throw refused('KV_UNAVAILABLE', `The server has the ${streamsMax} streams that it takes.`)
    }
    if (inProject >= streamsPerProjectMax) {
      this.#figures?.streamRefused('streams-per-project')
      const message = `The project has the ${streamsPerProjectMax} streams that one may have at a time.`
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
