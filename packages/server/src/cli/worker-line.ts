import { KvasirError } from 'kvasir'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import type { ServerAddresses } from './say-where.ts'
import { type FromWorker, type ToWorker, workerVariable } from './worker-messages.ts'

/** A worker's line to the process that looks after it. */
export interface WorkerLine {
  /** Whether it says to people what there is to say; the others would repeat it. */
  readonly isFirst: boolean
  /** Aborted when the worker is to stop. */
  readonly signal: AbortSignal
  ready(addresses: ServerAddresses): void
  /** The same figures, except that all workers' are written together. */
  share(metrics: ServerMetrics): ServerMetrics
}

/** The line of this process, if it is a worker. */
export function openWorkerLine(
  env: Readonly<Record<string, string | undefined>>,
): WorkerLine | undefined {
  const role = env[workerVariable]
  if (role === undefined || !process.send) return undefined
  const stopping = new AbortController()
  const waiting = new Map<number, (text: string | undefined) => void>()
  let own: ServerMetrics | undefined
  let nextId = 1
  const tell = (message: FromWorker): void => {
    process.send?.(message, undefined, undefined, () => undefined) // It ends when nobody hears it.
  }
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') stopping.abort()
    if (message.kind === 'figures') waiting.get(message.id)?.(message.text)
    if (message.kind !== 'ask-own-figures') return
    const { id } = message
    void own?.snapshot().then((snapshot) => tell({ kind: 'own-figures', id, snapshot }))
  })
  return {
    isFirst: role === 'first',
    signal: stopping.signal,
    ready: ({ url, unixUrl }) =>
      tell({ kind: 'ready', url, ...(unixUrl !== undefined && { unixUrl }) }),
    share(metrics) {
      own = metrics
      const write = async (): Promise<string> => {
        const id = nextId++
        const answer = new Promise<string | undefined>((resolve) => waiting.set(id, resolve))
        tell({ kind: 'ask-figures', id })
        const text = await answer.finally(() => waiting.delete(id))
        if (text !== undefined) return text
        throw new KvasirError('KV_INTERNAL', 'The figures of the workers do not fit together.')
      }
      return { ...metrics, write }
    },
  }
}
