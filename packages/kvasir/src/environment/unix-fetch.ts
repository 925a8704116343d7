// As much of `fetch` as a client of ours needs, over a Unix socket, which that of Node cannot use.
import { Agent, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { KvasirError } from '../errors/kvasir-error.ts'

/** Half of what the server keeps an idle connection for, so that none closes under a request. */
const idleMs = 30_000

/** Sends requests to the server that listens on the path, whatever host their URLs name. */
export function createUnixFetch(path: string): typeof fetch {
  const agent = new Agent({ keepAlive: true, timeout: idleMs })
  return (input, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const { host, pathname, search } = new URL(String(input))
      const asking = request({
        agent,
        socketPath: path,
        method,
        path: pathname + search,
        headers: { host, ...Object.fromEntries(new Headers(headers)) },
        ...(signal && { signal }),
      })
      // Once there is an answer, it is the reader of its body who is told.
      asking.on('error', (cause) => reject(toUnixFailure(cause, path)))
      asking.on('response', (incoming) => resolve(toResponse(incoming)))
      asking.end(body)
    })
}

/** Statuses whose answers have no body, for which there must not be a stream either. */
const bodiless = new Set([204, 205, 304])

function toResponse(incoming: IncomingMessage): Response {
  const { statusCode: status = 0, headersDistinct } = incoming
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  if (bodiless.has(status)) {
    incoming.resume()
    return new Response(null, { status, headers })
  }
  // By default it would take in 16,384 pieces before it lets the server wait.
  const strategy = new CountQueuingStrategy({ highWaterMark: 1 })
  const body: NodeReadableStream<Uint8Array> = Readable.toWeb(incoming, { strategy })
  return new Response(body as ReadableStream<Uint8Array>, { status, headers })
}

/** What failed, said of the socket where it cannot be connected. */
function toUnixFailure(cause: NodeJS.ErrnoException, path: string): Error {
  if (cause.syscall !== 'connect') return cause
  const place = `the Unix socket ${JSON.stringify(path)}`
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    return new KvasirError(
      'KV_INVALID_LOCATION',
      `This user may not use ${place} (${cause.code}). Run as the user of the server, or let it serve others with --unix-socket-mode.`,
      { outcome: 'not-applied', cause },
    )
  }
  return new KvasirError(
    'KV_UNAVAILABLE',
    `No server answers on ${place} (${cause.code}). Check the path, and that the server runs.`,
    { outcome: 'not-applied', details: { unsent: true }, cause },
  )
}
