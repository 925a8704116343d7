/**
 * The process that serves functions. It is started by the one that looks after it, which holds the
 * port and hands over connections; when it ends, whatever the reason, another takes its place.
 */
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { KvasirError } from 'kvasir'
import { pino } from 'pino'
import type { Logger } from '../http/request-log.ts'
import { currentCall } from './function-call.ts'
import { FunctionHost } from './function-host.ts'
import type { FromHost, HostOptions, ToHost } from './host-protocol.ts'
import { watchFiles } from './watch-files.ts'

const sweepMs = 50

function main(): void {
  quietWarnings()
  // Who stops the host signals all of its processes; this one finishes when it is told to.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined)
  // Without the process that looks after it, there is nobody to hand over connections.
  process.on('disconnect', () => process.exit(1))
  process.setSourceMapsEnabled(true)
  process.once('message', (message: ToHost) => {
    if (message.kind === 'start') void start(message.options) // It reports its own failure.
  })
}

async function start(options: HostOptions): Promise<void> {
  const logger = pino({ level: options.logLevel }, pino.destination({ dest: 2, sync: true }))
  try {
    catchWhatFallsThrough(logger)
    const loading = (file: string | null, changedAt: number): void =>
      tell({ kind: 'loading', file, changedAt })
    const host = await FunctionHost.open({ options, logger, loading })
    const server = serve(host)
    const watching = await watchFiles(options.root, {
      filesOutside: () => host.files,
      changed: (files) => host.refresh(files),
      failed: (error) => logger.error({ err: error }, 'changes of files cannot be followed'),
    })
    const connections = new Set<Socket>()
    process.on('message', (message: ToHost, socket?: Socket) => {
      if (message.kind === 'connection') accept(server, { id: message.id, socket, connections })
      if (message.kind !== 'stop') return
      void stop({ server, connections, graceMs: message.graceMs }) // It cannot fail.
        .then(() => watching.close())
        .then(() => host.close())
        .catch((error: unknown) => logger.error({ err: error }, 'the store did not close'))
        .then(() => process.exit(0))
    })
    tell({ kind: 'ready' })
  } catch (error) {
    const { code, message } = KvasirError.from(error)
    tell({ kind: 'failed', code, message })
  }
}

function serve(host: FunctionHost): Server {
  const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 10_000 }, host.handle)
  // It listens nowhere, and yet is to keep its limits of time for requests.
  server.emit('listening')
  return server
}

interface Accepting {
  readonly id: number
  readonly socket: Socket | undefined
  readonly connections: Set<Socket>
}

function accept(server: Server, { id, socket, connections }: Accepting): void {
  tell({ kind: 'accepted', id })
  // Whoever connected may have gone on the way.
  if (!socket) return
  connections.add(socket)
  socket.on('close', () => connections.delete(socket))
  server.emit('connection', socket)
}

interface Stopping {
  readonly server: Server
  readonly connections: ReadonlySet<Socket>
  readonly graceMs: number
}

/** Ends connections as they become idle, and all of them when the time is over. */
function stop({ server, connections, graceMs }: Stopping): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), graceMs)
    const sweep = setInterval(() => {
      server.closeIdleConnections()
      if (connections.size > 0) return
      clearTimeout(force)
      clearInterval(sweep)
      resolve()
    }, sweepMs)
  })
}

/** What is thrown in timers and events belongs to the request it came from, or to nobody. */
function catchWhatFallsThrough(logger: Logger): void {
  const take = (kind: string) => (error: unknown) => {
    const call = currentCall.getStore()
    if (call) call.fail(error)
    else logger.error({ err: error }, `${kind} outside of any request`)
  }
  process.on('uncaughtException', take('an error was thrown'))
  process.on('unhandledRejection', take('a promise was rejected'))
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
