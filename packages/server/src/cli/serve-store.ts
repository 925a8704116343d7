/** Serves a store until the process is told to stop: what `kvasir serve` does. */
import type { Engine, Health } from 'kvasir/engine'
import { createApp } from '../app.ts'
import { scopes } from '../auth/grant.ts'
import { everybody, isFromThisMachine, withoutTokens } from '../auth/open-access.ts'
import { createTokenStore, type TokenStore } from '../auth/token-store.ts'
import { listenPlaces } from '../config/listen-places.ts'
import type { SettingValues } from '../config/setting.ts'
import type { serveSettings } from '../config/settings.ts'
import { bearerToken } from '../http/authenticate.ts'
import { createDirectReads } from '../http/direct-reads.ts'
import { type RunningServer, startServer } from '../http/listen.ts'
import type { Logger } from '../http/request-log.ts'
import { AnswerBudget } from '../limits/answer-budget.ts'
import { cacheBytesOfServer } from '../limits/server-limits.ts'
import { createMetrics } from '../metrics/server-metrics.ts'
import { createSockets } from '../socket/sockets.ts'
import { StreamCount } from '../watch/stream-count.ts'
import { createLog } from './create-log.ts'
import type { Io } from './io.ts'
import { withEngine } from './open-store.ts'
import type { Output } from './output.ts'
import { sayWhere } from './say-where.ts'
import { stopOf } from './stop-of.ts'
import type { WorkerLine } from './worker-line.ts'

export interface ServeRequest {
  readonly settings: SettingValues<typeof serveSettings>
  /** Whether requests need a token. */
  readonly asksForToken: boolean
  readonly io: Io
  readonly out: Output
}

interface OpenStore {
  readonly engine: Engine
  readonly tokens: TokenStore
}

interface Started extends OpenStore {
  readonly logger: Logger | undefined
  readonly line: WorkerLine | undefined
}

/** Serves in this process; as a worker of several, if it has a line to who looks after them. */
export function serveStore(given: ServeRequest, line?: WorkerLine): Promise<void> {
  const signal = line ? AbortSignal.any([given.io.signal, line.signal]) : given.io.signal
  const request = { ...given, io: { ...given.io, signal } }
  const { settings, io } = request
  const { data: directory, durability, graceMs, diskReserveBytes, logLevel } = settings
  const { cacheBytes = cacheBytesOfServer } = settings
  const logger = logLevel === 'silent' ? undefined : createLog(io.stderr, logLevel)
  const onHealthChange = (health: Health): void => logHealth(logger, health)
  const reserve = diskReserveBytes !== undefined && { diskReserveBytes }
  const options = { ...reserve, cacheBytes, onHealthChange }
  return withEngine({ directory, durability, ...options }, 'create', async (engine) => {
    const store = { engine, tokens: createTokenStore(engine) }
    const server = await start(request, { ...store, logger, line })
    try {
      if (line) line.ready(server)
      else await sayWhere(request.out, server)
      if (!line || line.isFirst) await sayHowToGetIn(request, { ...store, server })
      await stopOf(signal)
      if (line) return
      await request.out.say('Stopping: requests may finish. A second signal stops at once.')
    } finally {
      await server.close({ graceMs })
    }
  })
}

function start(
  { settings, asksForToken, io }: ServeRequest,
  { engine, tokens, logger, line }: Started,
): Promise<RunningServer> {
  const { stallMs } = settings
  const own = createMetrics({ ofProcess: true, engine })
  const metrics = line?.share(own) ?? own
  const common = {
    engine,
    verifyToken: async (token: string) => (asksForToken ? tokens.verify(token) : everybody),
    ...(logger && { logger }),
  }
  const isDraining = (): boolean => io.signal.aborted
  const streams = new StreamCount(settings, metrics)
  const answers = new AnswerBudget(settings.answerBytesMax, metrics)
  const app = createApp({ ...common, metrics, streams, answers, isDraining })
  const fetch: typeof app.fetch = (request, env) => app.fetch(request, env)
  const sockets = createSockets({
    ...common,
    streams,
    answers,
    figures: metrics,
    helloMs: stallMs,
    ...(!asksForToken && { admits: isFromThisMachine }),
  })
  const direct = createDirectReads({
    ...common,
    metrics,
    grantOf: (incoming) => {
      if (!asksForToken) return isFromThisMachine(incoming) ? everybody : undefined
      const token = bearerToken(incoming.headers.authorization)
      return token === undefined ? undefined : tokens.verifyAtOnce(token)
    },
  })
  return startServer({
    direct,
    app: { fetch: asksForToken ? fetch : withoutTokens(fetch) },
    sockets,
    ...listenPlaces(settings),
    limits: settings,
    timeouts: { stallMs, headersMs: stallMs },
    figures: metrics,
  })
}

function logHealth(logger: Logger | undefined, health: Health): void {
  if (health.writable) logger?.info({}, 'the store takes writes again')
  else logger?.error(health, 'the store takes no writes')
}

async function sayHowToGetIn(
  { settings, asksForToken, out }: ServeRequest,
  { engine, tokens, server }: OpenStore & { readonly server: RunningServer },
): Promise<void> {
  if (!asksForToken) {
    const whoever = server.url.startsWith('unix:') ? 'who may use the socket' : 'on this machine'
    return out.say(`Everybody ${whoever} may read and write all of it, without a token.`)
  }
  if (!engine.capabilities.persistence) {
    // No other process can reach this memory to make one.
    const { token } = await tokens.create({ project: '*', scopes, label: 'serve' })
    return out.say(`The token for this run, for all projects: ${token}`)
  }
  if ((await tokens.list()).length > 0) return
  const { data: directory = '' } = settings
  await out.say(
    `There is no token yet, so that every request is refused. Make one:\n  kvasir token create --data ${quoted(directory)} --project default --scopes read,write,admin`,
  )
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
