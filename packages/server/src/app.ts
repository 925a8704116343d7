import { randomUUID } from 'node:crypto'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { KvasirError } from 'kvasir'
import { createCheckedEngine, type Engine } from 'kvasir/engine'
import { headerNames } from 'kvasir/protocol'
import {
  authenticate,
  projectFor,
  requireAllProjects,
  requireScopes,
  type VerifyToken,
} from './http/authenticate.ts'
import { buildDocument } from './http/openapi/build-document.ts'
import type { OpenApiDocument } from './http/openapi/document.ts'
import { isInternal, problemResponse } from './http/problem-response.ts'
import { type Logger, requestLog } from './http/request-log.ts'
import type { AppContext, AppEnv, Route, RouteParts } from './http/route.ts'
import { allRoutes } from './http/routes/all-routes.ts'
import { AnswerBudget } from './limits/answer-budget.ts'
import { BodyBudget } from './limits/body-budget.ts'
import { MeteredEngine } from './limits/metered-engine.ts'
import { createMetrics, type ServerMetrics } from './metrics/server-metrics.ts'
import { readVersion } from './read-version.ts'
import { StreamCount } from './watch/stream-count.ts'

export interface AppDeps {
  /** The engine itself: what comes in is checked here. */
  readonly engine: Engine
  /** What a token allows; `undefined` when it is unknown. */
  readonly verifyToken: VerifyToken
  /** Without one, nothing is logged. */
  readonly logger?: Logger
  /** Whether the server is shutting down; `/readyz` says so. */
  readonly isDraining?: () => boolean
  /** Origins whose pages may call the server; default: none. */
  readonly corsOrigins?: readonly string[]
  /** How often a silent watch gives a sign of life; default: 15 s. */
  readonly heartbeatMs?: number
  /** Where figures are gathered; default: a new one. */
  readonly metrics?: ServerMetrics
  /** Counts streams of events, with sockets where it is theirs too; default: a new one. */
  readonly streams?: StreamCount
  /** How much the bodies of requests may take together; default: 512 MiB. */
  readonly bodies?: BodyBudget
  /** How much the values in answers may take together; default: an eighth of the heap. */
  readonly answers?: AnswerBudget
}

const heartbeatMsDefault = 15_000

/**
 * Makes the server's application: a `fetch` handler that speaks the protocol of `docs/protocol.md`.
 *
 * @example
 * const app = createApp({ engine, verifyToken: (token) => tokens.verify(token) })
 * const response = await app.request('/livez')
 */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  const { engine, verifyToken, logger, isDraining, corsOrigins, heartbeatMs } = deps
  const metrics = deps.metrics ?? createMetrics()
  const parts: RouteParts = {
    engine: createCheckedEngine(engine),
    isDraining: isDraining ?? (() => false),
    heartbeatMs: heartbeatMs ?? heartbeatMsDefault,
    metrics,
    streams: deps.streams ?? new StreamCount({}, metrics),
    document: createDocument(),
    report: (context, error) => {
      if (!isInternal(error)) return
      logger?.error({ requestId: context.get('requestId'), err: error }, 'request failed')
    },
  }
  const app = new Hono<AppEnv>()
  // Of the server's own making: what a client calls its request has no place in the log.
  app.use(ownRequestId)
  if (logger) app.use(requestLog(logger))
  app.use(measure(metrics))
  app.use(commonHeaders, pageHeaders)
  app.use(holdBodies(deps.bodies ?? new BodyBudget()))
  app.use(holdAnswers(deps.answers ?? new AnswerBudget()))
  if (corsOrigins && corsOrigins.length > 0) app.use(corsFor(corsOrigins))
  for (const route of allRoutes) {
    app.on(route.method, route.path, (context) => answer(context, { route, parts, verifyToken }))
  }
  for (const path of new Set(allRoutes.map((route) => route.path))) {
    app.all(path, (context) => fail(context, path, methodNotAllowed(context, path)))
  }
  app.notFound((context) => problemResponse(context, routeNotFound()))
  app.onError((thrown, context) => {
    const error = KvasirError.from(thrown)
    parts.report(context, error)
    return fail(context, context.get('route'), error)
  })
  return app
}

/** The document is made when it is first asked for, and then kept. */
function createDocument(): () => Promise<OpenApiDocument> {
  let made: Promise<OpenApiDocument> | undefined
  return () => {
    made ??= readVersion().then((version) => buildDocument(allRoutes, version))
    return made
  }
}

async function answer(
  context: AppContext,
  { route, parts, verifyToken }: { route: Route; parts: RouteParts; verifyToken: VerifyToken },
): Promise<Response> {
  context.set('route', route.path)
  if (route.scopes.length > 0 || route.anyToken) {
    const known = await authenticate(context, verifyToken)
    const project = projectFor(context.req.header(headerNames.project), known.grant)
    context.set('caller', { ...known, project })
    context.get('answerShare').isFor(known.grant.project)
    requireScopes(known.grant, route.scopes)
    if (route.acrossProjects) requireAllProjects(known.grant)
  }
  const engine = new MeteredEngine(parts.engine, context.get('answerShare'))
  return route.handle(context, { ...parts, engine })
}

/** Answers with a failure in the form that the path has for them. */
function fail(context: AppContext, path: string, error: KvasirError): Response {
  const route = allRoutes.find((each) => each.path === path)
  return route?.fail ? route.fail(context, error) : problemResponse(context, error)
}

const pageHeaders = secureHeaders({
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  // These are about pages, cookies and plug-ins, which there are none of.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
})

async function ownRequestId(context: AppContext, next: () => Promise<void>): Promise<void> {
  const id = randomUUID()
  context.set('requestId', id)
  context.header('x-request-id', id)
  await next()
}

async function commonHeaders(context: AppContext, next: () => Promise<void>): Promise<void> {
  context.set('startMs', performance.now())
  await next()
  context.res.headers.set('cache-control', 'no-store')
  const policy = context.get('securityPolicy')
  if (policy !== undefined) context.res.headers.set('content-security-policy', policy)
  // A connection that goes on would keep a server from going away.
  if (context.env?.draining?.aborted) context.res.headers.set('connection', 'close')
}

/** What a body took is free again once the request is answered. */
function holdBodies(bodies: BodyBudget): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const share = bodies.share()
    context.set('bodyShare', share)
    await next()
    share.giveBack()
  }
}

/** What is read for an answer is held until the client has it. */
function holdAnswers(answers: AnswerBudget): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const share = answers.share()
    context.set('answerShare', share)
    await next()
    const { outgoing } = context.env ?? {}
    const giveBack = (): void => share.holdOnly(0)
    if (share.isEmpty || !outgoing || outgoing.closed) giveBack()
    else outgoing.once('close', giveBack)
  }
}

/** Counts every answer, whatever became of the request. */
function measure(metrics: ServerMetrics): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const startMs = performance.now()
    await next()
    metrics.requestAnswered({
      method: context.req.method,
      route: context.get('route'),
      status: context.res.status,
      durationMs: performance.now() - startMs,
    })
  }
}

function corsFor(origins: readonly string[]) {
  const { idempotencyKey, project, ...answered } = headerNames
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'],
    allowHeaders: [
      'authorization',
      'content-type',
      'if-match',
      'if-none-match',
      'last-event-id',
      idempotencyKey,
      project,
      answered.sets,
    ],
    exposeHeaders: ['etag', 'x-request-id', ...Object.values(answered)],
    maxAge: 600,
  })
}

function methodNotAllowed({ req }: AppContext, path: string): KvasirError {
  const methods = allRoutes.filter((route) => route.path === path).map(({ method }) => method)
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return new KvasirError(
    'KV_METHOD_NOT_ALLOWED',
    `${req.method} is not a method of this path, which takes ${allow.join(', ')}.`,
    { outcome: 'not-applied', details: { allow: allow.join(', ') } },
  )
}

function routeNotFound(): KvasirError {
  return new KvasirError(
    'KV_ROUTE_NOT_FOUND',
    'There is nothing at this path. Keys are one segment: encode a slash in one as %2F.',
    { outcome: 'not-applied' },
  )
}
