import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'
import { failureHeaders } from './problem-response.ts'

/** How long a client has to read why it was refused. */
const lingerMs = 1000

/**
 * Answers on a connection that no application answers on, and closes it: the request is not HTTP,
 * has not come in time, or is one too many.
 */
export function answerRaw(connection: Duplex, error: KvasirError, status?: number): void {
  if (!connection.writable) {
    connection.destroy()
    return
  }
  const problem = toProblem(error, status)
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(failureHeaders(error)).map(([name, value]) => `${name}: ${value}`),
    'cache-control: no-store',
    'connection: close',
  ]
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Closed at once, with something of the client's unread, it would be reset before it is read.
  const timer = setTimeout(() => connection.destroy(), lingerMs)
  connection.once('close', () => clearTimeout(timer))
}

/** What Node's parser found, or missed, as an error of ours and the status that HTTP has for it. */
export function toRawFailure(cause: NodeJS.ErrnoException): [error: KvasirError, status: number] {
  if (cause.code === 'HPE_HEADER_OVERFLOW') {
    const message = 'The URL and the headers are longer than is taken. Send fewer or shorter ones.'
    return [refusal('KV_TOO_LARGE', message), 431]
  }
  if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return [refusal('KV_TIMEOUT', 'The request did not come in time. Send it faster.'), 408]
  }
  return [refusal('KV_INVALID_ARGUMENT', 'The request is not HTTP/1.1 as it should be.'), 400]
}

function refusal(code: 'KV_TOO_LARGE' | 'KV_TIMEOUT' | 'KV_INVALID_ARGUMENT', message: string) {
  return new KvasirError(code, message, { outcome: 'not-applied' })
}
