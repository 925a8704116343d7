import { limits } from '../codec/limits.ts'
import { utf8Length } from '../codec/utf8.ts'
import type { CallOptions, Engine } from '../engine/engine.ts'
import { findPatternProblem } from '../engine/subjects.ts'
import { describe, invalidArgument } from './invalid-argument.ts'
import { readPosition } from './subject-position.ts'
import { BucketSubscription } from './subscription.ts'

export interface SubscribeOptions extends CallOptions {
  /** A position: begins with what was published beyond it. Default: with what is stored now on. */
  readonly since?: string
}

/** The subscriptions that are open on one engine. */
export class Subscriptions {
  readonly #engine: Engine
  readonly #open = new Set<BucketSubscription>()
  readonly #beginning = new Set<Promise<void>>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** @throws {KvasirError} `KV_INVALID_ARGUMENT` */
  open(
    project: string,
    subject: string,
    { since, signal }: SubscribeOptions = {},
  ): BucketSubscription {
    checkSubject(subject)
    const subscription = new BucketSubscription({
      engine: this.#engine,
      project,
      subject,
      since: since === undefined ? undefined : readPosition(since),
      signal,
      onClose: () => this.#open.delete(subscription),
    })
    this.#open.add(subscription)
    const begun = subscription.ready
      .catch(() => {
        // Its reader is told; whoever writes need not wait any longer.
      })
      .finally(() => this.#beginning.delete(begun))
    this.#beginning.add(begun)
    return subscription
  }

  /**
   * What writes wait for: a subscription begins at its call, and so it is to know the revisions of
   * buckets before any later write. `undefined` when there is nothing to wait for.
   */
  get beginning(): Promise<unknown> | undefined {
    return this.#beginning.size > 0 ? Promise.all(this.#beginning) : undefined
  }

  /** Has them look which buckets there are now, so that no change to come goes by an old rule. */
  async lookAgain(): Promise<void> {
    if (this.#open.size === 0) return
    await Promise.all(Array.from(this.#open, (subscription) => subscription.lookAgain()))
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#open, (subscription) => subscription.close()))
  }
}

function checkSubject(subject: unknown): asserts subject is string {
  if (typeof subject !== 'string' || utf8Length(subject) > limits.keyBytesMax) {
    throw invalidArgument(
      `A subject is text of at most ${limits.keyBytesMax} bytes; it was given ${describe(subject)}.`,
    )
  }
  const problem = findPatternProblem(subject)
  if (problem) throw invalidArgument(`The subject ${describe(subject)} ${problem}.`)
}
