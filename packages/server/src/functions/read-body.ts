import type { IncomingMessage } from 'node:http'
import express, { type Request, type RequestHandler, type Response } from 'express'
import { KvasirError } from 'kvasir'

export type ReadBody = (req: Request, res: Response) => Promise<void>

/**
 * Makes what reads bodies of JSON, forms and text into `req.body`. Bodies of other types are left
 * to the function, as a stream; then, and without a body, `req.body` is `{}`.
 */
export function createBodyReader(bytesMax: number): ReadBody {
  const readers = [
    express.json({
      limit: bytesMax,
      strict: false,
      type: ['application/json', 'application/*+json'],
    }),
    express.urlencoded({ limit: bytesMax, extended: true }),
    express.text({ limit: bytesMax, type: 'text/*' }),
  ]
  return async (req, res) => {
    for (const reader of readers) {
      await settle(reader, req, res).catch((error: unknown) => {
        throw toKvasirError(error, bytesMax)
      })
    }
    // Express leaves it undefined, and programs read members of it without looking.
    req.body ??= {}
  }
}

/** Whether there is a body to read. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

function settle(reader: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (error?: unknown): void => (error === undefined ? resolve() : reject(error))
    void reader(req, res, next) // It tells `next` how it ended.
  })
}

interface BodyFailure {
  readonly type?: string
  readonly message?: string
  readonly status?: number
}

function toKvasirError(error: unknown, bytesMax: number): KvasirError {
  const { type = '', message = '', status = 400 } = error as BodyFailure
  if (type === 'entity.too.large' || type === 'parameters.too.many') {
    const limit =
      type === 'entity.too.large' ? `${bytesMax} bytes ("bodyLimit" in kvasir.json)` : ''
    const advice = limit === '' ? 'It has too many parameters.' : `It may have up to ${limit}.`
    return new KvasirError('KV_TOO_LARGE', `The body is too large. ${advice}`, {
      details: { limit: bytesMax },
      cause: error,
    })
  }
  if (type.endsWith('.unsupported') || status === 415) {
    return new KvasirError('KV_UNSUPPORTED_MEDIA_TYPE', `The body cannot be read: ${message}.`, {
      cause: error,
    })
  }
  const reason = `The body is not what its Content-Type says: ${message}.`
  return new KvasirError('KV_MALFORMED_BODY', reason, { cause: error })
}
