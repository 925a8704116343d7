import { limits } from '../../codec/limits.ts'
import { compareUtf8 } from '../../codec/utf8.ts'
import type { OnValue } from '../../engine/call-options.ts'
import { ChangeFeed, revisionGone } from '../../engine/change-feed.ts'
import { isFromStart } from '../../engine/copies.ts'
import type { BucketFigures, CommitView, PastRevision, PlannedSteps } from '../../engine/draft.ts'
import type { BucketConfig, BucketInfo, ListPage, ListQuery } from '../../engine/engine.ts'
import {
  type Change,
  changeRevision,
  type Entry,
  type EpochMs,
  isExpired,
  type Revision,
} from '../../engine/entry.ts'
import {
  type EventChunk,
  firstChunk,
  type NumberedEvent,
  revisionOf,
} from '../../engine/numbered-event.ts'
import type { CommitResult, Operation } from '../../engine/operation.ts'
import { type Plan, planCommit, planExpiries } from '../../engine/plan-commit.ts'
import { type OriginChanges, planCopies } from '../../engine/plan-copies.ts'
import { publishedSince } from '../../engine/republish.ts'
import { wholeValues } from '../../engine/value-access.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { listEntries } from './list-entries.ts'

/** The time, and who wants to be told of expiries to come. */
export interface MemoryBucketContext {
  now(): EpochMs
  onExpiry(expiresAt: EpochMs): void
}

type Clear = Extract<NumberedEvent, { kind: 'clear' }>

/** One bucket of the memory engine: maps, and the plans of `planCommit` carried out on them. */
export class MemoryBucket {
  readonly feed: ChangeFeed
  readonly name: string
  /** The buckets that copy this one, each in the same step as every change of this one. */
  readonly copies = new Set<MemoryBucket>()
  readonly #context: MemoryBucketContext
  readonly #createdAt: EpochMs
  readonly #entries = new Map<string, Entry>()
  /** Superseded values (where the bucket keeps history) and markers of removals, oldest first. */
  readonly #past = new Map<string, Change[]>()
  #markers: { key: string; revision: Revision }[] = []
  #config: BucketConfig
  #figures: BucketFigures = { revision: 0, keys: 0, bytes: 0 }
  #sortedKeys: string[] | undefined
  #clear: Clear | undefined
  #oldestResume: Revision = 0
  #publishedSince: Revision | undefined

  constructor(name: string, config: BucketConfig, context: MemoryBucketContext) {
    const { now } = context
    this.name = name
    this.#context = context
    this.#config = config
    this.#createdAt = now()
    this.#publishedSince = config.republish && 0
    this.feed = new ChangeFeed({
      revision: () => this.#figures.revision,
      changesAfter: (after, options) => this.#changesAfter(after, { ...options, now: now() }),
    })
  }

  get config(): BucketConfig {
    return this.#config
  }

  info(now: EpochMs): BucketInfo {
    let { keys, bytes } = this.#figures
    for (const entry of this.#entries.values()) {
      if (!isExpired(entry, now)) continue
      keys--
      bytes -= wholeValues.bytesOf(entry)
    }
    return {
      name: this.name,
      config: this.#config,
      createdAt: this.#createdAt,
      revision: this.#figures.revision,
      keys,
      bytes,
      ...(this.#publishedSince !== undefined && { publishedSince: this.#publishedSince }),
    }
  }

  get(key: string, now: EpochMs): Entry | undefined {
    const entry = this.#entries.get(key)
    return entry && !isExpired(entry, now) ? entry : undefined
  }

  getRevision(key: string, revision: Revision, now: EpochMs): Entry | undefined {
    const change = this.history(key, now).find((kept) => changeRevision(kept) === revision)
    return change?.kind === 'put' ? change.entry : undefined
  }

  history(key: string, now: EpochMs): Change[] {
    const current = this.#entries.get(key)
    const changes = [...(this.#past.get(key) ?? [])]
    if (current) changes.push({ kind: 'put', entry: current })
    return changes
      .slice(-this.#config.history)
      .filter((change) => change.kind !== 'put' || !isExpired(change.entry, now))
  }

  list(query: ListQuery, now: EpochMs): ListPage {
    return listEntries(query.order === 'key' ? this.#byKey() : this.#byRevision(), query, now)
  }

  commit(operations: readonly Operation[], now: EpochMs, onValue?: OnValue): CommitResult {
    const plan = this.#plan(operations, now, onValue)
    this.#carryOut(plan, now)
    return plan.result
  }

  /** Copies what an origin has: what it keeps of the past is for mirrors. */
  beginWith(origin: MemoryBucket, now: EpochMs): void {
    const { mirror } = this.#config
    const changes = origin.#changes({ withPast: mirror !== undefined })
    const holders = mirror ? { holders: new Map() } : {}
    this.#receive({ bucket: origin.name, changes, ...holders }, now)
    if (!mirror) return
    const clear = origin.#clear
    if (clear && isFromStart(clear, mirror)) {
      this.#clear = clear
      const revision = Math.max(clear.revision, this.#figures.revision)
      this.#figures = { ...this.#figures, revision }
    }
    if (origin.#oldestResume >= (mirror.startRevision ?? 0)) {
      this.#oldestResume = Math.max(origin.#oldestResume, this.#oldestResume)
    }
  }

  /**
   * Records the expiry of every entry that has expired; answers when the next one will. A mirror
   * has the expiries of its origin, with their numbers.
   */
  reap(now: EpochMs): EpochMs {
    let next = Number.POSITIVE_INFINITY
    if (this.#config.mirror) return next
    const expired: Entry[] = []
    for (const entry of this.#entries.values()) {
      if (isExpired(entry, now)) expired.push(entry)
      else if (entry.expiresAt !== undefined) next = Math.min(next, entry.expiresAt)
    }
    this.#carryOut(planExpiries(this.#view(now), expired), now)
    return next
  }

  #plan(operations: readonly Operation[], now: EpochMs, onValue?: OnValue): Plan {
    try {
      return planCommit(this.#view(now), operations, onValue)
    } catch (error) {
      if (!KvasirError.is(error, 'KV_QUOTA_EXCEEDED')) throw error
      // What has expired takes nobody's room: it goes first, and then there may be enough.
      this.reap(now)
      return planCommit(this.#view(now), operations, onValue)
    }
  }

  update(config: BucketConfig): void {
    if (config.ttlMs !== undefined) this.#capExpiries(config.ttlMs)
    let { bytes } = this.#figures
    for (const [key, past] of this.#past) {
      const keep = config.history - (this.#entries.has(key) ? 1 : 0)
      for (const change of past.splice(0, Math.max(0, past.length - keep))) {
        if (change.kind === 'put') bytes -= wholeValues.bytesOf(change.entry)
      }
    }
    this.#figures = { ...this.#figures, bytes }
    const present = { config: this.#config, since: this.#publishedSince }
    this.#publishedSince = publishedSince(config, present, this.#figures.revision)
    this.#config = config
  }

  purge(at: EpochMs): void {
    this.#empty({ kind: 'clear', revision: this.#figures.revision + 1, at })
  }

  #empty(clear: Clear): void {
    const before = this.#figures.revision
    this.#entries.clear()
    this.#past.clear()
    this.#markers = []
    this.#sortedKeys = undefined
    this.#figures = { revision: clear.revision, keys: 0, bytes: 0 }
    this.#clear = clear
    this.feed.publish([clear], before)
    for (const copy of this.copies) {
      const { mirror } = copy.#config
      if (mirror && isFromStart(clear, mirror)) copy.#empty(clear)
    }
  }

  #capExpiries(ttlMs: number): void {
    for (const [key, entry] of this.#entries) {
      const expiresAt = Math.min(entry.expiresAt ?? Infinity, entry.updatedAt + ttlMs)
      this.#entries.set(key, { ...entry, expiresAt })
    }
    for (const copy of this.copies) if (copy.#config.mirror) copy.#capExpiries(ttlMs)
  }

  #view(now: EpochMs): CommitView {
    return {
      now,
      bucket: { ...this.#figures, name: this.name, config: this.#config },
      lookup: (key) => this.#entries.get(key),
      past: (key) => (this.#past.get(key) ?? []).map(toPastRevision),
    }
  }

  #carryOut({ steps, figures }: PlannedSteps, now: EpochMs): void {
    const before = this.#figures.revision
    for (const { change, replaced, dropped } of steps) {
      const key = change.kind === 'put' ? change.entry.key : change.key
      const past = this.#past.get(key) ?? []
      if (replaced) past.push({ kind: 'put', entry: replaced })
      if (change.kind !== 'put') {
        past.push(change)
        this.#markers.push({ key, revision: change.revision })
      }
      const kept = past.filter((kept) => !dropped.includes(changeRevision(kept)))
      if (kept.length > 0) this.#past.set(key, kept)
      else this.#past.delete(key)
      if ((change.kind === 'put') !== this.#entries.has(key)) this.#sortedKeys = undefined
      if (change.kind === 'put') this.#entries.set(key, change.entry)
      else this.#entries.delete(key)
      if (change.kind === 'put' && change.entry.expiresAt !== undefined) {
        this.#context.onExpiry(change.entry.expiresAt)
      }
    }
    this.#figures = figures
    if (this.#config.history === 1) this.#forgetOldMarkers()
    if (steps.length === 0) return
    const changes = steps.map(({ change }) => change)
    this.feed.publish(changes, before)
    for (const copy of this.copies) copy.#receive({ bucket: this.name, changes }, now)
  }

  #receive(origin: OriginChanges, now: EpochMs): void {
    this.#carryOut(planCopies(this.#view(now), origin), now)
  }

  /** The bucket's entries as puts, and what is kept of the past, in the order of revisions. */
  #changes({ withPast }: { withPast: boolean }): Change[] {
    const puts = this.#byRevision().map((entry): Change => ({ kind: 'put', entry }))
    if (!withPast) return puts
    const past = [...this.#past.values()].flat()
    return [...puts, ...past].sort((left, right) => changeRevision(left) - changeRevision(right))
  }

  #forgetOldMarkers(): void {
    if (this.#markers.length <= 2 * limits.removalMarkersMax) return
    for (const { key, revision } of this.#markers.splice(0, limits.removalMarkersMax)) {
      const kept = (this.#past.get(key) ?? []).filter((past) => changeRevision(past) !== revision)
      if (kept.length > 0) this.#past.set(key, kept)
      else this.#past.delete(key)
      this.#oldestResume = revision
    }
  }

  #changesAfter(
    after: Revision,
    { putsOnly, now }: { putsOnly?: boolean; now: EpochMs },
  ): EventChunk {
    const stored = this.#byRevision()
    const existing = putsOnly ? stored.filter((entry) => !isExpired(entry, now)) : stored
    const entries = existing.map((entry): NumberedEvent => ({ kind: 'put', entry }))
    if (putsOnly) return firstChunk(entries.filter((event) => revisionOf(event) > after))
    // Whatever was forgotten before everything was removed is removed with the rest.
    const oldest = this.#oldestResume
    if (after < oldest && (this.#clear?.revision ?? 0) < oldest) throw revisionGone(after, oldest)
    const removals = [...this.#past]
      .filter(([key]) => !this.#entries.has(key))
      .flatMap(([, past]) => past.slice(-1))
    const events = [...entries, ...removals, ...(this.#clear ? [this.#clear] : [])]
    events.sort((left, right) => revisionOf(left) - revisionOf(right))
    return firstChunk(events.filter((event) => revisionOf(event) > after))
  }

  #byKey(): Entry[] {
    this.#sortedKeys ??= [...this.#entries.keys()].sort(compareUtf8)
    return this.#sortedKeys.map((key) => this.#entries.get(key) as Entry)
  }

  #byRevision(): Entry[] {
    return [...this.#entries.values()].sort((left, right) => left.revision - right.revision)
  }
}

function toPastRevision(change: Change): PastRevision {
  const bytes = change.kind === 'put' ? wholeValues.bytesOf(change.entry) : 0
  return { revision: changeRevision(change), bytes }
}
