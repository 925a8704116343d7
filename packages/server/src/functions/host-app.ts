/** The HTTP side of the host: a request comes in, its function runs, one answer goes out. */
import { randomUUID } from 'node:crypto'
import cookieParser from 'cookie-parser'
import express, { type Express, type Request, type Response } from 'express'
import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'
import { PacedResponse } from '../http/paced-response.ts'
import type { Logger } from '../http/request-log.ts'
import { currentCall, type FunctionCall, labelOf } from './function-call.ts'
import { logRequest, logTrouble } from './function-log.ts'
import type { FunctionSettings } from './function-settings.ts'
import type { Handler, LoadedFunction } from './load-function.ts'
import { createBodyReader, hasBody } from './read-body.ts'
import { readPath } from './read-path.ts'
import type { Watchdog } from './watchdog.ts'

export interface HostAppParts {
  readonly settings: FunctionSettings
  readonly find: (
    path: readonly string[],
  ) => { readonly target: LoadedFunction; readonly rest: readonly string[] } | undefined
  readonly logger: Logger
  readonly watchdog: Pick<Watchdog, 'requestBegan' | 'requestEnded'>
  /** Whether answers say what a function threw, and where: for its author alone. */
  readonly tellsErrors: boolean
}

/** How often the request read from the store and wrote to it, up to its answer. */
const countHeaders = { reads: 'Kvasir-Reads', writes: 'Kvasir-Writes' } as const

const callOf = new WeakMap<object, FunctionCall>()

export function createHostApp(parts: HostAppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  // As a prototype of all responses, which costs each of them nothing.
  app.response.writeHead = writeHeadWithCounts
  app.response.end = PacedResponse.prototype.end as unknown as typeof app.response.end
  const parseCookies = cookieParser()
  const readBody = createBodyReader(parts.settings.bodyBytesMax)
  app.use(parts.settings.basePath || '/', async (req, res) => {
    try {
      const { loaded, handler, member } = choose(parts, req)
      if (req.headers.cookie !== undefined) parseCookies(req, res, () => undefined)
      else req.cookies = {}
      if (hasBody(req)) await readBody(req, res)
      else req.body = {}
      run(parts, { req, res, loaded, handler, member })
    } catch (error) {
      answerFailure(res, KvasirError.from(error))
    }
  })
  app.use((req, res) => answerFailure(res, nothingAt(req.path)))
  return app
}

interface Chosen {
  readonly loaded: LoadedFunction
  readonly handler: Handler
  readonly member: string | undefined
}

/** @throws {KvasirError} `KV_ROUTE_NOT_FOUND`, `KV_FUNCTION_NOT_LOADED`, `KV_INVALID_ARGUMENT` */
function choose({ find }: HostAppParts, { path }: Request): Chosen {
  const match = find(readPath(path))
  if (!match) throw nothingAt(path)
  const { target: loaded, rest } = match
  if (loaded.failure !== undefined) throw notLoaded(loaded)
  const [next = ''] = rest
  const sub = loaded.subHandlers.get(next)
  const handler = sub ?? loaded.handler
  if (!handler) throw nothingAt(path)
  return { loaded, handler, member: sub && next }
}

function nothingAt(path: string): KvasirError {
  const shown = JSON.stringify(path.slice(0, 200))
  return new KvasirError('KV_ROUTE_NOT_FOUND', `No function answers ${shown}.`)
}

function notLoaded({ name, failure }: LoadedFunction): KvasirError {
  if (KvasirError.is(failure)) return failure
  const reason = failure instanceof Error ? failure.message : String(failure)
  return new KvasirError('KV_FUNCTION_NOT_LOADED', `${name} cannot be loaded. ${reason}`, {
    cause: failure,
  })
}

interface Running extends Chosen {
  readonly req: Request
  readonly res: Response
}

function run(parts: HostAppParts, { req, res, loaded, handler, member }: Running): void {
  const { logger, settings, watchdog } = parts
  const call: FunctionCall = {
    id: randomUUID(),
    method: req.method,
    path: req.baseUrl + req.path,
    startedAt: performance.now(),
    function: loaded,
    ...(member !== undefined && { member }),
    reads: 0,
    writes: 0,
    fail: (error) => fail(parts, { call, res, error }),
  }
  callOf.set(res, call)
  watchdog.requestBegan()
  const timer = setTimeout(() => timeOut(parts, call, res), settings.timeoutMs)
  res.on('close', () => {
    clearTimeout(timer)
    watchdog.requestEnded()
    logRequest(logger, call, res.writableFinished ? res.statusCode : 499)
  })
  res.on('error', (error) => call.fail(error))
  currentCall.run(call, invoke, { call, handler, req, res })
}

interface Invocation {
  readonly call: FunctionCall
  readonly handler: Handler
  readonly req: Request
  readonly res: Response
}

async function invoke({ call, handler, req, res }: Invocation): Promise<void> {
  try {
    await handler(req, res)
  } catch (error) {
    call.fail(error)
  }
}

interface Failing {
  readonly call: FunctionCall
  readonly res: Response
  readonly error: unknown
}

function fail(parts: HostAppParts, { call, res, error }: Failing): void {
  const { logger } = parts
  if (res.headersSent || call.outcome) {
    const isAnswer = (error as { code?: unknown } | null)?.code === 'ERR_HTTP_HEADERS_SENT'
    const when = call.outcome === 'timed-out' ? 'after its time was over' : 'after it had answered'
    const message = isAnswer
      ? `a function answered ${when}; only the first answer was sent`
      : `a function failed ${when}`
    logTrouble(logger, call, { error, message })
    // Half an answer must not look like a whole one.
    if (!res.writableEnded) res.destroy()
    return
  }
  call.outcome = 'failed'
  logTrouble(logger, call, { error, message: 'a function failed' })
  answerFailure(res, toldOf(parts, call, error))
}

function timeOut({ logger, settings }: HostAppParts, call: FunctionCall, res: Response): void {
  if (res.headersSent) return
  call.outcome = 'timed-out'
  const message = `${labelOf(call)} did not answer within ${settings.timeoutMs} ms.`
  const error = new KvasirError('KV_TIMEOUT', message, { outcome: 'unknown' })
  logTrouble(logger, call, { error, message: 'a function did not answer in time' })
  answerFailure(res, error)
}

function toldOf({ tellsErrors }: HostAppParts, call: FunctionCall, error: unknown): KvasirError {
  const { id, outcome } = call
  if (tellsErrors) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return new KvasirError('KV_FUNCTION_FAILED', text, { details: { requestId: id } })
  }
  const message = `${labelOf(call)} failed. The host's log has more about request ${id}.`
  return new KvasirError('KV_FUNCTION_FAILED', message, {
    ...(outcome && { details: { requestId: id } }),
  })
}

function answerFailure(res: Response, error: KvasirError): void {
  if (res.headersSent || res.destroyed) return
  const problem = toProblem(error)
  // What is left of a body that is too large would only be read to be thrown away.
  if (error.code === 'KV_TOO_LARGE') res.set('connection', 'close')
  res.status(problem.status).type(problemMediaType).send(JSON.stringify(problem))
}

const { writeHead } = express.response

function writeHeadWithCounts(this: Response, ...given: unknown[]): Response {
  const call = callOf.get(this)
  if (call && !this.headersSent) {
    this.setHeader(countHeaders.reads, call.reads)
    this.setHeader(countHeaders.writes, call.writes)
  }
  return writeHead.apply(this, given as Parameters<typeof writeHead>) as Response
}
