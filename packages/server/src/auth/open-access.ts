/**
 * A server without tokens, for trying things out on one's own machine. Everybody who can reach the
 * address may do everything, so that what keeps others out are the loopback address and, against
 * pages in a browser on this machine, the checks here.
 */
import type { IncomingMessage } from 'node:http'
import { KvasirError } from 'kvasir'
import { problemMediaType, toProblem } from 'kvasir/protocol'
import { type Grant, scopes } from './grant.ts'

/** What everybody is allowed. */
export const everybody: Grant = { id: 'no-auth', project: '*', scopes }

type Fetch<Env> = (request: Request, env: Env) => Response | Promise<Response>

/** Gives every request a token, and refuses those that pages of other sites could have sent. */
export function withoutTokens<Env>(fetch: Fetch<Env>): Fetch<Env> {
  return (request, env) => {
    const { hostname } = new URL(request.url)
    const origin = request.headers.get('origin')
    // A foreign name that leads here is DNS rebinding; a foreign origin is another site's page,
    // whose simple requests browsers send without asking first.
    if (!isLoopback(hostname)) return refuse(`The host of the request is not this machine.`)
    if (origin !== null && !isLocalOrigin(origin)) {
      return refuse('The request comes from a page of another site.')
    }
    request.headers.set('authorization', 'Bearer no-auth')
    return fetch(request, env)
  }
}

/** Whether a request, by its headers, is for this machine and from no page of another site. */
export function isFromThisMachine({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers
  if (origin !== undefined && !isLocalOrigin(origin)) return false
  // Nearly all come for one host; URLs take their time.
  if (host !== lastHost.host) lastHost = { host, isHere: isLoopbackHost(host) }
  return lastHost.isHere
}

let lastHost = { host: '', isHere: false }

function isLoopbackHost(host: string): boolean {
  const url = `http://${host}`
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^\[?::1\]?$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host)
}

function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname)
}

function refuse(reason: string): Response {
  const message = `${reason} A server without tokens answers this machine alone; serve without --no-auth.`
  const error = new KvasirError('KV_FORBIDDEN', message, { outcome: 'not-applied' })
  return new Response(JSON.stringify(toProblem(error)), {
    status: error.status,
    headers: { 'content-type': problemMediaType },
  })
}
