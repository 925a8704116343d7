import { limits } from '../../codec/limits.ts'
import {
  bucketExists,
  bucketNotFound,
  defaultBucketConfig,
  differingSettings,
  quotaUnderUse,
  withChanges,
} from '../../engine/bucket-config.ts'
import { defaultBucket, fromStartWith, isHidden, lockSpaceOf } from '../../engine/bucket-names.ts'
import { type Clock, SteadyTime, systemClock } from '../../engine/clock.ts'
import { checkDeletion, mirrorReadOnly, originNamesOf } from '../../engine/copies.ts'
import type {
  BucketChanges,
  BucketConfig,
  BucketQuery,
  BucketRef,
  CallOptions,
  Capabilities,
  CommitOptions,
  Engine,
  HistoryQuery,
  ListQuery,
  WatchQuery,
} from '../../engine/engine.ts'
import type { EpochMs, Revision } from '../../engine/entry.ts'
import { fingerprint, idempotencyMismatch } from '../../engine/idempotency.ts'
import type { CommitResult, Operation, Read } from '../../engine/operation.ts'
import { readPart } from '../../engine/read-part.ts'
import { sizeOfValue, tellOfCommit, tellOfRead } from '../../engine/value-size.ts'
import { checkCycle, tie, untie } from './bucket-copies.ts'
import { MemoryBucket } from './memory-bucket.ts'

export interface MemoryEngineOptions {
  /** Default: the system's clock. */
  readonly clock?: Clock
}

/** The least time between two rounds of reaping: each looks at every entry. */
const reapPauseMs = 100

/**
 * Opens an engine that keeps everything in this process: the model that others are held against.
 */
export function openMemoryEngine(options: MemoryEngineOptions = {}): Engine {
  return new MemoryEngine(options.clock ?? systemClock)
}

class MemoryEngine implements Engine {
  readonly capabilities: Capabilities = {
    persistence: false,
    durability: 'none',
    readSnapshot: true,
    readLinearizable: true,
    replicasMax: 1,
  }

  readonly #clock: Clock
  readonly #time: SteadyTime
  readonly #projects = new Map<string, Map<string, MemoryBucket>>()
  readonly #answers = new Map<string, Answer>()
  #cancelReap: (() => void) | undefined
  #nextReapAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#time = new SteadyTime(clock)
  }

  async get(at: BucketRef, key: string, options: CallOptions & { revision?: Revision } = {}) {
    const bucket = this.#bucket(at)
    const now = this.#time.now()
    const { revision, onValue } = options
    const entry =
      revision === undefined ? bucket.get(key, now) : bucket.getRevision(key, revision, now)
    if (entry) onValue?.(sizeOfValue(entry.value))
    return entry
  }

  getAtOnce(at: BucketRef, key: string) {
    return this.#bucket(at).get(key, this.#time.now()) ?? null
  }

  async read(at: BucketRef, reads: readonly Read[], { onValue }: CallOptions = {}) {
    const bucket = this.#bucket(at)
    const now = this.#time.now()
    return reads.map((read) => tellOfRead(readPart(bucket.get(read.key, now), read, now), onValue))
  }

  async list(at: BucketRef, query: ListQuery, { onValue }: CallOptions = {}) {
    const page = this.#bucket(at).list(query, this.#time.now())
    for (const { value } of page.entries) if (value) onValue?.(sizeOfValue(value))
    return page
  }

  async history(at: BucketRef, key: string, { limit, onValue }: HistoryQuery = {}) {
    const changes = this.#bucket(at).history(key, this.#time.now())
    const newest = limit === undefined ? changes : changes.slice(-limit)
    for (const change of newest) {
      if (change.kind === 'put') onValue?.(sizeOfValue(change.entry.value))
    }
    return newest
  }

  watch(at: BucketRef, query: WatchQuery, options?: CallOptions) {
    return this.#bucket(at).feed.watch(query, options)
  }

  async commit(
    at: BucketRef,
    operations: readonly Operation[],
    { idempotencyKey, onValue }: CommitOptions = {},
  ) {
    const bucket = this.#bucket(at)
    const now = this.#time.now()
    if (idempotencyKey === undefined) return bucket.commit(operations, now, onValue)
    const id = answerId(at, idempotencyKey)
    this.#forgetAnswers(now)
    const known = this.#answers.get(id)
    const print = fingerprint(operations)
    if (known && known.fingerprint !== print) throw idempotencyMismatch(idempotencyKey)
    if (known) return tellOfCommit(known.result, onValue)
    const result = bucket.commit(operations, now, onValue)
    const keepUntil = now + limits.idempotencyTtlMs
    if (result.ok) this.#answers.set(id, { at, fingerprint: print, result, keepUntil })
    return result
  }

  async createBucket(at: BucketRef, config: BucketConfig) {
    const existing = at.bucket === defaultBucket ? this.#bucket(at) : this.#find(at)
    if (existing) {
      const differing = differingSettings(existing.config, config)
      if (differing.length > 0) throw bucketExists(at, differing)
      return { created: false, info: existing.info(this.#time.now()) }
    }
    checkCycle(at.bucket, config, this.#projects.get(at.project))
    const origins = originNamesOf(config).map((name) => this.#bucket({ ...at, bucket: name }))
    const bucket = this.#add(at, config)
    tie(bucket, { origins, neighbours: this.#projects.get(at.project)?.values() ?? [] })
    const now = this.#time.now()
    for (const origin of origins) bucket.beginWith(origin, now)
    return { created: true, info: bucket.info(now) }
  }

  async getBucket(at: BucketRef) {
    return this.#bucket(at).info(this.#time.now())
  }

  async updateBucket(at: BucketRef, changes: BucketChanges) {
    const bucket = this.#bucket(at)
    const config = withChanges(bucket.config, changes)
    const { bytes } = bucket.info(this.#time.now())
    const { bytesMax } = config
    if (bytesMax !== undefined && bytesMax < bytes) throw quotaUnderUse(at, { bytes, bytesMax })
    bucket.update(config)
    this.#scheduleReap(this.#time.now())
    return bucket.info(this.#time.now())
  }

  async deleteBucket(at: BucketRef) {
    const bucket = this.#bucket(at)
    checkDeletion(at, [...bucket.copies])
    const info = bucket.info(this.#time.now())
    this.#projects.get(at.project)?.delete(at.bucket)
    untie(bucket, this.#projects.get(at.project)?.values() ?? [])
    this.#find({ ...at, bucket: lockSpaceOf(at.bucket) })?.purge(this.#time.now())
    this.#forgetAnswersOf(at)
    bucket.feed.end(bucketNotFound(at))
    return info
  }

  async purgeBucket(at: BucketRef) {
    const bucket = this.#bucket(at)
    const { mirror } = bucket.config
    if (mirror) throw mirrorReadOnly(at.bucket, mirror)
    const info = bucket.info(this.#time.now())
    bucket.purge(this.#time.now())
    this.#find({ ...at, bucket: lockSpaceOf(at.bucket) })?.purge(this.#time.now())
    return info
  }

  async listBuckets(project: string, { after = '', limit, publishing }: BucketQuery) {
    this.#bucket({ project, bucket: defaultBucket })
    const names = [...(this.#projects.get(project) ?? [])]
      .filter(([name]) => name > after && !isHidden(name))
      .filter(([, { config }]) => !publishing || config.republish)
      .map(([name]) => name)
      .sort()
    const buckets = names
      .slice(0, limit)
      .map((bucket) => this.#bucket({ project, bucket }).info(this.#time.now()))
    return { buckets, hasMore: names.length > limit }
  }

  async listProjects({ after = '', limit }: { after?: string; limit: number }) {
    const names = [...this.#projects]
      .filter(([name, buckets]) => name > after && !isHidden(name) && this.#isInUse(buckets))
      .map(([name]) => name)
      .sort()
    return { projects: names.slice(0, limit), hasMore: names.length > limit }
  }

  async resolveProject(project: string) {
    return project
  }

  async health() {
    return { writable: true } as const
  }

  async close() {
    this.#cancelReap?.()
    for (const project of this.#projects.values()) {
      for (const bucket of project.values()) bucket.feed.end()
    }
    this.#projects.clear()
  }

  [Symbol.asyncDispose]() {
    return this.close()
  }

  #bucket(at: BucketRef): MemoryBucket {
    const bucket = this.#find(at)
    if (bucket) return bucket
    if (!this.#isFromStart(at)) throw bucketNotFound(at)
    return this.#add(at, defaultBucketConfig)
  }

  #isFromStart({ project, bucket }: BucketRef): boolean {
    const owner = fromStartWith(bucket)
    if (owner === undefined) return false
    return owner === defaultBucket || this.#find({ project, bucket: owner }) !== undefined
  }

  /** Whether anything was ever stored here, or a bucket created. */
  #isInUse(buckets: ReadonlyMap<string, MemoryBucket>): boolean {
    const now = this.#time.now()
    return [...buckets].some(
      ([name, bucket]) => fromStartWith(name) === undefined || bucket.info(now).revision > 0,
    )
  }

  #find({ project, bucket }: BucketRef): MemoryBucket | undefined {
    return this.#projects.get(project)?.get(bucket)
  }

  #add({ project, bucket }: BucketRef, config: BucketConfig): MemoryBucket {
    const added = new MemoryBucket(bucket, config, {
      now: () => this.#time.now(),
      onExpiry: (expiresAt) => this.#scheduleReap(expiresAt),
    })
    const buckets = this.#projects.get(project) ?? new Map<string, MemoryBucket>()
    this.#projects.set(project, buckets.set(bucket, added))
    return added
  }

  #scheduleReap(expiresAt: EpochMs): void {
    if (expiresAt >= this.#nextReapAt) return
    this.#cancelReap?.()
    this.#nextReapAt = expiresAt
    const delayMs = Math.max(0, expiresAt - this.#time.now())
    this.#cancelReap = this.#clock.schedule(delayMs, () => this.#reap())
  }

  #reap(): void {
    const now = this.#time.now()
    this.#nextReapAt = Number.POSITIVE_INFINITY
    let next = Number.POSITIVE_INFINITY
    for (const project of this.#projects.values()) {
      for (const bucket of project.values()) next = Math.min(next, bucket.reap(now))
    }
    this.#scheduleReap(Math.max(next, now + reapPauseMs))
  }

  #forgetAnswers(now: EpochMs): void {
    for (const [id, { keepUntil }] of this.#answers) {
      if (keepUntil > now) break // In order of insertion, and so of time.
      this.#answers.delete(id)
    }
  }

  /** A bucket created anew is another one, which has answered nothing yet. */
  #forgetAnswersOf({ project, bucket }: BucketRef): void {
    for (const [id, { at }] of this.#answers) {
      if (at.project === project && at.bucket === bucket) this.#answers.delete(id)
    }
  }
}

function answerId({ project, bucket }: BucketRef, idempotencyKey: string): string {
  return JSON.stringify([project, bucket, idempotencyKey])
}

interface Answer {
  readonly at: BucketRef
  readonly fingerprint: number
  readonly result: CommitResult
  readonly keepUntil: EpochMs
}
