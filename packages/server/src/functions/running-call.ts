/** A request in its function, from the beginning to the end of its answer. */
import { randomUUID } from 'node:crypto'
import { KvasirError } from 'kvasir'
import type { Logger } from '../http/request-log.ts'
import { answerFailure } from './answer-failure.ts'
import type { Deadlines } from './deadlines.ts'
import { currentCall, type FunctionCall, labelOf } from './function-call.ts'
import { logRequest, logTrouble } from './function-log.ts'
import type { FunctionSettings } from './function-settings.ts'
import type { HostRequest, HostResponse } from './host-messages.ts'
import type { Handler, LoadedFunction } from './load-function.ts'
import type { Watchdog } from './watchdog.ts'

export interface CallParts {
  readonly settings: FunctionSettings
  readonly logger: Logger
  /** Whether the log takes requests that went well. */
  readonly logsRequests: boolean
  readonly watchdog: Pick<Watchdog, 'requestBegan' | 'requestEnded'>
  /** Whether answers say what a function threw, and where: for its author alone. */
  readonly tellsErrors: boolean
  readonly deadlines: Deadlines<RunningCall>
}

export interface Chosen {
  readonly loaded: LoadedFunction
  readonly handler: Handler
  readonly member: string | undefined
}

export class RunningCall implements FunctionCall {
  readonly method: string
  readonly path: string
  readonly startedAt = performance.now()
  readonly function: LoadedFunction
  readonly member: string | undefined
  reads = 0
  writes = 0
  outcome: 'timed-out' | 'failed' | undefined = undefined
  readonly #parts: CallParts
  readonly #res: HostResponse
  #id: string | undefined

  constructor(parts: CallParts, chosen: Chosen, { req, res }: Exchange) {
    this.method = req.method
    this.path = req.baseUrl + req.path
    this.function = chosen.loaded
    this.member = chosen.member
    this.#parts = parts
    this.#res = res
  }

  /** Made when it is asked for, which most never are. */
  get id(): string {
    this.#id ??= randomUUID()
    return this.#id
  }

  run(handler: Handler, req: HostRequest): void {
    const { watchdog, deadlines } = this.#parts
    const res = this.#res
    res.countOf(this)
    watchdog.requestBegan()
    deadlines.begin(this, this.startedAt)
    res.on('close', () => this.#end())
    res.on('error', (error) => this.fail(error))
    try {
      const running: unknown = currentCall.run(this, handler, req, res)
      // Most that answer at once return nothing, and then there is nothing to wait for.
      if (!isThenable(running)) return
      void Promise.resolve(running).catch((error: unknown) => this.fail(error))
    } catch (error) {
      this.fail(error)
    }
  }

  fail(error: unknown): void {
    const { logger } = this.#parts
    const res = this.#res
    if (res.headersSent || this.outcome) {
      const isAnswer = (error as { code?: unknown } | null)?.code === 'ERR_HTTP_HEADERS_SENT'
      const when =
        this.outcome === 'timed-out' ? 'after its time was over' : 'after it had answered'
      const message = isAnswer
        ? `a function answered ${when}; only the first answer was sent`
        : `a function failed ${when}`
      logTrouble(logger, this, { error, message })
      // Half an answer must not look like a whole one.
      if (!res.writableEnded) res.destroy()
      return
    }
    this.outcome = 'failed'
    logTrouble(logger, this, { error, message: 'a function failed' })
    answerFailure(res, this.#toldOf(error))
  }

  timeOut(): void {
    const { logger, settings } = this.#parts
    if (this.#res.headersSent) return
    this.outcome = 'timed-out'
    const message = `${labelOf(this)} did not answer within ${settings.timeoutMs} ms.`
    const error = new KvasirError('KV_TIMEOUT', message, { outcome: 'unknown' })
    logTrouble(logger, this, { error, message: 'a function did not answer in time' })
    answerFailure(this.#res, error)
  }

  #end(): void {
    const { deadlines, watchdog, logger, logsRequests } = this.#parts
    deadlines.end(this)
    watchdog.requestEnded()
    const res = this.#res
    if (logsRequests) logRequest(logger, this, res.writableFinished ? res.statusCode : 499)
  }

  #toldOf(error: unknown): KvasirError {
    const { id, outcome } = this
    if (this.#parts.tellsErrors) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      return new KvasirError('KV_FUNCTION_FAILED', text, { details: { requestId: id } })
    }
    const message = `${labelOf(this)} failed. The host's log has more about request ${id}.`
    return new KvasirError('KV_FUNCTION_FAILED', message, {
      ...(outcome && { details: { requestId: id } }),
    })
  }
}

export interface Exchange {
  readonly req: HostRequest
  readonly res: HostResponse
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value
}
