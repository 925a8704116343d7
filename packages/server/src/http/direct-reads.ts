import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { KvasirError } from 'kvasir'
import { createCheckedEngine, type Engine, type Entry } from 'kvasir/engine'
import { headerNames } from 'kvasir/protocol'
import type { Grant } from '../auth/grant.ts'
import { smallAnswerBytes } from '../limits/server-limits.ts'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import { projectFor, requireScopes } from './authenticate.ts'
import { contentTypes, entryHeaders } from './entry-response.ts'
import type { DirectAnswers, OtherWay } from './listen.ts'
import type { Logger } from './request-log.ts'

export interface DirectReadsDeps {
  /** The engine itself: what comes in is checked here. */
  readonly engine: Engine
  /** What a request is allowed; `undefined` leaves it to the application to say what is wrong. */
  readonly grantOf: (incoming: IncomingMessage) => Promise<Grant | undefined>
  readonly metrics: ServerMetrics
  readonly logger?: Logger
}

/** The route that is answered here, by its pattern. */
const route = '/v1/buckets/:bucket/keys/:key'
const keyPath = /^\/v1\/buckets\/([\w-]{1,64})\/keys\/([\w:.~@%!$&'()*+,;=-]+)$/
/** Segments that a URL does without. */
const dots = /^(?:\.|%2e){1,2}$/i
const plainHost = /^[\w.-]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i
/** Headers that make another answer of it, or that the application has to look at. */
const special = ['origin', 'if-none-match', 'content-length', 'transfer-encoding'] as const

/** What the application sends with every answer, as names and values in turn. */
const commonHeaders = [
  ...['cache-control', 'no-store'],
  ...['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ...['cross-origin-resource-policy', 'same-origin'],
  ...['referrer-policy', 'no-referrer'],
  ...['strict-transport-security', 'max-age=15552000; includeSubDomains'],
  ...['x-content-type-options', 'nosniff'],
  ...['x-frame-options', 'SAMEORIGIN'],
] as const

/**
 * Answers what nearly all requests are, the plain `GET` of a key that is there, without making a
 * `Request`, a `Response` and their headers, which cost several times what the look-up does. All
 * else, and all that goes wrong, is for the application, whose answer this one never differs from.
 */
export function createDirectReads(deps: DirectReadsDeps): DirectAnswers {
  const { metrics, logger, grantOf } = deps
  const engine = createCheckedEngine(deps.engine)

  return (incoming, response, way) => {
    const place = placeOf(incoming)
    if (!place) way.otherwise()
    else void answer(incoming, response, { place, ...way })
  }

  async function answer(
    incoming: IncomingMessage,
    response: ServerResponse,
    { place, otherwise, draining }: OtherWay & { readonly place: Place },
  ): Promise<void> {
    const startMs = performance.now()
    const found = await read(incoming, place)
    // A server that shuts down says so in each of its answers.
    if (!found || draining.aborted) {
      otherwise()
      return
    }
    const requestId = randomUUID()
    send(response, found.entry, requestId)
    const durationMs = performance.now() - startMs
    metrics.requestAnswered({ method: 'GET', route, status: 200, durationMs })
    if (!logger) return
    const { project, grant } = found
    const shown = { project, tokenId: grant.id, durationMs: Math.round(durationMs * 1000) / 1000 }
    logger.info({ requestId, method: 'GET', route, status: 200, ...shown }, 'request')
  }

  /** The entry, if there is one and the request may read it: never rejects. */
  async function read(incoming: IncomingMessage, { bucket, segment }: Place) {
    try {
      const grant = await grantOf(incoming)
      if (!grant) return undefined
      const named = incoming.headers[headerNames.project]
      const project = projectFor(typeof named === 'string' ? named : undefined, grant)
      requireScopes(grant, ['read'])
      const key = decodeURIComponent(segment)
      const entry = await engine.get({ project, bucket }, key, { onValue: leaveIfLarge })
      return entry && { entry, project, grant }
    } catch {
      // The application meets it again, and says what it is.
      return undefined
    }
  }
}

interface Place {
  readonly bucket: string
  /** The key as it stands in the path. */
  readonly segment: string
}

function placeOf({ method, url = '', headers }: IncomingMessage): Place | undefined {
  if (method !== 'GET') return undefined
  const [, bucket, segment] = keyPath.exec(url) ?? []
  if (bucket === undefined || segment === undefined || dots.test(segment)) return undefined
  if (special.some((name) => headers[name] !== undefined)) return undefined
  return plainHost.test(headers.host ?? '') ? { bucket, segment } : undefined
}

/** What takes memory while it is sent is for the application, which keeps account of it. */
function leaveIfLarge(size: number): void {
  if (size <= smallAnswerBytes) return
  throw new KvasirError('KV_TOO_LARGE', 'The value is too large to be answered directly.')
}

function send(response: ServerResponse, entry: Entry, requestId: string): void {
  const { data, kind } = entry.value
  const bytes = typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength
  // A list, and no object to be filled and gone through again.
  const head = [...commonHeaders, 'content-type', contentTypes[kind]]
  for (const [name, value] of Object.entries(entryHeaders(entry))) head.push(name, value)
  head.push('content-length', String(bytes), 'x-request-id', requestId)
  response.writeHead(200, head)
  response.end(data)
}
