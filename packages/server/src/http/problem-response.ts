import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'
import type { AppContext } from './route.ts'

/** Tells the client what went wrong, and nothing about the inside of the server. */
export function problemResponse(context: AppContext, error: KvasirError, status?: number) {
  const problem = toProblem(toldOf(context, error), status)
  const headers = { 'content-type': problemMediaType, ...failureHeaders(error) }
  return context.body(JSON.stringify(problem), problem.status as 400, headers)
}

/** What an answer that reports the error says in its headers, whatever its form. */
export function failureHeaders({ code, details }: KvasirError): Record<string, string> {
  return {
    ...(code === 'KV_UNAUTHENTICATED' && { 'www-authenticate': 'Bearer realm="kvasir"' }),
    ...(typeof details.allow === 'string' && { allow: details.allow }),
    ...(typeof details.retryAfterSeconds === 'number' && {
      'retry-after': String(details.retryAfterSeconds),
    }),
  }
}

/** What clients are told of an error: of the server's own trouble, no more than its code. */
export function toldOf(context: AppContext, error: KvasirError): KvasirError {
  return isInternal(error) ? withoutInternals(error, context.get('requestId')) : error
}

/**
 * Whether the error is the server's own trouble, whose words may name its files. That a disk is
 * full, or that writing has stopped since it failed, was logged when it began, and is told.
 */
export function isInternal(error: KvasirError): boolean {
  if (error.code === 'KV_STORAGE_FULL' || 'first' in error.details) return false
  // Who keeps the store locked is for the log, too.
  if (error.code === 'KV_BUSY') return true
  return error.status === 500 || error.code.startsWith('KV_STORAGE_')
}

/** An internal error as clients may see it. */
export function withoutInternals(
  { code, outcome, retryable }: KvasirError,
  requestId: string,
): KvasirError {
  const message = `The server's log has more about request ${requestId}.`
  return new KvasirError(code, message, { retryable, ...(outcome && { outcome }) })
}
