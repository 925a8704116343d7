import type { BucketConfig, BucketRef } from '../../engine/engine.ts'
import { KnownAnswers } from './known-answers.ts'
import type { BucketRow } from './sqlite-rows.ts'

interface KnownBucket {
  readonly row: BucketRow
  readonly config: BucketConfig
}

/** Beyond so many all are forgotten, and read again as they are needed. */
const bucketsMax = 4096

/**
 * The rows of buckets as the last transactions of this process have left them, so that the next
 * one need not read them again. They hold until another connection commits.
 */
export class KnownBuckets {
  readonly answers = new KnownAnswers()
  readonly #projects = new Map<string, Map<string, KnownBucket>>()
  #count = 0
  #version = 0

  /** At the beginning of a transaction, under its lock: `version` is the store's data version. */
  begin(version: number): void {
    if (version !== this.#version) {
      this.#clear()
      this.answers.clear()
    }
    this.#version = version
  }

  get({ project, bucket }: BucketRef): KnownBucket | undefined {
    return this.#projects.get(project)?.get(bucket)
  }

  /** After a commit. */
  keep({ project, bucket }: BucketRef, known: KnownBucket): void {
    if (!this.get({ project, bucket }) && ++this.#count > bucketsMax) this.#clear()
    const buckets = this.#projects.get(project) ?? new Map<string, KnownBucket>()
    this.#projects.set(project, buckets.set(bucket, known))
  }

  /** After a commit that has removed the bucket. */
  drop({ project, bucket }: BucketRef): void {
    if (this.#projects.get(project)?.delete(bucket)) this.#count--
  }

  #clear(): void {
    this.#projects.clear()
    this.#count = 0
  }
}
