import { bucketNotFound } from '../../engine/bucket-config.ts'
import { defaultBucket, fromStartWith } from '../../engine/bucket-names.ts'
import type { BucketRef } from '../../engine/engine.ts'
import type { KvasirError } from '../../errors/kvasir-error.ts'
import type { Reading } from './reading.ts'
import { SqliteBucket, unwrittenId } from './sqlite-bucket.ts'

/** Beyond so many, those that nobody watches are forgotten: all that they have is an id. */
const bucketsMax = 4096

/** The buckets that this process has used, with their feeds. */
export class BucketRegistry {
  readonly #reading: Reading
  #projects = new Map<string, Map<string, SqliteBucket>>()
  #count = 0
  #countMax = bucketsMax

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** The bucket as last known here; another process may have deleted it since. */
  known({ project, bucket }: BucketRef): SqliteBucket | undefined {
    return this.#projects.get(project)?.get(bucket)
  }

  /**
   * The bucket as it is stored now.
   *
   * @throws {KvasirError} `KV_BUCKET_NOT_FOUND`
   */
  current(at: BucketRef): SqliteBucket {
    const id = this.#storedId(at)
    if (id === unwrittenId && !this.isFromStart(at)) {
      this.drop(at)
      throw bucketNotFound(at)
    }
    return this.at(at, id)
  }

  /** Whether the bucket exists without ever having been created. */
  isFromStart({ project, bucket }: BucketRef): boolean {
    const owner = fromStartWith(bucket)
    if (owner === undefined) return false
    return owner === defaultBucket || this.#storedId({ project, bucket: owner }) !== unwrittenId
  }

  /** The bucket of an id; ends the watches of an earlier bucket of that name. */
  at(at: BucketRef, id: number): SqliteBucket {
    const known = this.known(at)
    if (known?.id === id) return known
    if (known?.id === unwrittenId) {
      known.adopt(id)
      return known
    }
    this.drop(at)
    if (this.#count >= this.#countMax) this.#forgetUnwatched()
    const bucket = new SqliteBucket(at, id, this.#reading)
    this.#add(bucket)
    return bucket
  }

  /** Forgets a bucket that is gone and ends its watches. */
  drop(at: BucketRef): void {
    const known = this.known(at)
    if (this.#projects.get(at.project)?.delete(at.bucket)) this.#count--
    known?.feed.end(bucketNotFound(at))
  }

  watched(): SqliteBucket[] {
    return [...this.#all()].filter(({ feed }) => feed.isWatched)
  }

  /** Makes watchers look for what other processes wrote; ends those whose bucket is gone. */
  wakeWatchers(): void {
    for (const bucket of this.watched()) {
      const id = this.#storedId(bucket.at)
      if (bucket.id === unwrittenId && id !== unwrittenId) bucket.adopt(id)
      if (bucket.id === id) bucket.feed.wake()
      else this.drop(bucket.at)
    }
  }

  endAll(failure?: KvasirError): void {
    for (const { feed } of this.#all()) feed.end(failure)
    this.#projects.clear()
    this.#count = 0
  }

  #add(bucket: SqliteBucket): void {
    const { at } = bucket
    const buckets = this.#projects.get(at.project) ?? new Map<string, SqliteBucket>()
    this.#projects.set(at.project, buckets.set(at.bucket, bucket))
    this.#count++
  }

  #forgetUnwatched(): void {
    const watched = this.watched()
    this.#projects = new Map()
    this.#count = 0
    for (const bucket of watched) this.#add(bucket)
    // However many are watched, each look over all of them is paid for by as many new ones.
    this.#countMax = 2 * watched.length + bucketsMax
  }

  *#all(): Iterable<SqliteBucket> {
    for (const buckets of this.#projects.values()) yield* buckets.values()
  }

  #storedId({ project, bucket }: BucketRef): number {
    const row = this.#reading.statements.bucketId.get(project, bucket)
    return (row as { id: number } | undefined)?.id ?? unwrittenId
  }
}
