import type { Clock } from '../../engine/clock.ts'
import type { Health } from '../../engine/health.ts'
import type { DiskFigures } from './disk-space.ts'
import type { SqliteDriver } from './sqlite-driver.ts'

export interface SqliteEngineOptions {
  /**
   * When a commit is acknowledged: once it outlives a power cut (`'durable'`, the default), or once
   * it outlives this process (`'relaxed'`): a power cut may then take the newest commits, whole.
   */
  readonly durability?: 'durable' | 'relaxed'
  /** Default: the system's clock. Whoever opens the directory first in a process decides. */
  readonly clock?: Clock
  /** How long a call waits for other processes' locks before `KV_BUSY`. Default: 10 seconds. */
  readonly busyTimeoutMs?: number
  /**
   * Free space of the disk below which writes that make the store grow are refused with
   * `KV_STORAGE_FULL`; 0: only the disk itself refuses. Whoever opens the directory first in a
   * process decides. Default: 5 % of the disk, at most 64 MiB.
   */
  readonly diskReserveBytes?: number
  /**
   * Memory for entries that are read again and again, in bytes; 0: none. It is used while no other
   * process has the directory open. Whoever opens it first in a process decides. Default: 16 MiB;
   * at most half of the heap that Node may take.
   */
  readonly cacheBytes?: number
  /** Called when the store stops taking writes, and when it takes them again. */
  readonly onHealthChange?: (health: Health) => void
  /** How to ask about a directory's disk. Default: the system; for tests. */
  readonly probeDisk?: (directory: string) => DiskFigures | undefined
  /** Pages of log after which it is copied to the database. Default: 4000; for tests. */
  readonly checkpointPages?: number | undefined
  /**
   * Whether durable commits are synced in the background, where no other process has the directory
   * open, so that the event loop goes on. Default: where syncs take more than 2 ms; for tests.
   */
  readonly backgroundSyncs?: boolean | undefined
  /** Another build of SQLite with the API of `node:sqlite`. Default: the one that is there. */
  readonly driver?: SqliteDriver
}
