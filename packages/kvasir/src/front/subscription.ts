import { limits } from '../codec/limits.ts'
import type { BucketInfo, Engine } from '../engine/engine.ts'
import type { Revision } from '../engine/entry.ts'
import type { NumberedEvent } from '../engine/numbered-event.ts'
import { onAbort } from '../engine/on-abort.ts'
import { mayPublishUnder, publishedSubject } from '../engine/republish.ts'
import { matchesPattern } from '../engine/subjects.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import {
  type Publication,
  type PublishedEvent,
  revisionOf,
  type Subscription,
  withoutValue,
} from './publication.ts'
import { PublishedBucket } from './published-bucket.ts'
import { RepeatedLook } from './repeated-look.ts'
import { type BucketPosition, type SubjectPosition, writePosition } from './subject-position.ts'

export interface SubscriptionParts {
  readonly engine: Engine
  readonly project: string
  /** A pattern. */
  readonly subject: string
  readonly since: SubjectPosition | undefined
  readonly signal: AbortSignal | undefined
  readonly onClose: () => void
}

/** How often it looks for buckets that others have created or set otherwise. */
const lookEveryMs = 1000

interface Waiting {
  readonly bucket: PublishedBucket
  readonly event: PublishedEvent
  readonly subject: string
  readonly taken: () => void
}

/**
 * Follows every bucket of a project that publishes under a subject, by watching each. It holds one
 * change of each bucket at most, so that a slow reader costs nothing but its own time.
 */
export class BucketSubscription implements Subscription<Publication> {
  readonly ready: Promise<void>
  readonly #parts: SubscriptionParts
  readonly #buckets = new Map<string, PublishedBucket>()
  readonly #waiting: Waiting[] = []
  readonly #stop = new AbortController()
  readonly #publications: AsyncGenerator<Publication>
  #failure: KvasirError | undefined
  #wakeReader: (() => void) | undefined
  readonly #look = new RepeatedLook(lookEveryMs, () => this.#lookAround())

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    const forget = onAbort(parts.signal, () => this.#stop.abort())
    onAbort(this.#stop.signal, () => {
      forget()
      this.#end()
      parts.onClose()
    })
    this.ready = this.#begin()
    this.ready.catch((error: unknown) => this.#fail(error))
    this.#publications = this.#run()
  }

  get position(): string {
    return writePosition(new Map(this.#positions()))
  }

  /** Has it look at once which buckets there are; settles when it has. */
  lookAgain(): Promise<void> {
    return this.#look.now()
  }

  async close(): Promise<void> {
    this.#stop.abort()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<Publication> {
    return {
      next: () => this.#publications.next(),
      return: async () => {
        this.#stop.abort()
        return this.#publications.return(undefined)
      },
    }
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted
  }

  async *#run(): AsyncGenerator<Publication> {
    try {
      await Promise.allSettled([this.ready])
      while (!this.#isStopped) {
        const next = this.#waiting.shift()
        if (!next) {
          await this.#sleepReader()
          continue
        }
        yield this.#toPublication(next)
        // It has come back for more, and is done with this one.
        next.bucket.pass(revisionOf(next.event))
        next.taken()
      }
    } finally {
      this.#stop.abort()
    }
    if (this.#failure) throw this.#failure
  }

  #toPublication({ bucket, event, subject }: Waiting): Publication {
    const { name, createdAt, passed } = bucket
    const own = [name, { createdAt, revision: Math.max(passed, revisionOf(event)) }] as const
    const position = writePosition(new Map([...this.#positions(), own]))
    return { subject, bucket: name, event, position }
  }

  #positions(): (readonly [string, BucketPosition])[] {
    return Array.from(this.#buckets.values(), ({ name, createdAt, passed }) => {
      return [name, { createdAt, revision: passed }]
    })
  }

  async #begin(): Promise<void> {
    const { since } = this.#parts
    for (const info of await this.#list()) {
      const known = since?.get(info.name)
      const isSame = known?.createdAt === info.createdAt && known.revision <= info.revision
      if (since) this.#open(info, isSame ? known.revision : (info.publishedSince ?? 0))
      else this.#open(info, info.revision)
    }
    void this.#look.run() // What it does handles its own failures.
  }

  async #lookAround(): Promise<void> {
    try {
      await this.#update(await this.#list())
    } catch (error) {
      // What passes is tried again; until then, the buckets that are known are followed.
      if (!KvasirError.from(error).retryable) this.#fail(error)
    }
    for (const bucket of this.#buckets.values()) void this.#tellGap(bucket) // The reader's time.
  }

  async #list(): Promise<readonly BucketInfo[]> {
    const { engine, project } = this.#parts
    const { signal } = this.#stop
    const found: BucketInfo[] = []
    for (let hasMore = true; hasMore; ) {
      const after = found.at(-1)?.name
      const query = { limit: limits.pageLengthMax, ...(after !== undefined && { after }) }
      const page = await engine.listBuckets(project, { ...query, publishing: true }, { signal })
      found.push(...page.buckets)
      hasMore = page.hasMore && page.buckets.length > 0
    }
    return found
  }

  async #update(found: readonly BucketInfo[]): Promise<void> {
    for (const info of found) {
      const known = this.#buckets.get(info.name)
      if (known?.createdAt === info.createdAt) known.update(info)
      else {
        if (known) this.#drop(known)
        this.#open(info, info.publishedSince ?? 0)
      }
    }
    const names = new Set(found.map(({ name }) => name))
    for (const bucket of this.#buckets.values()) {
      if (!names.has(bucket.name)) await this.#endBucket(bucket)
    }
  }

  /** What the bucket stored before it stopped publishing is still delivered. */
  async #endBucket(bucket: PublishedBucket): Promise<void> {
    const { engine, project } = this.#parts
    try {
      const { revision } = await engine.getBucket({ project, bucket: bucket.name })
      bucket.endAt(revision)
      if (bucket.isOver) this.#drop(bucket)
    } catch (error) {
      if (!KvasirError.is(error, 'KV_BUCKET_NOT_FOUND')) throw error
      this.#drop(bucket)
    }
  }

  #open(info: BucketInfo, since: Revision): void {
    const { engine, project, subject } = this.#parts
    const { republish } = info.config
    if (this.#isStopped || !republish || !mayPublishUnder(subject, republish)) return
    const watch = engine.watch({ project, bucket: info.name }, { since })
    const bucket = new PublishedBucket(info, { since, watch })
    this.#buckets.set(info.name, bucket)
    void this.#follow(bucket) // It handles its own failures.
  }

  #drop(bucket: PublishedBucket): void {
    if (this.#buckets.get(bucket.name) === bucket) this.#buckets.delete(bucket.name)
    void bucket.watch.close() // Nothing is left to wait for.
  }

  async #follow(bucket: PublishedBucket): Promise<void> {
    const isFollowed = (): boolean => this.#buckets.get(bucket.name) === bucket
    try {
      for await (const event of bucket.watch) {
        if (event.kind === 'synced') continue
        if (event.kind === 'gap') {
          bucket.holdGap(event)
          continue
        }
        const subject = this.#subjectOf(bucket, event)
        if (subject !== undefined) {
          await this.#tellGap(bucket)
          await this.#deliver(bucket, { subject, event })
        }
        if (!isFollowed()) return
        bucket.pass(revisionOf(event))
        if (bucket.isOver) this.#drop(bucket)
      }
      // Ended by neither of us: the store is closing.
      if (isFollowed()) this.#stop.abort()
    } catch (error) {
      if (!isFollowed()) return
      this.#drop(bucket)
      if (KvasirError.is(error, 'KV_BUCKET_NOT_FOUND')) void this.lookAgain()
      else this.#fail(error)
    }
  }

  /** Under what the change is published; `undefined` when that is nothing that was asked for. */
  #subjectOf(bucket: PublishedBucket, event: NumberedEvent): string | undefined {
    const { subject: asked } = this.#parts
    const rule = bucket.ruleFor(revisionOf(event))
    if (!rule) return undefined
    if (event.kind === 'clear') return mayPublishUnder(asked, rule) ? asked : undefined
    const key = event.kind === 'put' ? event.entry.key : event.key
    const subject = publishedSubject(key, rule)
    return subject !== undefined && matchesPattern(subject, asked) ? subject : undefined
  }

  /**
   * Tells what was passed over: before the next change, or else with the next look. Told at once,
   * the gaps of a busy bucket would drown a reader whom few of its changes concern.
   */
  async #tellGap(bucket: PublishedBucket): Promise<void> {
    const event = bucket.takeGap()
    if (event) await this.#deliver(bucket, { subject: this.#parts.subject, event })
  }

  /** Settles when the reader is done with the change. */
  #deliver(
    bucket: PublishedBucket,
    { subject, event }: { subject: string; event: PublishedEvent },
  ): Promise<void> {
    const headersOnly = bucket.ruleFor(revisionOf(event))?.headersOnly
    const published = headersOnly ? withoutValue(event) : event
    return new Promise((resolve) => {
      this.#waiting.push({ bucket, event: published, subject, taken: resolve })
      this.#wakeReader?.()
    })
  }

  #fail(error: unknown): void {
    // Whoever has ended it does not ask how it would have gone on.
    if (!this.#isStopped) this.#failure = KvasirError.from(error)
    this.#stop.abort()
  }

  #end(): void {
    for (const { taken } of this.#waiting.splice(0)) taken()
    for (const bucket of this.#buckets.values()) this.#drop(bucket)
    this.#look.stop()
    this.#wakeReader?.()
  }

  #sleepReader(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReader = resolve
    })
  }
}
