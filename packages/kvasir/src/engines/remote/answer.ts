import { KvasirError } from '../../errors/kvasir-error.ts'
import { fromProblem } from '../../errors/problem.ts'

/** What came back from the server, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

/** The body as text, to the byte: a byte order mark at its beginning is part of the value. */
export function textOf(body: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
}

/**
 * Reads an answer that should be JSON of ours.
 *
 * @throws {KvasirError} `KV_BAD_RESPONSE` when it is anything else.
 */
export function readJsonAnswer<Result>(answer: Answer, read: (json: string) => Result): Result {
  try {
    return read(textOf(answer.body))
  } catch (cause) {
    throw badResponse(answer.status, cause)
  }
}

/** The error that an answer reports. */
export function errorOf({ status, body }: Answer): KvasirError {
  const error = fromProblem(parsed(body))
  if (error) return error
  // Gateways speak for a server that is not there, in their own words.
  if (status !== 502 && status !== 503 && status !== 504) return badResponse(status)
  return new KvasirError(
    'KV_UNAVAILABLE',
    `Something between here and the server answered with status ${status}. Try again later.`,
    { outcome: 'unknown', details: { status } },
  )
}

export function badResponse(status: number, cause?: unknown): KvasirError {
  return new KvasirError(
    'KV_BAD_RESPONSE',
    `The answer, of status ${status}, is not one of a Kvasir server. Check the address, and what stands between.`,
    { outcome: 'unknown', details: { status }, cause },
  )
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(body))
  } catch {
    return undefined // Not a problem document, as the caller finds.
  }
}
