import { limits } from '../../codec/limits.ts'
import { bucketNotFound, defaultBucketConfig } from '../../engine/bucket-config.ts'
import type { SteadyTime } from '../../engine/clock.ts'
import type { BucketFigures } from '../../engine/draft.ts'
import type { BucketConfig, BucketRef } from '../../engine/engine.ts'
import type { EpochMs } from '../../engine/entry.ts'
import type { BucketDraft } from './bucket-draft.ts'
import type { BucketRegistry } from './bucket-registry.ts'
import { BucketRevisions } from './bucket-revisions.ts'
import type { Collection } from './collections/collection.ts'
import type { CollectionRows } from './collections/collection-rows.ts'
import { DeferredPuts } from './deferred-puts.ts'
import type { DiskSpace } from './disk-space.ts'
import type { KnownBuckets } from './known-buckets.ts'
import { NewAnswers } from './new-answers.ts'
import { type BucketRow, toConfig } from './sqlite-rows.ts'
import type { SqliteStatements } from './sqlite-statements.ts'
import type { StaleRevisions } from './stale-revisions.ts'

export interface TransactionParts {
  readonly rows: CollectionRows
  readonly registry: BucketRegistry
  readonly time: SteadyTime
  readonly space: DiskSpace
  readonly known: KnownBuckets
  readonly stale: StaleRevisions
}

/** The state shared by all writes of one transaction. */
export class WriteTransaction {
  /** For look-ups of keys that ask `deferred` first, and for other tables than `entries`. */
  readonly lookUps: SqliteStatements
  /** The elements of large lists and sets. */
  readonly rows: CollectionRows
  /** The earliest time at which one of the writes gives the reaper work. */
  dueAt = Number.POSITIVE_INFINITY
  /** Buckets of which removal markers are to be forgotten. */
  readonly overfull = new Set<number>()
  /** Whether any of the writes makes the store grow. */
  hasGrown = false
  /** Whether any of the writes is the reaper's. */
  isReaping = false
  /** Once finished: whether it is certain that something was written. */
  hasWritten = false
  /** Once finished: whether it has changed buckets, and not only keys. */
  changesBuckets = false
  #keptMs = 0
  #mustKeepTime = false
  readonly #registry: BucketRegistry
  readonly #time: SteadyTime
  readonly #space: DiskSpace
  readonly #known: KnownBuckets
  readonly #stale: StaleRevisions
  #now: EpochMs
  readonly #drafts = new Map<string, Map<string, BucketDraft>>()
  readonly #touched: BucketDraft[] = []
  readonly #copies = new Map<BucketDraft, readonly BucketDraft[]>()

  constructor(statements: SqliteStatements, parts: TransactionParts) {
    const { rows, registry, time, space, known, stale } = parts
    this.lookUps = statements
    this.rows = rows
    this.#registry = registry
    this.#time = time
    this.#space = space
    this.#known = known
    this.#stale = stale
    const [version] = statements.dataVersionCells.get() as [number]
    known.begin(version)
    this.#now = time.now()
  }

  /** Every statement; what has been deferred is written first, so that they find it. */
  get statements(): SqliteStatements {
    this.writeDeferred()
    return this.lookUps
  }

  /** One time for all writes of the transaction. */
  get now(): EpochMs {
    return this.#now
  }

  /**
   * To be called before writing what makes the store grow.
   *
   * @throws {KvasirError} `KV_STORAGE_FULL`
   */
  requireSpace(): void {
    this.#space.require()
    this.hasGrown = true
  }

  /** @throws {KvasirError} `KV_BUCKET_NOT_FOUND` */
  bucket(at: BucketRef): BucketDraft {
    this.writeDeferred()
    return this.bucketForCommit(at)
  }

  /** As `bucket`, for who looks up keys in `deferred` first. */
  bucketForCommit(at: BucketRef): BucketDraft {
    const found = this.#find(at)
    if (found) return found
    if (!this.#registry.isFromStart(at)) throw bucketNotFound(at)
    return this.add(at, defaultBucketConfig)
  }

  find(at: BucketRef): BucketDraft | undefined {
    this.writeDeferred()
    return this.#find(at)
  }

  #find(at: BucketRef): BucketDraft | undefined {
    const draft = this.#drafts.get(at.project)?.get(at.bucket)
    if (draft) return draft.isRemoved ? undefined : draft
    const known = this.#known.get(at)
    if (known) return this.#enter(at, { ...known.row }, known.config)
    const found = this.lookUps.bucketByName.get(at.project, at.bucket)
    const row = found as BucketRow | undefined
    return row && this.#enter(at, row, toConfig(row))
  }

  findById(id: number): BucketDraft | undefined {
    const row = this.lookUps.bucketName.get(id) as Pick<BucketRow, 'project' | 'name'> | undefined
    return row && this.find({ project: row.project, bucket: row.name })
  }

  add(at: BucketRef, config: BucketConfig): BucketDraft {
    const text = JSON.stringify(config)
    const since = config.republish ? 0 : null
    const added = this.lookUps.addBucket.get(at.project, at.bucket, text, this.now, since)
    const { id } = added as { id: number }
    this.lookUps.addFirstFigures.run(id, this.now)
    this.changesBuckets = true
    return this.#enter(at, this.lookUps.bucketById.get(id) as BucketRow, config)
  }

  /** The buckets that it has looked at or changed. */
  get drafts(): readonly BucketDraft[] {
    return this.#touched
  }

  /** The buckets that copy this one. */
  copiesOf(draft: BucketDraft): readonly BucketDraft[] {
    const known = this.#copies.get(draft)
    if (known) return known
    const { project, bucket } = draft.at
    const found = this.lookUps.copiesOf.all(project, bucket) as { name: string }[]
    const copies = found.map(({ name }) => this.bucket({ project, bucket: name }))
    this.#copies.set(draft, copies)
    return copies
  }

  /** What commits with an idempotency key were answered in a bucket. */
  answersOf(draft: BucketDraft): NewAnswers {
    draft.answers ??= new NewAnswers(this.lookUps, this.#known.answers, draft.row.id)
    return draft.answers
  }

  /** Forgets them: whatever they tell of is gone. */
  removeAnswers(draft: BucketDraft): void {
    draft.answers?.clear()
    this.#known.answers.drop(draft.row.id)
    this.lookUps.removeAnswers.run(draft.row.id)
  }

  /** Has the buckets that copy others looked up anew: there are others now. */
  forgetCopies(): void {
    this.#copies.clear()
  }

  /** The bucket at the beginning of a chain of mirrors, which numbers their changes. */
  rootOf(draft: BucketDraft): BucketDraft {
    const { mirror } = draft.config
    return mirror ? this.rootOf(this.bucket({ ...draft.at, bucket: mirror.bucket })) : draft
  }

  /** Takes note of what a commit has made of a bucket's figures. */
  move(draft: BucketDraft, { revision, keys, bytes }: BucketFigures, markers: number): void {
    const { row } = draft
    row.revision = revision
    row.keys = keys
    row.bytes = bytes
    row.markers = markers
    row.changed_at = this.#now
    if (draft.unwritten === 'nothing') draft.unwritten = 'figures'
  }

  /** Takes note of new figures; `what` says which columns are to be written. */
  change(draft: BucketDraft, row: Partial<BucketRow>, what: 'figures' | 'all' = 'figures'): void {
    // In place: the row is this draft's own.
    Object.assign(draft.row, row, { changed_at: this.now })
    if (draft.unwritten !== 'all') draft.unwritten = what
  }

  /** Frees a large list or set, now or by the reaper. */
  free(collection: Collection): void {
    if (this.rows.free(collection)) this.dueAt = this.now
  }

  /** The time that the commit keeps with the data; 0 if none. */
  get keptMs(): EpochMs {
    return this.#keptMs
  }

  /** Keeps the time with the data, even if nothing else is written. */
  keepTime(): void {
    this.#mustKeepTime = true
  }

  /** To be called for what is looked up: what has expired by now is not to come back. */
  noteExpiry(expiresAt: EpochMs | undefined): void {
    if (expiresAt !== undefined && expiresAt <= this.#now) this.keepTime()
  }

  /** Writes what has been deferred so far. */
  writeDeferred(): void {
    for (const draft of this.#touched) draft.deferred.write(this.lookUps, draft)
  }

  /** Writes the figures of every bucket that changed. */
  finish(): void {
    this.writeDeferred()
    for (const draft of this.#touched) {
      this.changesBuckets ||= draft.isRemoved || draft.unwritten === 'all'
      if (draft.isRemoved) continue
      this.hasWritten ||= draft.unwritten !== 'nothing'
      this.#write(draft)
      draft.answers?.write(this.#now + limits.idempotencyTtlMs)
    }
    if (!this.#mustKeepTime || this.#keptMs >= this.#now) return
    this.lookUps.keepHighestTime.run(this.#now)
    this.#keptMs = this.#now
  }

  /** After the commit: keeps the buckets for the next transaction. */
  keepBuckets(): void {
    for (const draft of this.#touched) {
      if (draft.isRemoved) this.#known.drop(draft.at)
      else {
        this.#known.keep(draft.at, draft)
        draft.answers?.keep()
        this.#stale.add(draft.row.id, draft.revisions.stale, draft.row.stale)
      }
    }
    if (this.#stale.isDue) this.dueAt = this.now
  }

  #enter(at: BucketRef, row: BucketRow, config: BucketConfig): BucketDraft {
    if (row.changed_at > this.#now) {
      // Another process is ahead of this one's clock.
      this.#time.observe(row.changed_at)
      this.#now = this.#time.now()
    }
    const draft: BucketDraft = {
      at,
      row,
      config,
      revisionBefore: row.revision,
      unwritten: 'nothing',
      isRemoved: false,
      events: [],
      revisions: new BucketRevisions(this.lookUps, row),
      rowIds: new Map(),
      deferred: new DeferredPuts(),
    }
    const project = this.#drafts.get(at.project) ?? new Map<string, BucketDraft>()
    this.#drafts.set(at.project, project.set(at.bucket, draft))
    this.#touched.push(draft)
    return draft
  }

  #write({ row, unwritten, revisions }: BucketDraft): void {
    if (unwritten === 'nothing') return
    this.#keptMs = Math.max(this.#keptMs, row.changed_at)
    revisions.writeFigures()
    if (unwritten !== 'all') return
    const { config, oldest_resume, cleared_revision, cleared_at, published_since, id } = row
    const values = [config, oldest_resume, cleared_revision, cleared_at, published_since]
    this.lookUps.writeBucket.run(...values, id)
  }
}
