import { KvasirError } from 'kvasir'
import type { Engine } from 'kvasir/engine'
import { createApp } from '../../app.ts'
import { scopes } from '../../auth/grant.ts'
import { everybody, isLoopback, withoutTokens } from '../../auth/open-access.ts'
import { createTokenStore, type TokenStore } from '../../auth/token-store.ts'
import type { SettingValues } from '../../config/setting.ts'
import { serveSettings } from '../../config/settings.ts'
import { type RunningServer, startServer } from '../../http/listen.ts'
import { createLog } from '../create-log.ts'
import { defineCommand } from '../define-command.ts'
import type { Io } from '../io.ts'
import { withEngine } from '../open-store.ts'
import type { Output } from '../output.ts'

export const addServe = defineCommand({
  name: 'serve',
  args: [],
  summary: 'serve a store over HTTP until told to stop',
  settings: serveSettings,
  switches: {
    auth: {
      flag: '--no-auth',
      help: 'ask for no token; only on an address of this machine itself',
    },
  },
  endsOnStop: true,
  examples: [
    'serve --data ./data',
    'serve --data ./data --host 0.0.0.0 --port 8080',
    'serve --data memory: --port 0 --no-auth',
  ],
  run: async ({ settings, switches, io, out }) => {
    const { data: directory, durability, graceMs } = settings
    if (!switches.auth) checkLoopback(settings.host)
    await withEngine({ directory, durability }, 'create', async (engine) => {
      const tokens = createTokenStore(engine)
      const parts = { engine, tokens, io, asksForToken: switches.auth }
      const server = await start(parts, settings)
      try {
        await sayWhatIsThere({ ...parts, server, out, directory })
        await stopOf(io.signal)
        await out.say('Stopping: requests may finish. A second signal stops at once.')
      } finally {
        await server.close({ graceMs })
      }
    })
    return 0
  },
})

interface ServerParts {
  readonly engine: Engine
  readonly tokens: TokenStore
  readonly io: Io
  readonly asksForToken: boolean
}

function start(
  { engine, tokens, io, asksForToken }: ServerParts,
  { host, port, logLevel }: SettingValues<typeof serveSettings>,
): Promise<RunningServer> {
  const app = createApp({
    engine,
    verifyToken: async (token) => (asksForToken ? tokens.verify(token) : everybody),
    isDraining: () => io.signal.aborted,
    ...(logLevel !== 'silent' && { logger: createLog(io.stderr, logLevel) }),
  })
  const fetch: typeof app.fetch = (request, env) => app.fetch(request, env)
  return startServer({ app: { fetch: asksForToken ? fetch : withoutTokens(fetch) }, host, port })
}

async function sayWhatIsThere({
  engine,
  tokens,
  asksForToken,
  server,
  out,
  directory = '',
}: ServerParts & {
  readonly server: RunningServer
  readonly out: Output
  readonly directory: string | undefined
}): Promise<void> {
  const { url } = server
  if (out.isJson) await out.json({ url })
  else await out.line(`listening on ${url}`)
  if (!asksForToken) {
    return out.say('Everybody on this machine may read and write all of it, without a token.')
  }
  if (!engine.capabilities.persistence) {
    // No other process can reach this memory to make one.
    const { token } = await tokens.create({ project: '*', scopes, label: 'serve' })
    return out.say(`The token for this run, for all projects: ${token}`)
  }
  if ((await tokens.list()).length > 0) return
  await out.say(
    `There is no token yet, so that every request is refused. Make one:\n  kvasir token create --data ${quoted(directory)} --project default --scopes ${scopes.join(',')}`,
  )
}

function checkLoopback(host: string): void {
  if (isLoopback(host)) return
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `--no-auth would let everybody who reaches ${JSON.stringify(host)} read and write all of it. Listen on 127.0.0.1, or leave --no-auth out and make a token.`,
  )
}

function stopOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
