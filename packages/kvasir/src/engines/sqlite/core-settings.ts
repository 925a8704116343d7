import { getHeapStatistics } from 'node:v8'
import { type Clock, systemClock } from '../../engine/clock.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import type { DiskFigures } from './disk-space.ts'
import { loadSqliteDriver, type SqliteDriver } from './sqlite-driver.ts'
import type { SqliteEngineOptions } from './sqlite-engine-options.ts'

export interface CoreSettings {
  readonly driver: SqliteDriver
  readonly durability: 'durable' | 'relaxed'
  readonly clock: Clock
  readonly busyTimeoutMs: number
  readonly cacheBytes: number
  readonly diskReserveBytes: number | undefined
  /** Asks about the disk of a directory; default: the system. */
  readonly probeDisk?: ((directory: string) => DiskFigures | undefined) | undefined
  readonly checkpointPages?: number | undefined
  readonly backgroundSyncs?: boolean | undefined
}

const mebibyte = 1024 * 1024

/**
 * What options say and leave open.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_DRIVER_MISSING`
 */
export async function settingsOf(options: SqliteEngineOptions): Promise<CoreSettings> {
  return {
    durability: options.durability ?? 'durable',
    clock: options.clock ?? systemClock,
    busyTimeoutMs: options.busyTimeoutMs ?? 10_000,
    cacheBytes: cacheBytesOf(options, getHeapStatistics().heap_size_limit),
    driver: options.driver ?? (await loadSqliteDriver()),
    diskReserveBytes: options.diskReserveBytes,
    probeDisk: options.probeDisk,
    checkpointPages: options.checkpointPages,
    backgroundSyncs: options.backgroundSyncs,
  }
}

/** With more than half of the heap taken, the process would die of a lack of memory. */
function cacheBytesOf({ cacheBytes }: SqliteEngineOptions, heapBytes: number): number {
  const most = Math.floor(heapBytes / 2)
  if (cacheBytes === undefined) return Math.min(16 * mebibyte, most)
  if (Number.isSafeInteger(cacheBytes) && cacheBytes >= 0 && cacheBytes <= most) return cacheBytes
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `cacheBytes is a whole number of bytes from 0 to ${most}, half of what this process may have as heap (node --max-old-space-size); it was given ${String(cacheBytes)}.`,
    { outcome: 'not-applied' },
  )
}
