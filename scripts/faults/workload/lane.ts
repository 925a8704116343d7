import type { BucketCommitResult, BucketOperation } from '../../../packages/kvasir/src/index.ts'
import { Random } from '../random.ts'
import { BriefKeys } from './brief-keys.ts'
import { canonical } from './canonical.ts'
import { drawOperations } from './draw-operations.ts'
import { type WrittenBucket, writtenBuckets } from './lane-buckets.ts'
import { type Expected, LaneModel } from './lane-model.ts'
import { type Fact, isSame, placeOf, type State } from './state.ts'

export interface LaneCommit {
  /** Counted from 1. */
  readonly number: number
  readonly bucket: WrittenBucket | 'brief'
  readonly operations: readonly BucketOperation[]
  readonly idempotencyKey: string
}

/** The part of an answer that later commits depend on; it is all that a replay needs. */
export type Answer =
  | { readonly ok: false }
  | {
      readonly ok: true
      readonly results: readonly { readonly revision: number; readonly expiresAt?: number }[]
    }

/**
 * One writer: it makes a commit of any kind, waits for the answer, and makes the next. It knows what
 * must be stored after each, and so what may be found after a crash: what its last answer promised
 * or, of the commit that was under way, all.
 */
export class Lane {
  readonly name: string
  readonly brief: BriefKeys
  readonly #random: Random
  readonly #models: Readonly<Record<WrittenBucket, LaneModel>>
  /** States by number of commits; old ones are forgotten unless the lane is told to remember. */
  readonly #states = new Map<number, State>([[0, new Map()]])
  /** The same before the answers, which tell the revisions and when keys expire. */
  readonly #unanswered = new Map<number, State>([[0, new Map()]])
  readonly #remembered: number
  #count = 0
  #last: { readonly commit: LaneCommit; readonly answer: Answer } | undefined
  #pending: { readonly commit: LaneCommit; readonly expected: Expected } | undefined

  constructor(name: string, { seed, remembered = 8 }: { seed: number; remembered?: number }) {
    this.name = name
    this.brief = new BriefKeys(name)
    this.#random = new Random(seed)
    this.#remembered = remembered
    const [records, origin, kept] = writtenBuckets.map((bucket) => new LaneModel(bucket))
    if (!records || !origin || !kept) throw new Error('There is a bucket without a model.')
    this.#models = { default: records, origin, kept }
  }

  /** Commits that were answered. */
  get acknowledged(): number {
    return this.#pending ? this.#count - 1 : this.#count
  }

  get hasPending(): boolean {
    return this.#pending !== undefined
  }

  /** The last commit that was answered. */
  get last(): { readonly commit: LaneCommit; readonly answer: Answer } | undefined {
    return this.#last
  }

  /** The commit to make: the one that was never answered, if there is one, under its old key. */
  next(): LaneCommit {
    this.#pending ??= this.#draw()
    return this.#pending.commit
  }

  /** @throws {Error} when the answer is not the one that the commit should have had. */
  settle(result: BucketCommitResult): Answer {
    const problem = this.#pending && differenceOf(this.#pending.expected, result)
    if (problem) throw new Error(`${this.name}, commit ${this.#count}: ${problem}`)
    const answer = toAnswer(result)
    this.replay(answer)
    return answer
  }

  /** Takes an answer that was seen before. */
  replay(answer: Answer): void {
    if (!this.#pending) throw new Error(`${this.name} got an answer and had not asked.`)
    const { commit, expected } = this.#pending
    this.#pending = undefined
    this.#last = { commit, answer }
    if (!answer.ok) return
    if (commit.bucket === 'brief') this.brief.settle(answer.results[0]?.expiresAt)
    if (commit.bucket === 'brief' || 'conflict' in expected) return
    const state = new Map(this.stateAfter(this.#count))
    for (const [index, { key, places }] of expected.changes.entries()) {
      const { revision, expiresAt } = answer.results[index] ?? { revision: 0 }
      if (places.length > 0) this.#models[commit.bucket].learn(key, revision)
      const place = placeOf(commit.bucket, key)
      const fact = state.get(place)
      if (fact && places.length > 0) state.set(place, { ...fact, revision, expiresAt })
    }
    this.#states.set(this.#count, state)
  }

  /** What must be stored after so many commits. */
  stateAfter(commits: number): State {
    const state = this.#states.get(commits)
    if (!state) throw new Error(`${this.name} has no state after ${commits} commits.`)
    return state
  }

  /**
   * After how many commits the given state could be, within a range; none: it was torn. Of those
   * after `answered`, what their answers told later is not asked for: a commit that failed may be
   * there as it was first tried, and that it was tried again is not known yet.
   */
  matching(
    actual: State,
    { from, to, answered = to }: { from: number; to: number; answered?: number },
  ): number[] {
    const found: number[] = []
    for (let commits = from; commits <= to; commits++) {
      const states = commits > answered ? this.#unanswered : this.#states
      const state = states.get(commits)
      if (state && isSame(state, actual)) found.push(commits)
    }
    return found
  }

  #draw(): { commit: LaneCommit; expected: Expected } {
    const number = ++this.#count
    const stamp = `${this.name}@${number}`
    const idempotencyKey = stamp
    const before = this.stateAfter(number - 1)
    for (const states of [this.#states, this.#unanswered]) {
      states.delete(number - 1 - this.#remembered)
    }
    if (this.#random.chance(0.05)) {
      const operations = [this.brief.draw(this.#random, stamp)]
      this.#keep(number, before)
      return { commit: { number, bucket: 'brief', operations, idempotencyKey }, expected: brief }
    }
    const bucket = this.#random.pick(writtenBuckets)
    const revisionOf = (key: string) => before.get(placeOf(bucket, key))?.revision ?? 0
    const occasion = { prefix: `${this.name}.${bucket}`, stamp, revisionOf }
    const operations = drawOperations(this.#random, occasion)
    const expected = this.#models[bucket].commit(operations)
    this.#keep(number, changed(before, expected))
    return { commit: { number, bucket, operations, idempotencyKey }, expected }
  }

  #keep(number: number, state: State): void {
    this.#states.set(number, state)
    this.#unanswered.set(number, state)
  }
}

const brief: Expected = { outcomes: [{ changed: true }], changes: [] }

function changed(before: State, expected: Expected): State {
  if ('conflict' in expected) return before
  const after = new Map<string, Fact>(before)
  for (const [place, fact] of expected.changes.flatMap(({ places }) => places)) {
    if (fact) after.set(place, fact)
    else after.delete(place)
  }
  return after
}

export function toAnswer(result: BucketCommitResult): Answer {
  if (!result.ok) return { ok: false }
  const results = result.results.map(({ revision, expiresAt }) => ({
    revision,
    ...(expiresAt !== undefined && { expiresAt }),
  }))
  return { ok: true, results }
}

/** How an answer differs from the expected one, in words. */
function differenceOf(expected: Expected, result: BucketCommitResult): string | undefined {
  if (!result.ok || 'conflict' in expected) {
    const found = result.ok ? 'applied' : `a conflict at ${result.conflict.index}`
    const wanted = 'conflict' in expected ? `a conflict at ${expected.conflict}` : 'applied'
    return found === wanted ? undefined : `${found} in place of ${wanted}`
  }
  for (const [index, outcome] of expected.outcomes.entries()) {
    const { number, numbers, elements, members } = result.results[index] ?? {}
    const { number: n, numbers: ns, elements: es, members: ms } = outcome
    if (canonical([number, numbers, elements, members]) === canonical([n, ns, es, ms])) continue
    return `operation ${index} answered another result`
  }
  return undefined
}
