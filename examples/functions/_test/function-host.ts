/** Functions served by a process of their own, with a look into their store for the tests. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createApp, createTokenStore, startServer } from '@kvasir/server'
import { openStore, type Store } from 'kvasir'
import { openEngine } from 'kvasir/engine'

const repository = join(import.meta.dirname, '../../..')
const kvasir = join(repository, 'packages/server/src/cli/main.ts')

/** The token that `/flags/admin` asks for. */
export const flagsToken = 'flags-token-of-the-tests'

/**
 * What two processes that have a directory open may differ in their idea of the time: each goes on
 * from the highest that it has seen, and the clock of the machine may have been set back since.
 */
export const clockSlackMs = 5000

export interface FunctionHost extends AsyncDisposable {
  readonly url: string
  /** The store that the functions use. */
  readonly store: Store
}

/** Serves a directory of functions whose store is embedded in the host. */
export async function serveEmbedded(directory: string): Promise<FunctionHost> {
  const data = await mkdtemp(join(tmpdir(), 'kvasir-functions-'))
  const host = await startHost([directory, '--data', data])
  const store = await openStore(data)
  return {
    url: host.url,
    store,
    [Symbol.asyncDispose]: async () => {
      await host.stop()
      await store.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Serves a directory of functions whose store is behind a server. */
export async function serveRemote(directory: string): Promise<FunctionHost> {
  const data = await mkdtemp(join(tmpdir(), 'kvasir-functions-'))
  const engine = await openEngine(data)
  const tokens = createTokenStore(engine)
  const scopes = ['read', 'write'] as const
  const { token } = await tokens.create({ project: 'default', scopes, label: 'functions' })
  const app = createApp({ engine, verifyToken: (given) => tokens.verify(given) })
  const server = await startServer({ app, host: '127.0.0.1', port: 0 })
  const host = await startHost([directory, '--url', server.url], { KVASIR_TOKEN: token })
  const store = await openStore(server.url, { token })
  return {
    url: host.url,
    store,
    [Symbol.asyncDispose]: async () => {
      await host.stop()
      await store.close()
      await server.close({ graceMs: 1000 })
      await engine.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Runs `kvasir functions` until it listens. */
async function startHost(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const fromSource = ['--import', 'tsx', '--conditions=@kvasir/source']
  const child = spawn(
    process.execPath,
    [...fromSource, kvasir, 'functions', ...args, '--port', '0'],
    {
      cwd: repository,
      env: { ...process.env, ...env, FLAGS_TOKEN: flagsToken },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const exited = once(child, 'exit')
  const said: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /listening on (http:\S+)/.exec(line) ?? []
      if (url !== undefined) resolve(url.replace(/\/$/, ''))
    })
  })
  const ended = exited.then(() => {
    throw new Error(`The host ended, saying:\n${said.join('\n')}`)
  })
  const url = await Promise.race([listening, ended])
  ended.catch(() => undefined) // From here on, it ends because we stop it.
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
