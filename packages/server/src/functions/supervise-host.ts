/**
 * Looks after the process that serves functions: holds the port, hands over connections, and puts
 * another process in the place of one that ended.
 */
import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KvasirError } from 'kvasir'
import { answerRaw } from '../http/raw-answer.ts'
import type { Logger } from '../http/request-log.ts'
import type { FromHost, HostOptions, ToHost } from './host-protocol.ts'
import { listenForHost } from './listen-for-host.ts'

export interface SuperviseOptions {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly options: Omit<HostOptions, 'refused'>
  readonly logger: Logger
  /** Where the process writes what functions print, and its log. */
  readonly output: { readonly print: Write; readonly log: Write }
}

type Write = (chunk: Uint8Array) => void

export interface SupervisedHost {
  readonly url: string
  /** Takes no more connections, lets requests finish for so long, and ends. */
  close(options: { readonly graceMs: number }): Promise<void>
}

/** A process that lived so long was no failure of starting. */
const settledMs = 10_000
const backOffMsMax = 5000
const backOffMsFirst = 100
/** How long a connection waits for a process that takes it. */
const waitingMs = 30_000
/** What stopping may take beyond the time for requests: the store has to be closed. */
const closingMs = 5000

/**
 * Serves functions in a process of their own, until it is closed.
 *
 * @throws {KvasirError} `KV_PORT_IN_USE`, and what keeps the process from starting: settings that
 * are not understood, a store that cannot be opened.
 */
export async function superviseHost(given: SuperviseOptions): Promise<SupervisedHost> {
  const supervisor = new Supervisor(given)
  const port = await listenForHost(given, (socket) => supervisor.take(socket))
  try {
    await supervisor.start()
  } catch (error) {
    port.close()
    supervisor.dropWaiting()
    throw error
  }
  return {
    url: port.url,
    close: ({ graceMs }) => {
      port.close()
      return supervisor.stop(graceMs)
    },
  }
}

class Supervisor {
  readonly #given: SuperviseOptions
  /** Connections that no process has taken yet. */
  readonly #waiting = new Map<number, Socket>()
  /** Files that took the process down while they were loaded. */
  readonly #refused: Record<string, number> = {}
  #child: ChildProcess | undefined
  #isReady = false
  /** Whether any process has served. */
  #wasReady = false
  #isStopping = false
  #loading: { readonly file: string; readonly changedAt: number } | undefined
  #nextId = 1
  #quickEnds = 0

  constructor(given: SuperviseOptions) {
    this.#given = given
  }

  take(socket: Socket): void {
    const id = this.#nextId
    this.#nextId += 1
    this.#waiting.set(id, socket)
    const timer = setTimeout(() => answerRaw(socket, nobodyServes), waitingMs)
    socket.on('close', () => {
      clearTimeout(timer)
      this.#waiting.delete(id)
    })
    socket.on('error', () => undefined) // Whoever connected has gone.
    if (this.#isReady) this.#handOver(id, socket)
  }

  /** Starts a process and resolves once it serves. */
  async start(): Promise<void> {
    const child = this.#fork()
    this.#child = child
    const startedAt = performance.now()
    const ended = endOf(child)
    void ended.then((reason) => this.#ended(startedAt, reason)) // It cannot fail.
    const { options } = this.#given
    this.#tell({ kind: 'start', options: { ...options, refused: this.#refused } })
    await new Promise<void>((resolve, reject) => {
      child.on('message', (message: FromHost) => {
        if (message.kind === 'ready') resolve()
        if (message.kind === 'failed') {
          this.#isStopping ||= !this.#wasReady
          reject(new KvasirError(message.code, message.message))
          child.kill('SIGKILL')
        }
        this.#hear(message)
      })
      void ended.then(() => reject(new KvasirError('KV_INTERNAL', 'It ended while it started.')))
    })
    this.#isReady = true
    this.#wasReady = true
    for (const [id, socket] of this.#waiting) this.#handOver(id, socket)
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child?.connected) {
      this.#tell({ kind: 'stop', graceMs })
      const force = setTimeout(() => child.kill('SIGKILL'), graceMs + closingMs)
      await endOf(child)
      clearTimeout(force)
    }
    this.dropWaiting()
  }

  dropWaiting(): void {
    for (const socket of this.#waiting.values()) socket.destroy()
  }

  #fork(): ChildProcess {
    const entry = new URL(
      `./host-process${extname(fileURLToPath(import.meta.url))}`,
      import.meta.url,
    )
    const child = fork(fileURLToPath(entry), [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    const { print, log } = this.#given.output
    child.stdout?.on('data', print)
    child.stderr?.on('data', log)
    return child
  }

  #hear(message: FromHost): void {
    if (message.kind === 'accepted') this.#waiting.get(message.id)?.destroy()
    if (message.kind !== 'loading') return
    const { file, changedAt } = message
    this.#loading = file === null ? undefined : { file, changedAt }
  }

  #handOver(id: number, socket: Socket): void {
    // Kept until it has been taken: a process that ends before leaves it to the next.
    const message: ToHost = { kind: 'connection', id }
    this.#child?.send(message, socket, { keepOpen: true }, () => undefined)
  }

  #tell(message: ToHost): void {
    this.#child?.send(message, () => undefined) // One that has ended needs to be told nothing.
  }

  #ended(startedAt: number, reason: unknown): void {
    const wasReady = this.#isReady
    this.#isReady = false
    if (this.#isStopping) return
    const { logger } = this.#given
    if (this.#loading) this.#refused[this.#loading.file] = this.#loading.changedAt
    const isQuick = performance.now() - startedAt < settledMs
    this.#quickEnds = isQuick ? this.#quickEnds + 1 : 0
    const delayMs = Math.min(backOffMsMax, backOffMsFirst * 2 ** this.#quickEnds)
    const fields = { reason, ...(this.#loading && { loading: this.#loading.file }), delayMs }
    const message = wasReady
      ? 'the process that serves functions ended, and the requests in it; another takes its place'
      : 'the process that serves functions ended before it served; another is tried'
    logger.error(fields, message)
    this.#loading = undefined
    setTimeout(() => {
      if (this.#isStopping) return
      this.start().catch((error: unknown) => logger.error({ err: error }, 'it did not start'))
    }, delayMs)
  }
}

/** Resolves with the exit code, the signal, or why there never was a process. */
function endOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code))
    child.on('error', (error) => {
      // Others are about messages that did not arrive.
      if (child.pid === undefined) resolve(error.message)
    })
  })
}

const nobodyServes = new KvasirError(
  'KV_UNAVAILABLE',
  'The functions are not served at the moment. The log of the host says why.',
  { outcome: 'not-applied' },
)
