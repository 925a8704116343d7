import type { LaneBuckets } from '../workload/lane-buckets.ts'

/** A process that serves a store, and may be killed at any moment. */
export interface Victim {
  /** The store, through that process; calls reject once it is gone. */
  readonly buckets: LaneBuckets
  /** What does not agree in the tables. */
  checkTables(): Promise<readonly string[]>
  /** Kills it, and resolves once it is gone. */
  kill(): Promise<void>
  /** Ends it as its users would. */
  close(): Promise<void>
}
