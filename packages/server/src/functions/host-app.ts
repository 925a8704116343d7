/** The HTTP side of the host: a request comes in, its function runs, one answer goes out. */
import cookieParser from 'cookie-parser'
import { KvasirError } from 'kvasir'
import { answerFailure, nothingAt } from './answer-failure.ts'
import { Deadlines } from './deadlines.ts'
import { currentCall } from './function-call.ts'
import type { HostRequest, HostResponse } from './host-messages.ts'
import type { LoadedFunction } from './load-function.ts'
import { createBodyReader, hasBody, type ReadBody } from './read-body.ts'
import { readPath } from './read-path.ts'
import { type CallParts, type Chosen, type Exchange, RunningCall } from './running-call.ts'

export interface HostAppParts extends Omit<CallParts, 'deadlines'> {
  readonly find: (
    path: readonly string[],
  ) => { readonly target: LoadedFunction; readonly rest: readonly string[] } | undefined
}

export type HostApp = (req: HostRequest, res: HostResponse) => void

export function createHostApp(given: HostAppParts): HostApp {
  const { basePath, timeoutMs, bodyBytesMax } = given.settings
  const deadlines = new Deadlines<RunningCall>(timeoutMs, (call) => call.timeOut())
  const parts = { ...given, deadlines }
  const readBody = createBodyReader(bodyBytesMax)
  return (req, res) => {
    try {
      introduce(req, res)
      if (basePath !== '') enterBase(req, basePath)
      const chosen = choose(given, pathOf(req))
      readCookies(req, res)
      if (hasBody(req)) {
        void runWithBody(parts, chosen, { req, res, readBody }) // It answers when it fails.
        return
      }
      req.body = {}
      new RunningCall(parts, chosen, { req, res }).run(chosen.handler, req)
    } catch (error) {
      answerFailure(res, KvasirError.from(error))
    }
  }
}

/** What Express calls when a method of its responses cannot answer, as for a missing file. */
export function answerInstead(req: HostRequest, res: HostResponse, error: unknown): void {
  const { status = error === undefined ? 404 : 500, message } = (error ?? {}) as Failure
  const call = currentCall.getStore()
  if (status === 404) answerFailure(res, nothingAt(req.path))
  else if (status < 500) {
    answerFailure(res, new KvasirError('KV_INVALID_ARGUMENT', `${message}.`), status)
  } else if (call) call.fail(error)
  else answerFailure(res, KvasirError.from(error))
}

interface Failure {
  readonly status?: number
  readonly message?: string
}

const parseCookies = cookieParser()

/** What Express gives to each request on its way in. */
function introduce(req: HostRequest, res: HostResponse): void {
  req.res = res
  req.originalUrl = req.url
  req.baseUrl = ''
  req.params = {}
  res.locals = Object.create(null) as HostResponse['locals']
}

function readCookies(req: HostRequest, res: HostResponse): void {
  if (req.headers.cookie === undefined) req.cookies = {}
  else parseCookies(req, res, () => undefined)
}

interface ExchangeWithBody extends Exchange {
  readonly readBody: ReadBody
}

async function runWithBody(
  parts: CallParts,
  chosen: Chosen,
  { req, res, readBody }: ExchangeWithBody,
): Promise<void> {
  try {
    await readBody(req, res)
    new RunningCall(parts, chosen, { req, res }).run(chosen.handler, req)
  } catch (error) {
    answerFailure(res, KvasirError.from(error))
  }
}

const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i

/**
 * Takes the base off the request's path, as Express does.
 *
 * @throws {KvasirError} `KV_ROUTE_NOT_FOUND` for a path that is not below the base.
 */
function enterBase(req: HostRequest, basePath: string): void {
  const [before = ''] = origin.exec(req.url) ?? []
  const at = before.length
  const end = at + basePath.length
  const base = req.url.slice(at, end)
  const rest = req.url.slice(end)
  if (base.toLowerCase() !== basePath.toLowerCase() || !/^([/?#]|$)/.test(rest)) {
    throw nothingAt(pathOf(req))
  }
  req.baseUrl = base
  req.url = before + (rest.startsWith('/') ? rest : `/${rest}`)
}

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` */
function pathOf(req: HostRequest): string {
  try {
    return req.path ?? '/'
  } catch (cause) {
    throw new KvasirError('KV_INVALID_ARGUMENT', 'The URL of the request is none.', { cause })
  }
}

/** @throws {KvasirError} `KV_ROUTE_NOT_FOUND`, `KV_FUNCTION_NOT_LOADED`, `KV_INVALID_ARGUMENT` */
function choose({ find }: HostAppParts, path: string): Chosen {
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

function notLoaded({ name, failure }: LoadedFunction): KvasirError {
  if (KvasirError.is(failure)) return failure
  const reason = failure instanceof Error ? failure.message : String(failure)
  return new KvasirError('KV_FUNCTION_NOT_LOADED', `${name} cannot be loaded. ${reason}`, {
    cause: failure,
  })
}
