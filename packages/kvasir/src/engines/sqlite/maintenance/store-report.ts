import type { Holder } from '../holders.ts'

/** Something about a store that is not as it must be. */
export interface Finding {
  /** What was looked at. */
  readonly check: CheckName
  /** What is wrong, in a sentence. */
  readonly message: string
}

export type CheckName =
  | 'schema'
  | 'pages'
  | 'indexes'
  | 'buckets'
  | 'keys'
  | 'bytes'
  | 'markers'
  | 'revisions'
  | 'history'
  | 'owners'
  | 'copies'
  | 'publishing'
  | 'answers'
  | 'clock'
  | 'values'
  | 'collections'

/** What was found out about a store. */
export interface StoreReport {
  readonly isHealthy: boolean
  /** The format of the database. */
  readonly format: number
  readonly buckets: number
  /** Entries there are, expired but unrecorded ones included. */
  readonly entries: number
  /** Superseded values and markers of removals. */
  readonly past: number
  /** What is wrong; of one kind, not more than `findingsMax`. */
  readonly findings: readonly Finding[]
  /** Whether there is more of some kind than was taken down. */
  readonly hasMoreFindings: boolean
}

/** What was found out about a data directory. */
export interface DirectoryReport extends StoreReport {
  /** Who has it open, as far as can be told. */
  readonly holders: readonly Holder[]
}

export interface MaintenanceOptions {
  /** Called now and then with how much has been gone through. */
  readonly onProgress?: (progress: Progress) => void
  /** Aborting rejects the call with `KV_ABORTED`. */
  readonly signal?: AbortSignal
}

/** How far something has come, in rows. */
export interface Progress {
  readonly done: number
  readonly total: number
}

/** Findings of one kind that are taken down: where there are more, they have one cause. */
export const findingsMax = 20

/** Takes down what is found. */
export class Findings {
  readonly found: Finding[] = []
  hasMore = false
  readonly #counts = new Map<CheckName, number>()

  add(check: CheckName, message: string): void {
    const count = this.#counts.get(check) ?? 0
    this.#counts.set(check, count + 1)
    if (count < findingsMax) this.found.push({ check, message })
    else this.hasMore = true
  }
}
