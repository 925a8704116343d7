import type { Context } from 'hono'
import type { KvasirError } from 'kvasir'
import type { BucketRef } from 'kvasir/engine'
import type { Grant, Scope } from '../auth/grant.ts'
import type { AnswerShare } from '../limits/answer-budget.ts'
import type { BodyShare } from '../limits/body-budget.ts'
import type { ServedEngine } from '../limits/metered-engine.ts'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import type { StreamCount } from '../watch/stream-count.ts'
import type { OpenApiDocument } from './openapi/document.ts'
import type { PathDocs, RouteDoc } from './route-doc.ts'

/** What a request brings besides itself. */
export interface AppEnv {
  Bindings: {
    /** Aborts when the server begins to shut down. */
    draining?: AbortSignal
    /** Emits `close` once the client has the answer, or has gone. */
    outgoing?: { once(event: 'close', listener: () => void): unknown; readonly closed: boolean }
  }
  Variables: {
    requestId: string
    /** When the request came, by the monotonic clock. */
    startMs: number
    /** The pattern of the route that was taken, for logs. */
    route: string
    caller: Caller
    /** What the request's body takes of the memory for bodies. */
    bodyShare: BodyShare
    /** What the values in the answer take of the memory for answers. */
    answerShare: AnswerShare
    /** What browsers may do with the answer, where it is a page; they may do nothing otherwise. */
    securityPolicy?: string
  }
}

export type AppContext = Context<AppEnv>

/** Who asks, and for which project. */
export interface Caller {
  readonly grant: Grant
  readonly project: string
  /** Whether the token still allows what it allowed at the beginning. */
  stillAllowed(): Promise<boolean>
}

/** What routes work with. */
export interface RouteParts {
  /** Checks everything that it is given, and keeps values within the memory for answers. */
  readonly engine: ServedEngine
  readonly isDraining: () => boolean
  readonly heartbeatMs: number
  readonly metrics: ServerMetrics
  /** Counts the streams of events. */
  readonly streams: StreamCount
  /** What the server tells of itself: the OpenAPI document of its routes. */
  readonly document: () => Promise<OpenApiDocument>
  /** Logs an error that is the server's own trouble. */
  readonly report: (context: AppContext, error: KvasirError) => void
}

/** One method of one path, as data: the application, its tests and its documents derive from it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** The scopes that the token needs; none: the route is open to everybody. */
  readonly scopes: readonly Scope[]
  /** Whether any token will do; what it must allow, the handler says. */
  readonly anyToken?: true
  /** How failures are answered; default: as problems. */
  readonly fail?: (context: AppContext, error: KvasirError) => Response
  /** Whether only a token for all projects will do. */
  readonly acrossProjects?: true
  readonly doc: RouteDoc | PathDocs
  readonly handle: (context: AppContext, parts: RouteParts) => Promise<Response> | Response
}

/** The bucket that the path names, in the caller's project. */
export function bucketOf(context: AppContext): BucketRef {
  const { project } = context.get('caller')
  return { project, bucket: context.req.param('bucket') ?? '' }
}
