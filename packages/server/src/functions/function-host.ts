/** The functions of a directory over a store: what the process that serves holds. */

import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { openStore, type Store } from 'kvasir'
import type { Logger } from '../http/request-log.ts'
import { createCountingEngine } from './counting-engine.ts'
import type { FunctionFile } from './find-functions.ts'
import { currentCall } from './function-call.ts'
import { logLoaded } from './function-log.ts'
import { FunctionSet } from './function-set.ts'
import { type FunctionSettings, readFunctionSettings, settingsFile } from './function-settings.ts'
import { answerInstead, createHostApp, type HostApp } from './host-app.ts'
import { createHostMessages, type HostRequest, type HostResponse } from './host-messages.ts'
import type { HostOptions } from './host-protocol.ts'
import { createGlobals, installGlobals } from './store-globals.ts'
import type { Watchdog } from './watchdog.ts'

export interface HostParts {
  readonly options: HostOptions
  readonly logger: Logger
  readonly watchdog: Watchdog
  /** Told which file is about to run for the first time, and when none is any more. */
  readonly loading: (file: string | null, changedAt: number) => void
}

export class FunctionHost {
  readonly #parts: HostParts
  readonly #store: Store
  readonly #functions: FunctionSet
  #app: HostApp
  #isDraining = false
  #isStarted = false

  private constructor(parts: HostParts, store: Store, settings: FunctionSettings) {
    this.#parts = parts
    this.#store = store
    const { loading } = parts
    this.#functions = new FunctionSet(parts.options.root, {
      began: async (found) => loading(found.file, await changedAt(found)),
      ended: () => loading(null, 0),
      refusalOf: (found) => this.#refusalOf(found),
    })
    this.#app = this.#apply(settings)
  }

  /** Opens the store and loads the functions. */
  static async open(parts: HostParts): Promise<FunctionHost> {
    const { root, store: given } = parts.options
    const settings = await readFunctionSettings(root)
    const { location, ...options } = given
    const layer = (engine: Parameters<typeof createCountingEngine>[0]) =>
      createCountingEngine(engine, () => currentCall.getStore())
    const store = await openStore(location, { ...options, layer })
    const host = new FunctionHost(parts, store, settings)
    await host.#load(new Set())
    host.#isStarted = true
    parts.watchdog.allow(settings.timeoutMs)
    return host
  }

  /** What the HTTP server makes requests and responses of. */
  readonly messages = createHostMessages(answerInstead)

  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    // The answer says that it is the last on its connection.
    if (this.#isDraining) res.shouldKeepAlive = false
    this.#app(req as unknown as HostRequest, res as HostResponse) // The server makes these.
  }

  /** From now on, answers end their connections. */
  drain(): void {
    this.#isDraining = true
  }

  /** The files that functions are made of, packages aside. */
  get files(): ReadonlySet<string> {
    return new Set([...this.#functions.functions].flatMap(({ files }) => [...files]))
  }

  /** Takes in files that were changed, added or removed. */
  async refresh(changed: ReadonlySet<string>): Promise<void> {
    const { options, logger } = this.#parts
    if (changed.has(join(options.root, settingsFile))) {
      try {
        this.#app = this.#apply(await readFunctionSettings(options.root))
        logger.info({}, 'settings loaded')
      } catch (error) {
        logger.error({ err: error }, 'the settings stay as they were')
      }
    }
    await this.#load(changed)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  async #load(changed: ReadonlySet<string>): Promise<void> {
    logLoaded(this.#parts.logger, await this.#functions.refresh(changed))
  }

  #apply(settings: FunctionSettings): HostApp {
    const { options, logger, watchdog } = this.#parts
    // Until all is loaded, starting may take as long as it takes.
    if (this.#isStarted) watchdog.allow(settings.timeoutMs)
    const project = options.project ?? settings.project ?? 'default'
    installGlobals(createGlobals({ store: this.#store, project, ttlUnit: settings.ttlUnit }))
    return createHostApp({
      settings,
      find: (path) => this.#functions.find(path),
      logger,
      logsRequests: options.logLevel === 'info',
      watchdog,
      tellsErrors: options.watch,
    })
  }

  async #refusalOf(found: FunctionFile): Promise<string | undefined> {
    const since = this.#parts.options.refused[found.file]
    if (since === undefined || (await changedAt(found)) !== since) return undefined
    return 'It ended the process, or never came to its end, while it was loaded. Change it to try again.'
  }
}

async function changedAt({ file }: FunctionFile): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  return found?.mtimeMs ?? 0
}
