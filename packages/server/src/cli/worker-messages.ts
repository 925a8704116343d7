/** What the processes of `kvasir serve --workers` say to each other. */
import type { MetricsSnapshot } from '../metrics/server-metrics.ts'
import type { ServerAddresses } from './say-where.ts'

/** From a worker to the process that looks after all of them. */
export type FromWorker =
  | ({ readonly kind: 'ready' } & ServerAddresses)
  /** Asks for the figures of all workers. */
  | { readonly kind: 'ask-figures'; readonly id: number }
  /** Its own figures. */
  | { readonly kind: 'own-figures'; readonly id: number; readonly snapshot: MetricsSnapshot }

export type ToWorker =
  | { readonly kind: 'stop' }
  | { readonly kind: 'ask-own-figures'; readonly id: number }
  /** Without text where they cannot be put together. */
  | { readonly kind: 'figures'; readonly id: number; readonly text?: string }

/** Set for workers by the process that starts them: which of them says how to get in. */
export const workerVariable = 'KVASIR_WORKER'
