import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'
import type { AppEnv } from './route.ts'

export interface ListenOptions {
  readonly app: {
    fetch(request: Request, env: AppEnv['Bindings']): Response | Promise<Response>
  }
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly timeouts?: Partial<ServerTimeouts>
}

export interface ServerTimeouts {
  /** The most time that the headers of a request may take. */
  readonly headersMs: number
  /** The most time that a whole request may take to arrive. */
  readonly requestMs: number
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number
  /** How often the first two are looked at. */
  readonly checkingMs: number
}

export interface RunningServer {
  readonly url: string
  /**
   * Shuts down: takes no more connections, ends watches, lets requests finish, and cuts what is
   * still there after `graceMs`.
   */
  close(options: { readonly graceMs: number }): Promise<void>
}

const timeoutsDefault: ServerTimeouts = {
  headersMs: 10_000,
  requestMs: 120_000,
  keepAliveMs: 65_000,
  checkingMs: 1000,
}

const sweepMs = 50
const headerBytesMax = 16 * 1024
const connectionsMax = 10_000

/**
 * Serves an application on a port.
 *
 * @throws {KvasirError} `KV_PORT_IN_USE`, `KV_INVALID_ARGUMENT` when the address cannot be used.
 */
export async function startServer(options: ListenOptions): Promise<RunningServer> {
  const { app, host, port } = options
  const draining = new AbortController()
  const { headersMs, requestMs, keepAliveMs, checkingMs } = {
    ...timeoutsDefault,
    ...options.timeouts,
  }
  const fetch = (request: Request) => app.fetch(request, { draining: draining.signal })
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkingMs,
      maxHeaderSize: headerBytesMax,
    },
    getRequestListener(fetch, { errorHandler: badRequest }),
  )
  server.maxConnections = connectionsMax
  await listen(server, { host, port })
  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    close: ({ graceMs }) => close(server, { draining, graceMs }),
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new KvasirError(
              'KV_PORT_IN_USE',
              `Port ${port} on ${host} is in use. Stop the program that listens there, or choose another port.`,
              { details: { host, port }, cause },
            )
          : new KvasirError(
              'KV_INVALID_ARGUMENT',
              `The server cannot listen on ${host}, port ${port} (${cause.code}). Choose another address.`,
              { details: { host, port }, cause },
            ),
      )
    }
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

function close(
  server: Server,
  { draining, graceMs }: { draining: AbortController; graceMs: number },
): Promise<void> {
  draining.abort()
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), graceMs)
    // Node closes the connections that are idle now, but not those that become so later.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs)
    server.close(() => {
      clearTimeout(force)
      clearInterval(sweep)
      resolve()
    })
  })
}

/** Answers what is HTTP but no request for an application: a malformed URL or Host. */
function badRequest(): Response {
  const error = new KvasirError('KV_INVALID_ARGUMENT', 'The URL or the Host is malformed.')
  return new Response(JSON.stringify(toProblem(error)), {
    status: error.status,
    headers: { 'content-type': problemMediaType },
  })
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
