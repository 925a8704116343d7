/** The last row of a stream's answers. */
export interface LastAnswers {
  /** The highest number that it answers. */
  readonly last: number
  /** What is needed to add to the row; absent where it takes no more. */
  readonly row?: {
    readonly id: number
    readonly answers: string
    readonly begunAt: number
  }
}

/** Beyond so many all are forgotten, and looked up again as they are needed. */
const streamsMax = 1024

/**
 * The last rows of answers to clients that number their commits, as this process has left them, so
 * that the next transaction need not look for them. They hold until another connection commits. A
 * row that has ended meanwhile may be gone; whoever adds to one sees to it that it has not.
 */
export class KnownAnswers {
  readonly #buckets = new Map<number, Map<string, LastAnswers>>()
  #count = 0

  get(bucketId: number, stem: string): LastAnswers | undefined {
    return this.#buckets.get(bucketId)?.get(stem)
  }

  /** After a commit. */
  keep(bucketId: number, stem: string, answers: LastAnswers): void {
    if (!this.get(bucketId, stem) && ++this.#count > streamsMax) {
      this.clear()
      this.#count = 1
    }
    const streams = this.#buckets.get(bucketId) ?? new Map<string, LastAnswers>()
    this.#buckets.set(bucketId, streams.set(stem, answers))
  }

  /** The answers of a bucket are removed, or may be. */
  drop(bucketId: number): void {
    this.#count -= this.#buckets.get(bucketId)?.size ?? 0
    this.#buckets.delete(bucketId)
  }

  clear(): void {
    this.#buckets.clear()
    this.#count = 0
  }
}
