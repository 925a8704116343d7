// What the suite of scale asks of its processes, and what it leaves behind.

export interface ScaleTask {
  readonly kind: 'load' | 'measure' | 'reap'
  readonly directory: string
  readonly durability: 'durable' | 'relaxed'
  readonly valueBytes: number
  /** The first key to load. */
  readonly from: number
  /** How many keys there are afterwards. */
  readonly to: number
  /** How long each kind of call is made. */
  readonly ms: number
  /** How many keys expire in a task that reaps. */
  readonly expiring: number
}

export interface CallCost {
  readonly calls: number
  readonly meanUs: number
  readonly p50Us: number
  readonly p99Us: number
}

export interface ScaleAnswer {
  /** Of opening, with the first get. */
  readonly openMs: number
  readonly closeMs: number
  readonly rssBytes: number
  /** All files, once the store is closed. */
  readonly diskBytes: number
  readonly loadSeconds?: number
  readonly get?: CallCost
  readonly put?: CallCost
  readonly page?: CallCost
  readonly reaping?: Reaping
}

/** Gets that are asked for at even times, before and while a great many keys are reaped. */
export interface Reaping {
  readonly expired: number
  readonly seconds: number
  /** Whether all were gone within the time given. */
  readonly isDone: boolean
  readonly without: CallCost
  readonly during: CallCost
}

/** A store of so many keys. */
export interface ScalePoint {
  readonly keyCount: number
  readonly valueBytes: number
  readonly loadedPerSecond: number
  readonly openMs: number
  readonly rssBytes: number
  readonly diskBytes: number
  readonly get: CallCost
  /** Relaxed, since the sync of a durable one hides what the rest of it costs. */
  readonly putRelaxed: CallCost
  readonly putDurable: CallCost
  readonly page: CallCost
}

export interface ScaleFigures {
  readonly points: readonly ScalePoint[]
  /** A store so large that filling it would have taken longer than a suite may. */
  readonly tooLong?: { readonly keyCount: number; readonly seconds: number }
  readonly reaping?: Reaping
}
