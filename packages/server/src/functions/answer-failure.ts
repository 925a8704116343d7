/** Answers of the host itself, where no function gave one. */
import type { Response } from 'express'
import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'

/** Answers with a failure, unless there is an answer; `status` where Express has a better one. */
export function answerFailure(res: Response, error: KvasirError, status?: number): void {
  if (res.headersSent || res.destroyed) return
  const problem = { ...toProblem(error), ...(status !== undefined && { status }) }
  // What is left of a body that is too large would only be read to be thrown away.
  if (error.code === 'KV_TOO_LARGE') res.set('connection', 'close')
  res.status(problem.status).type(problemMediaType).send(JSON.stringify(problem))
}

export function nothingAt(path: string): KvasirError {
  const shown = JSON.stringify(path.slice(0, 200))
  return new KvasirError('KV_ROUTE_NOT_FOUND', `No function answers ${shown}.`)
}
