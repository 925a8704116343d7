import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createCheckedEngine, type Engine, type Entry } from 'kvasir/engine'
import { headerNames } from 'kvasir/protocol'
import type { Grant } from '../auth/grant.ts'
import { smallAnswerBytes } from '../limits/server-limits.ts'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import { projectFor, requireScopes } from './authenticate.ts'
import { contentTypes, setsHeader } from './entry-response.ts'
import type { DirectAnswers } from './listen.ts'
import type { Logger } from './request-log.ts'
import { httpDate, isLasting, takesHead } from './written-answer.ts'

export interface DirectReadsDeps {
  /** The engine itself: what comes in is checked here. */
  readonly engine: Engine
  /** What a request is allowed; `undefined` leaves it to the application to say what is wrong. */
  readonly grantOf: (incoming: IncomingMessage) => Grant | undefined
  readonly metrics: ServerMetrics
  readonly logger?: Logger
}

/** The two routes of a key, and how a URL looks that has nothing special: its bucket, its key. */
const places = [
  {
    route: '/v1/buckets/:bucket/keys/:key',
    url: /^\/v1\/buckets\/([\w-]{1,64})\/keys\/([\w:.~@%!$&'()*+,;=-]+)$/,
  },
  {
    route: '/v1/buckets/:bucket/entry',
    url: /^\/v1\/buckets\/([\w-]{1,64})\/entry\?key=([\w:.~@%!$'()*,;=/?-]+)$/,
  },
] as const
/** Segments that a URL does without. */
const dots = /^(?:\.|%2e){1,2}$/i
const plainHost = /^[\w.-]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i

/** What the application sends with every answer. */
const commonHead = [
  'HTTP/1.1 200 OK',
  'cache-control: no-store',
  "content-security-policy: default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy: same-origin',
  'referrer-policy: no-referrer',
  'strict-transport-security: max-age=15552000; includeSubDomains',
  'x-content-type-options: nosniff',
  'x-frame-options: SAMEORIGIN',
  '',
].join('\r\n')

/**
 * Answers what nearly all requests are, the plain `GET` of a key that is there, without making a
 * `Request`, a `Response` and their headers, which cost several times what the look-up does, and
 * without a promise. All else, and all that goes wrong, is for the application, whose answer this
 * one never differs from.
 */
export function createDirectReads(deps: DirectReadsDeps): DirectAnswers {
  const { metrics, logger } = deps
  const engine = createCheckedEngine(deps.engine)

  return (incoming, response, { keepAlive }) => {
    const place = isLasting(incoming, response) ? placeOf(incoming) : undefined
    if (!place) return false
    const startMs = performance.now()
    const found = read(incoming, place)
    if (!found) return false
    const requestId = randomUUID()
    if (!send(response, found.entry, { requestId, keepAlive })) return false
    const durationMs = performance.now() - startMs
    const { route } = place
    metrics.requestAnswered({ method: 'GET', route, status: 200, durationMs })
    if (!logger) return true
    const { project, grant } = found
    const shown = { project, tokenId: grant.id, durationMs: Math.round(durationMs * 1000) / 1000 }
    logger.info({ requestId, method: 'GET', route, status: 200, ...shown }, 'request')
    return true
  }

  /** The entry, if there is one, the request may read it, and it takes no memory to speak of. */
  function read(incoming: IncomingMessage, { bucket, encodedKey }: Place) {
    try {
      const grant = deps.grantOf(incoming)
      if (!grant) return undefined
      const named = incoming.headers[headerNames.project]
      const project = projectFor(typeof named === 'string' ? named : undefined, grant)
      requireScopes(grant, ['read'])
      const key = encodedKey.includes('%') ? decodeURIComponent(encodedKey) : encodedKey
      const entry = engine.getAtOnce({ project, bucket }, key)
      return entry && isSmall(entry) ? { entry, project, grant } : undefined
    } catch {
      // The application meets it again, and says what it is.
      return undefined
    }
  }
}

interface Place {
  readonly route: string
  readonly bucket: string
  /** The key as it stands in the URL. */
  readonly encodedKey: string
}

function placeOf({ method, url: asked = '', headers }: IncomingMessage): Place | undefined {
  if (method !== 'GET' || isSpecial(headers) || !plainHost.test(headers.host ?? '')) {
    return undefined
  }
  for (const { route, url } of places) {
    const [, bucket, encodedKey] = url.exec(asked) ?? []
    if (bucket === undefined || encodedKey === undefined) continue
    return dots.test(encodedKey) ? undefined : { route, bucket, encodedKey }
  }
  return undefined
}

/** Whether another answer is to be made of it, or the application has to look at a header. */
function isSpecial(headers: IncomingMessage['headers']): boolean {
  return (
    headers.origin !== undefined ||
    headers['if-none-match'] !== undefined ||
    headers['content-length'] !== undefined ||
    headers['transfer-encoding'] !== undefined
  )
}

/** What takes memory while it is sent is for the application, which keeps account of it. */
function isSmall({ value: { data } }: Entry): boolean {
  return (typeof data === 'string' ? data.length : data.byteLength) <= smallAnswerBytes
}

interface HeadParts {
  readonly requestId: string
  /** What the connection says of itself. */
  readonly keepAlive: string
}

function send(
  response: ServerResponse,
  entry: Entry,
  { requestId, keepAlive }: HeadParts,
): boolean {
  const { data, kind } = entry.value
  const bytes = typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength
  const head = `${commonHead}content-type: ${contentTypes[kind]}\r\n${linesOf(entry)}content-length: ${bytes}\r\nx-request-id: ${requestId}\r\nDate: ${httpDate(Date.now())}\r\n${keepAlive}\r\n`
  if (!takesHead(response, head)) return false
  // A text of as many bytes as characters is ASCII, which is sent as it is.
  if (bytes === data.length) response.end(data, 'latin1')
  else response.end(data)
  return true
}

/** What `entryHeaders` has, as text at once. */
function linesOf({ value, revision, createdAt, updatedAt, expiresAt }: Entry): string {
  const lines = `etag: "${revision}"\r\n${headerNames.revision}: ${revision}\r\n${headerNames.createdAt}: ${createdAt}\r\n${headerNames.updatedAt}: ${updatedAt}\r\n`
  const expiry = expiresAt === undefined ? '' : `${headerNames.expiresAt}: ${expiresAt}\r\n`
  const sets = setsHeader(value)
  return lines + expiry + (sets === undefined ? '' : `${headerNames.sets}: ${sets}\r\n`)
}
