import { expiresAtMax, keyBytesMax, nameLengthMax, valueBytesMax } from './value-limits.ts'

/** The hard limits of Kvasir, the same on every engine. Errors that they cause name them. */
export const limits = {
  keyBytesMax,
  valueBytesMax,
  /** Levels of arrays and objects in a value as it is given. */
  valueDepthMax: 100_000,
  /** Operations in one commit, and keys in one read. */
  batchLengthMax: 10_000,
  /** Bytes of all keys and values in one commit. */
  batchBytesMax: 64 * 1024 * 1024,
  /** Entries on one page of a listing. */
  pageLengthMax: 1000,
  pageLengthDefault: 100,
  nameLengthMax,
  /** Revisions that a bucket may keep of each key. */
  historyMax: 64,
  /** Buckets that one bucket may have as sources, and transforms of the keys of each. */
  sourcesMax: 100,
  transformsMax: 100,
  /** UTF-8 bytes of a bucket's description, and of its metadata. */
  descriptionBytesMax: 4096,
  metadataBytesMax: 65_536,
  expiresAtMax,
  /** How many changes a bucket keeps in memory for its watchers. */
  recentChangesMax: 1024,
  /** How much their values may take, in bytes and in characters of texts. */
  recentValuesMax: 16 * 1024 * 1024,
  /** How much the values may take that a watcher has read and not yet given on; one may be more. */
  watchedValuesMax: 1024 * 1024,
  /** Markers of removed keys that a bucket keeps, so that watches and history can tell of them. */
  removalMarkersMax: 10_000,
  /** Attempts of a callback's read-modify-write before it gives up. */
  updateAttemptsMax: 1000,
  /** How long the answer to an idempotent request is kept. */
  idempotencyTtlMs: 10 * 60_000,
  /** Characters of an idempotency key. */
  idempotencyKeyLengthMax: 128,
} as const
