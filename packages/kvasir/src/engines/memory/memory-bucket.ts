import { limits } from '../../codec/limits.ts'
import { compareUtf8 } from '../../codec/utf8.ts'
import {
  ChangeFeed,
  type NumberedEvent,
  revisionGone,
  revisionOf,
} from '../../engine/change-feed.ts'
import type { BucketConfig, BucketInfo, ListPage, ListQuery } from '../../engine/engine.ts'
import {
  type Change,
  changeRevision,
  type Entry,
  type EpochMs,
  isExpired,
  type Revision,
} from '../../engine/entry.ts'
import type { CommitResult, Operation } from '../../engine/operation.ts'
import {
  type BucketFigures,
  type CommitView,
  type PastRevision,
  type Plan,
  planCommit,
  planExpiries,
  type Step,
} from '../../engine/plan-commit.ts'
import { wholeValues } from '../../engine/value-access.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'

/** One bucket of the memory engine: maps, and the plans of `planCommit` carried out on them. */
export class MemoryBucket {
  readonly feed: ChangeFeed
  readonly #name: string
  readonly #createdAt: EpochMs
  readonly #entries = new Map<string, Entry>()
  /** Superseded values (where the bucket keeps history) and markers of removals, oldest first. */
  readonly #past = new Map<string, Change[]>()
  #markers: { key: string; revision: Revision }[] = []
  #config: BucketConfig
  #figures: BucketFigures = { revision: 0, keys: 0, bytes: 0 }
  #sortedKeys: string[] | undefined
  #clear: Extract<NumberedEvent, { kind: 'clear' }> | undefined
  #oldestResume: Revision = 0

  constructor(name: string, config: BucketConfig, now: () => EpochMs) {
    this.#name = name
    this.#config = config
    this.#createdAt = now()
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
      name: this.#name,
      config: this.#config,
      createdAt: this.#createdAt,
      revision: this.#figures.revision,
      keys,
      bytes,
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
    const { limit, prefix = '', keysOnly, reverse } = query
    const ordered = query.order === 'key' ? this.#byKey() : this.#byRevision()
    const matching: Entry[] = []
    for (const entry of reverse ? ordered.reverse() : ordered) {
      if (matching.length > limit) break
      if (!entry.key.startsWith(prefix) || isExpired(entry, now)) continue
      if (isBeyond(entry, query)) matching.push(entry)
    }
    const entries = matching.slice(0, limit)
    return {
      entries: keysOnly ? entries.map(({ value: _value, ...head }) => head) : entries,
      hasMore: matching.length > limit,
    }
  }

  commit(operations: readonly Operation[], now: EpochMs): CommitResult {
    const plan = this.#plan(operations, now)
    this.#carryOut(plan.steps, plan.figures)
    return plan.result
  }

  /** Records the expiry of every entry that has expired; answers when the next one will. */
  reap(now: EpochMs): EpochMs {
    let next = Number.POSITIVE_INFINITY
    const expired: Entry[] = []
    for (const entry of this.#entries.values()) {
      if (isExpired(entry, now)) expired.push(entry)
      else if (entry.expiresAt !== undefined) next = Math.min(next, entry.expiresAt)
    }
    const plan = planExpiries(this.#view(now), expired)
    this.#carryOut(plan.steps, plan.figures)
    return next
  }

  #plan(operations: readonly Operation[], now: EpochMs): Plan {
    try {
      return planCommit(this.#view(now), operations)
    } catch (error) {
      if (!KvasirError.is(error, 'KV_QUOTA_EXCEEDED')) throw error
      // What has expired takes nobody's room: it goes first, and then there may be enough.
      this.reap(now)
      return planCommit(this.#view(now), operations)
    }
  }

  update(config: BucketConfig): void {
    const { ttlMs } = config
    for (const [key, entry] of this.#entries) {
      if (ttlMs === undefined) break
      const expiresAt = Math.min(entry.expiresAt ?? Infinity, entry.updatedAt + ttlMs)
      this.#entries.set(key, { ...entry, expiresAt })
    }
    let { bytes } = this.#figures
    for (const [key, past] of this.#past) {
      const keep = config.history - (this.#entries.has(key) ? 1 : 0)
      for (const change of past.splice(0, Math.max(0, past.length - keep))) {
        if (change.kind === 'put') bytes -= wholeValues.bytesOf(change.entry)
      }
    }
    this.#figures = { ...this.#figures, bytes }
    this.#config = config
  }

  purge(at: EpochMs): void {
    const revision = this.#figures.revision + 1
    this.#entries.clear()
    this.#past.clear()
    this.#markers = []
    this.#sortedKeys = undefined
    this.#figures = { revision, keys: 0, bytes: 0 }
    this.#clear = { kind: 'clear', revision, at }
    this.feed.publish([this.#clear])
  }

  #view(now: EpochMs): CommitView {
    return {
      now,
      bucket: { ...this.#figures, name: this.#name, config: this.#config },
      lookup: (key) => this.#entries.get(key),
      past: (key) => (this.#past.get(key) ?? []).map(toPastRevision),
    }
  }

  #carryOut(steps: readonly Step[], figures: BucketFigures): void {
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
    }
    this.#figures = figures
    if (this.#config.history === 1) this.#forgetOldMarkers()
    if (steps.length > 0) this.feed.publish(steps.map(({ change }) => change))
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
    { limit, putsOnly, now }: { limit: number; putsOnly?: boolean; now: EpochMs },
  ): NumberedEvent[] {
    const stored = this.#byRevision()
    const existing = putsOnly ? stored.filter((entry) => !isExpired(entry, now)) : stored
    const entries = existing.map((entry): NumberedEvent => ({ kind: 'put', entry }))
    if (putsOnly) return entries.filter((event) => revisionOf(event) > after).slice(0, limit)
    const isCleared = this.#clear !== undefined && this.#clear.revision > after
    if (after < this.#oldestResume && !isCleared) throw revisionGone(after, this.#oldestResume)
    const removals = [...this.#past]
      .filter(([key]) => !this.#entries.has(key))
      .flatMap(([, past]) => past.slice(-1))
    const events = [...entries, ...removals, ...(this.#clear ? [this.#clear] : [])]
    return events
      .filter((event) => revisionOf(event) > after)
      .sort((left, right) => revisionOf(left) - revisionOf(right))
      .slice(0, limit)
  }

  #byKey(): Entry[] {
    this.#sortedKeys ??= [...this.#entries.keys()].sort(compareUtf8)
    return this.#sortedKeys.map((key) => this.#entries.get(key) as Entry)
  }

  #byRevision(): Entry[] {
    return [...this.#entries.values()].sort((left, right) => left.revision - right.revision)
  }
}

function isBeyond(entry: Entry, query: ListQuery): boolean {
  if (query.after === undefined) return true
  const difference =
    query.order === 'key' ? compareUtf8(entry.key, query.after) : entry.revision - query.after
  return query.reverse ? difference < 0 : difference > 0
}

function toPastRevision(change: Change): PastRevision {
  const bytes = change.kind === 'put' ? wholeValues.bytesOf(change.entry) : 0
  return { revision: changeRevision(change), bytes }
}
