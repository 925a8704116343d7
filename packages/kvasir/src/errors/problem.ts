import { errorCatalog } from './catalog.ts'
import { isErrorCode } from './error-codes.ts'
import { KvasirError, type WriteOutcome } from './kvasir-error.ts'

/** An error on the wire: RFC 9457 `application/problem+json` with Kvasir's members. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  retryable: boolean
  outcome?: WriteOutcome
  details?: Readonly<Record<string, unknown>>
}

export const problemMediaType = 'application/problem+json'

/** The wire form of an error. Its cause and stack stay behind. */
export function toProblem(error: KvasirError, status: number = error.status): Problem {
  return {
    type: `urn:kvasir:error:${error.code}`,
    title: errorCatalog[error.code].title,
    status,
    detail: error.message,
    code: error.code,
    retryable: error.retryable,
    ...(error.outcome && { outcome: error.outcome }),
    ...(Object.keys(error.details).length > 0 && { details: error.details }),
  }
}

/**
 * Rebuilds the error that a problem describes; `undefined` when the document is not one of ours.
 */
export function fromProblem(problem: unknown): KvasirError | undefined {
  if (typeof problem !== 'object' || problem === null) return undefined
  const { code, detail, retryable, outcome, details } = problem as Partial<Problem>
  if (!isErrorCode(code) || typeof detail !== 'string') return undefined
  return new KvasirError(code, detail, {
    ...(typeof retryable === 'boolean' && { retryable }),
    ...((outcome === 'not-applied' || outcome === 'unknown') && { outcome }),
    ...(typeof details === 'object' && details !== null && { details }),
  })
}
