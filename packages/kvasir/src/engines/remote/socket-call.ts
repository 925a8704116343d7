import type { KvasirError } from '../../errors/kvasir-error.ts'
import { fromProblem } from '../../errors/problem.ts'
import type { FrameWriter, SocketMessage } from '../../protocol/socket-frame.ts'
import { badResponse } from './answer.ts'

/** What a call over the socket asks, how its answer is read, and what becomes of it otherwise. */
export abstract class SocketCall<Result> {
  /** When it was asked. */
  startMs = 0
  readonly answered: Promise<Result>
  #resolve: (result: Result | Promise<Result>) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined

  constructor() {
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Puts the question into a frame. */
  abstract write(frame: FrameWriter, id: number): void
  /** Goes another way: the socket was lost, and the call may or may not have arrived. */
  abstract again(): Promise<Result>
  /** Reads an answer that reports no error; `value` is a part of its frame. */
  protected abstract read(message: SocketMessage, value: Uint8Array): Result

  /** Takes an error that the server reports: gives a result instead, or throws. */
  protected refused(error: unknown): Result | Promise<Result> {
    throw error
  }

  /** Takes what the server answers. */
  take(message: SocketMessage, value: Uint8Array): void {
    const [, status] = message
    try {
      if (typeof status !== 'number') throw badResponse(0)
      if (status < 400) this.#resolve(this.read(message, value))
      else this.#takeRefusal(fromProblem(message[3]) ?? badResponse(status))
    } catch (cause) {
      this.#reject(badResponse(Number(status), cause))
    }
  }

  /** There is no answer: fails with the error, if one is given, or goes another way. */
  lose(error: KvasirError | undefined): void {
    if (error) this.#reject(error)
    else this.#resolve(this.again())
  }

  #takeRefusal(error: KvasirError): void {
    try {
      this.#resolve(this.refused(error))
    } catch (thrown) {
      this.#reject(thrown)
    }
  }
}
