/**
 * The process that serves functions. It is started by the one that looks after it, which holds the
 * port and hands over connections; when it ends, whatever the reason, another takes its place.
 */
import type { Socket } from 'node:net'
import { KvasirError } from 'kvasir'
import { pino } from 'pino'
import type { Logger } from '../http/request-log.ts'
import { currentCall } from './function-call.ts'
import { FunctionHost } from './function-host.ts'
import type { FromHost, HostOptions, ToHost } from './host-protocol.ts'
import { serveHost } from './serve-host.ts'
import { watchFiles } from './watch-files.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

/** Until the settings say how long a function may take. */
const startingMs = 30_000

function main(): void {
  quietWarnings()
  // Who stops the host signals all of its processes; this one finishes when it is told to.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined)
  // Without the process that looks after it, there is nobody to hand over connections.
  process.on('disconnect', end)
  process.setSourceMapsEnabled(true)
  process.once('message', (message: ToHost) => {
    if (message.kind === 'start') void start(message.options) // It reports its own failure.
  })
}

async function start(options: HostOptions): Promise<void> {
  const logger = pino({ level: options.logLevel }, pino.destination({ dest: 2, sync: true }))
  try {
    const watchdog = startWatchdog(options.root, startingMs)
    catchWhatFallsThrough(logger, watchdog)
    const loading = (file: string | null, changedAt: number): void =>
      tell({ kind: 'loading', file, changedAt })
    const host = await FunctionHost.open({ options, logger, watchdog, loading })
    const serving = serveHost(host)
    const watching = await watchFiles(options.root, {
      filesOutside: () => host.files,
      changed: (files) => host.refresh(files),
      failed: (error) => logger.error({ err: error }, 'changes of files cannot be followed'),
    })
    process.on('message', (message: ToHost, socket?: Socket) => {
      if (message.kind === 'connection') {
        tell({ kind: 'accepted', id: message.id })
        // Whoever connected may have gone on the way.
        if (socket) serving.take(socket)
      }
      if (message.kind !== 'stop') return
      void serving
        .stop(message.graceMs)
        .then(() => watching.close())
        .then(() => host.close())
        .catch((error: unknown) => logger.error({ err: error }, 'the host did not stop in order'))
        .then(end)
    })
    tell({ kind: 'ready' })
  } catch (error) {
    const { code, message } = KvasirError.from(error)
    tell({ kind: 'failed', code, message })
  }
}

/** What is thrown in timers and events belongs to the request it came from, or to nobody. */
function catchWhatFallsThrough(logger: Logger, watchdog: Watchdog): void {
  const take = (kind: string) => (error: unknown) => {
    const call = currentCall.getStore()
    if (call) call.fail(error)
    else logger.error({ err: error }, `${kind} outside of any request`)
  }
  process.on('uncaughtException', take('an error was thrown'))
  process.on('unhandledRejection', take('a promise was rejected'))
  process.on('exit', (code) => {
    if (isEnding) return
    const err = new Error(`process.exit(${code}) was called`)
    const fields = { err, requests: watchdog.requests }
    logger.error(fields, 'a function ended the process, and the requests in it are cut')
  })
}

let isEnding = false

function end(): void {
  isEnding = true
  process.exit(0)
}

function tell(message: FromHost): void {
  process.send?.(message)
}

/** Leaves out what no user can change. */
function quietWarnings(): void {
  const emitWarning = process.emitWarning.bind(process) as (...warning: unknown[]) => void
  const emitOthers = (...warning: unknown[]): void => {
    const [message, type] = warning
    if (type === 'ExperimentalWarning' && /SQLite|vm\.USE_MAIN/.test(String(message))) return
    emitWarning(...warning)
  }
  process.emitWarning = emitOthers as typeof process.emitWarning
}

main()
