import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'
import type { AppContext } from './route.ts'

/** Tells the client what went wrong, and nothing about the inside of the server. */
export function problemResponse(context: AppContext, error: KvasirError, status?: number) {
  const told = isInternal(error) ? withoutInternals(context, error) : error
  const problem = toProblem(told, status)
  const headers: Record<string, string> = { 'content-type': problemMediaType }
  if (error.code === 'KV_UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer realm="kvasir"'
  if (typeof error.details.allow === 'string') headers.allow = error.details.allow
  return context.body(JSON.stringify(problem), problem.status as 400, headers)
}

/** Whether the error is the server's own trouble, whose words may name its files. */
export function isInternal(error: KvasirError): boolean {
  return error.status === 500 || error.code.startsWith('KV_STORAGE_')
}

function withoutInternals(context: AppContext, { code, outcome, retryable }: KvasirError) {
  const message = `The server's log has more about request ${context.get('requestId')}.`
  return new KvasirError(code, message, { retryable, ...(outcome && { outcome }) })
}
