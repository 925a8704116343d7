import type { BucketInfo, Gap, Watch } from '../engine/engine.ts'
import type { EpochMs, Revision } from '../engine/entry.ts'
import type { Republish } from '../engine/republish.ts'

/** A rule for the changes beyond a revision; without one they are not published. */
interface Rule {
  readonly since: Revision
  readonly republish: Republish | undefined
}

/** One bucket that a subscription follows: its watch, and by which rules its changes go. */
export class PublishedBucket {
  readonly name: string
  readonly createdAt: EpochMs
  readonly watch: Watch
  #passed: Revision
  #gap: Gap | undefined
  #publishedSince: Revision | undefined
  /** In the order of their revisions: a reader that is late meets changes under earlier rules. */
  #rules: readonly Rule[]

  constructor(info: BucketInfo, { since, watch }: { since: Revision; watch: Watch }) {
    this.name = info.name
    this.createdAt = info.createdAt
    this.watch = watch
    this.#passed = since
    this.#publishedSince = info.publishedSince
    this.#rules = [{ since: 0, republish: info.config.republish }]
  }

  /** Everything up to here has been delivered, or was for somebody else. */
  get passed(): Revision {
    return this.#gap?.revision ?? this.#passed
  }

  pass(revision: Revision): void {
    this.#passed = Math.max(revision, this.#passed)
  }

  /** Keeps what the reader is to be told, together with what it has not been told yet. */
  holdGap({ kind, revision, to }: Gap): void {
    this.#gap = { kind, revision: this.#gap?.revision ?? revision, to }
  }

  takeGap(): Gap | undefined {
    const gap = this.#gap
    this.#gap = undefined
    return gap
  }

  ruleFor(revision: Revision): Republish | undefined {
    return this.#rules.findLast(({ since }) => since < revision)?.republish
  }

  /** Takes note of what the bucket is set to now. */
  update({ config, publishedSince = 0 }: BucketInfo): void {
    if (publishedSince === this.#publishedSince) return
    this.#publishedSince = publishedSince
    this.#addRule({ since: publishedSince, republish: config.republish })
  }

  /** Takes note that nothing beyond a revision is published. */
  endAt(since: Revision): void {
    if (this.#publishedSince === undefined) return
    this.#publishedSince = undefined
    this.#addRule({ since, republish: undefined })
  }

  /** Whether there is nothing to come. */
  get isOver(): boolean {
    const last = this.#rules.at(-1)
    return last?.republish === undefined && this.passed >= (last?.since ?? 0)
  }

  #addRule(rule: Rule): void {
    // Rules that every change to come is beyond count no more, but for the last of them.
    const current = this.#rules.findLastIndex(({ since }) => since <= this.passed)
    this.#rules = [...this.#rules.slice(Math.max(0, current)), rule]
  }
}
