import cluster, { type Worker } from 'node:cluster'
import type { Logger } from '../http/request-log.ts'
import { type MetricsSnapshot, writeTogether } from '../metrics/server-metrics.ts'
import type { ServerAddresses } from './say-where.ts'
import { type FromWorker, type ToWorker, workerVariable } from './worker-messages.ts'

/** A worker that lived so long was no failure of starting. */
const settledMs = 10_000
const backOffMsMax = 5000
const backOffMsFirst = 100
/** What stopping may take beyond the time for requests: the store has to be closed. */
const closingMs = 5000
/** Figures of a worker that is too busy to tell are left out. */
const figuresMs = 2000

/** How a worker came up: where it serves, or with what it ended before. */
export type Start = ServerAddresses | { readonly exitCode: number }

export interface WorkerPoolOptions {
  readonly logger: Logger | undefined
  /** The permissions of a Unix socket that the workers listen on. */
  readonly unixSocketMode: number
}

/**
 * Several processes that serve one store on one port. One that ends is replaced; connections are
 * dealt out to them in turn by the process that has the pool.
 */
export class WorkerPool {
  readonly #logger: Logger | undefined
  readonly #umask: number
  readonly #ready = new Set<Worker>()
  readonly #figures = new Map<number, (snapshot: MetricsSnapshot) => void>()
  #nextId = 1
  #quickEnds = 0
  #isStopping = false

  constructor({ logger, unixSocketMode }: WorkerPoolOptions) {
    this.#logger = logger
    // All that this process makes is the socket that it opens for its workers, when one asks.
    this.#umask = process.umask(0o777 & ~unixSocketMode)
  }

  /** Starts a worker, which is replaced from the time that it serves. */
  start(role: 'first' | 'other'): Promise<Start> {
    const startedAt = performance.now()
    const worker = this.#fork(role)
    worker.on('error', () => undefined) // Of messages to one that has ended.
    return new Promise((resolve) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          this.#ready.add(worker)
          if (this.#isStopping) tell(worker, { kind: 'stop' })
          resolve(message)
        } else this.#hear(worker, message)
      })
      worker.once('exit', (code, signal) => {
        if (this.#ready.delete(worker)) {
          this.#replace({ pid: worker.process.pid, reason: signal ?? code, startedAt })
        }
        resolve({ exitCode: code ?? 1 })
      })
    })
  }

  /** Lets requests finish for so long, and resolves once all workers have ended. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    const ends = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    for (const worker of workers) tell(worker, { kind: 'stop' })
    const force = setTimeout(() => {
      for (const worker of workers) worker.process.kill('SIGKILL')
    }, graceMs + closingMs)
    await Promise.all(ends)
    clearTimeout(force)
  }

  /** Workers make files of their own, as the process would that they are part of. */
  #fork(role: 'first' | 'other'): Worker {
    const ofSockets = process.umask(this.#umask)
    try {
      return cluster.fork({ [workerVariable]: role })
    } finally {
      process.umask(ofSockets)
    }
  }

  #hear(worker: Worker, message: FromWorker): void {
    if (message.kind === 'own-figures') this.#figures.get(message.id)?.(message.snapshot)
    if (message.kind !== 'ask-figures') return
    const { id } = message
    this.#allFigures().then(
      (text) => tell(worker, { kind: 'figures', id, text }),
      () => tell(worker, { kind: 'figures', id }),
    )
  }

  async #allFigures(): Promise<string> {
    const snapshots = await Promise.all([...this.#ready].map((worker) => this.#figuresOf(worker)))
    return writeTogether(snapshots.filter((snapshot) => snapshot !== undefined))
  }

  #figuresOf(worker: Worker): Promise<MetricsSnapshot | undefined> {
    const id = this.#nextId++
    return new Promise<MetricsSnapshot | undefined>((resolve) => {
      const timer = setTimeout(() => settle(undefined), figuresMs)
      const settle = (snapshot: MetricsSnapshot | undefined): void => {
        clearTimeout(timer)
        this.#figures.delete(id)
        resolve(snapshot)
      }
      this.#figures.set(id, settle)
      tell(worker, { kind: 'ask-own-figures', id })
    })
  }

  #replace({ pid, reason, startedAt }: Ended): void {
    if (this.#isStopping) return
    const isQuick = performance.now() - startedAt < settledMs
    this.#quickEnds = isQuick ? this.#quickEnds + 1 : 0
    const delayMs = Math.min(backOffMsMax, backOffMsFirst * 2 ** this.#quickEnds)
    const message = 'a worker ended, and the requests in it; another takes its place'
    this.#logger?.error({ worker: pid, reason, delayMs }, message)
    setTimeout(() => void this.#startAnother(), delayMs)
  }

  /** One that ends before it serves is tried again, as others still serve. */
  async #startAnother(): Promise<void> {
    if (this.#isStopping) return
    const startedAt = performance.now()
    const start = await this.start('other')
    if ('url' in start) return
    this.#replace({ pid: undefined, reason: start.exitCode, startedAt })
  }
}

interface Ended {
  readonly pid: number | undefined
  readonly reason: unknown
  readonly startedAt: number
}

function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}
