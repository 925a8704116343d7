import type { EpochMs, Revision } from './entry.ts'
import type { Origin } from './origin.ts'
import type { Republish } from './republish.ts'

/** A bucket's full name. Buckets of different projects never see each other. */
export interface BucketRef {
  readonly project: string
  readonly bucket: string
}

/** What a bucket is set to. */
export interface BucketConfig {
  readonly description: string
  /** Every value expires this long after it was written; absent: never. */
  readonly ttlMs?: number
  /** Revisions kept of each key, the present one included: 1 to 64. */
  readonly history: number
  /** The most bytes that the bucket holds, keys and all kept values counted; absent: no limit. */
  readonly bytesMax?: number
  /** The most bytes of one value; absent: the limit that holds for all. */
  readonly valueBytesMax?: number
  readonly metadata: Readonly<Record<string, string>>
  /**
   * Makes the bucket a read-only live copy of another, with the same revisions and times, from its
   * creation on. It holds for the bucket's whole life, and excludes `sources` and all limits.
   */
  readonly mirror?: Origin
  /**
   * Buckets whose changes this one receives as its own, besides what is written to it. They hold
   * for the bucket's whole life, and exclude size limits. Empty is the same as absent.
   */
  readonly sources?: readonly Origin[]
  /**
   * Compresses values at rest where that makes them smaller: those written from now on. Nothing
   * else changes, the bytes that are counted included. Default: `false`. Engines that keep nothing
   * on a disk take it without effect.
   */
  readonly compression?: boolean
  /**
   * Where values live; default `'file'`. With `'memory'` they and their history are gone once all
   * that used the store have closed it or ended; the bucket, its configuration and its numbering
   * stay. It holds for the bucket's whole life.
   */
  readonly storage?: 'file' | 'memory'
  /** Publishes every change to those who have subscribed to its subject. Absent: none. */
  readonly republish?: Republish
}

type AlwaysSet = 'description' | 'history' | 'metadata'

/** Settings to change: those not named stay as they are, and `null` takes one away. */
export type BucketChanges = Partial<Pick<BucketConfig, AlwaysSet>> & {
  readonly [Name in Exclude<keyof BucketConfig, AlwaysSet>]?: BucketConfig[Name] | null
}

export interface BucketInfo {
  readonly name: string
  readonly config: BucketConfig
  readonly createdAt: EpochMs
  /** The number of the bucket's last change; 0 when it never had one. */
  readonly revision: Revision
  /** Keys that exist now; expired ones do not. */
  readonly keys: number
  /** UTF-8 bytes of keys and raw bytes of values, over all kept revisions. */
  readonly bytes: number
  /**
   * Where `config.republish` is set: the revision that the bucket had come to when it was set as it
   * is. What was stored up to there is not published by it.
   */
  readonly publishedSince?: Revision
}
