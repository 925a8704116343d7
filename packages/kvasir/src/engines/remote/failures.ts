import { KvasirError } from '../../errors/kvasir-error.ts'
import type { RemoteRequest } from './connection.ts'

// By these codes of Node's, nobody was there to take the request. Other runtimes do not say.
const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What `fetch` threw, as an error of ours. */
export function toLostConnection(thrown: unknown): KvasirError {
  if (KvasirError.is(thrown)) return thrown
  if (thrown instanceof Error && isBadPort(thrown.cause)) {
    return new KvasirError(
      'KV_INVALID_LOCATION',
      'The port of the server is one that fetch refuses to speak to. Serve on another port.',
      { outcome: 'not-applied', cause: thrown },
    )
  }
  const code = codeOf(thrown)
  if (code !== undefined && unsentCodes.has(code)) {
    return new KvasirError(
      'KV_UNAVAILABLE',
      `The server cannot be reached (${code}). Check its address, and that it runs.`,
      { outcome: 'not-applied', details: { unsent: true }, cause: thrown },
    )
  }
  return new KvasirError(
    'KV_UNAVAILABLE',
    'The connection to the server was lost before its answer came.',
    { outcome: 'unknown', cause: thrown },
  )
}

/** Whether the trouble may be over at the next attempt. */
export function isPassing(error: KvasirError): boolean {
  return error.status === 429 || error.status === 503 || error.status === 504
}

/** The error that a call ends with: an earlier attempt at a write may have got through. */
export function afterAttempts(
  error: KvasirError,
  { request, mayHaveArrived }: { request: RemoteRequest; mayHaveArrived: boolean },
): KvasirError {
  const isWrite = request.method !== 'GET' && request.path !== '/v1/read'
  const isInDoubt = mayHaveArrived && (isPassing(error) || error.code === 'KV_ABORTED')
  if (!isWrite || !isInDoubt || error.outcome === 'unknown') return error
  const { code, message, details, cause, retryable } = error
  return new KvasirError(code, message, { outcome: 'unknown', details, cause, retryable })
}

const backoffFirstMs = 25
const backoffMaxMs = 1000

/** Doubles with every attempt; the random part keeps clients from coming back all at once. */
export function backoffMs(attempt: number): number {
  const most = Math.min(backoffMaxMs, backoffFirstMs * 2 ** (attempt - 1))
  return most / 2 + (most / 2) * Math.random()
}

/** The fetch standard bars ports of other protocols, 6000 say; Node tells so in words only. */
function isBadPort(cause: unknown): boolean {
  return cause instanceof Error && cause.message === 'bad port'
}

function codeOf(thrown: unknown): string | undefined {
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined
  return typeof cause.code === 'string' ? cause.code : undefined
}
