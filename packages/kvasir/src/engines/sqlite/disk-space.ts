import { statfsSync } from 'node:fs'
import { KvasirError } from '../../errors/kvasir-error.ts'
import type { StoreHealth } from './store-health.ts'

/** What a disk says of itself. */
export interface DiskFigures {
  /** What may be written by who runs this process. */
  readonly freeBytes: number
  readonly totalBytes: number
  /** The number of its file system, as the system counts them. */
  readonly type?: number
}

export interface DiskSpaceOptions {
  /** Free space below which the store is not to grow; `undefined`: by the size of the disk. */
  readonly reserveBytes: number | undefined
  /** `undefined`: it cannot be told. */
  readonly probe: () => DiskFigures | undefined
  /** Free pages within the database, which take no room of the disk. */
  readonly reusableBytes: () => number
  readonly health: StoreHealth
}

const reserveBytesMax = 64 * 1024 * 1024
const reserveShare = 0.05
/** How long a look at the disk holds good while there is room: a look costs 2 µs. */
const lookEveryMs = 100
/** Room after which a disk that turned out to be full is taken for one that is so no longer. */
const roomAfterFull = 1024 * 1024

/**
 * Keeps some of the disk free: what would make the store grow is refused before the disk is full,
 * so that deleting, checkpoints and everything else on the disk still have room to work.
 */
export class DiskSpace {
  readonly #options: DiskSpaceOptions
  #lookedAtMs = Number.NEGATIVE_INFINITY
  /** What the last look found: the store may not grow. */
  #shortage: KvasirError | undefined
  /** The disk itself refused a write, and none that grows has been taken since. */
  #hasRefused = false

  constructor(options: DiskSpaceOptions) {
    this.#options = options
  }

  /**
   * Sees to it that there is room for the store to grow.
   *
   * @throws {KvasirError} `KV_STORAGE_FULL` naming what is free and what is kept free.
   */
  require(): void {
    const isFresh = performance.now() - this.#lookedAtMs < lookEveryMs
    if (!isFresh || this.#shortage) this.#look()
    if (this.#shortage) throw this.#shortage
  }

  /** Looks whether there is room now; the store's health says what came of it. */
  check(): void {
    const found = this.#look()
    if (found && found.freeBytes >= roomAfterFull) this.#hasRefused = false
    if (!this.#shortage && !this.#hasRefused) this.#options.health.recovered()
  }

  /** The disk has refused a write for lack of space. */
  refused(failure: KvasirError): void {
    this.#hasRefused = true
    this.#options.health.full(failure)
  }

  /** Something that made the store grow has been written. */
  grown(): void {
    this.#hasRefused = false
    this.#options.health.recovered()
  }

  #look(): DiskFigures | undefined {
    const { probe, reusableBytes, reserveBytes, health } = this.#options
    this.#lookedAtMs = performance.now()
    const found = probe()
    const reserve = reserveBytes ?? reserveOf(found)
    const isShort =
      found && found.freeBytes < reserve && found.freeBytes + reusableBytes() < reserve
    this.#shortage = isShort ? storageShort(found.freeBytes, reserve) : undefined
    if (this.#shortage) health.full(this.#shortage)
    return found
  }
}

/** The smaller of a twentieth of the disk and 64 MiB. */
function reserveOf(found: DiskFigures | undefined): number {
  return Math.min(reserveBytesMax, Math.floor((found?.totalBytes ?? 0) * reserveShare))
}

/** Asks the system about the disk of a directory. */
export function diskFigures(directory: string): DiskFigures | undefined {
  try {
    const { bavail, blocks, bsize, type } = statfsSync(directory)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, type }
  } catch {
    return undefined // Then the disk itself has to say when it is full.
  }
}

function storageShort(freeBytes: number, reserveBytes: number): KvasirError {
  return new KvasirError(
    'KV_STORAGE_FULL',
    `The disk has ${inMiB(freeBytes)} free, and the store grows only while there are ${inMiB(reserveBytes)} (diskReserveBytes). Free some space, delete something, or open the store with a smaller diskReserveBytes.`,
    { outcome: 'not-applied', details: { freeBytes, diskReserveBytes: reserveBytes } },
  )
}

function inMiB(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
