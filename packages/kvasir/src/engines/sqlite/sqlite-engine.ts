import { setMaxListeners } from 'node:events'
import { bucketNotFound } from '../../engine/bucket-config.ts'
import { defaultBucket } from '../../engine/bucket-names.ts'
import { systemClock } from '../../engine/clock.ts'
import type {
  BucketChanges,
  BucketConfig,
  BucketInfo,
  BucketQuery,
  BucketRef,
  CallOptions,
  Capabilities,
  CommitOptions,
  Engine,
  EngineFigures,
  HistoryQuery,
  ListQuery,
  Watch,
  WatchQuery,
} from '../../engine/engine.ts'
import type { Revision } from '../../engine/entry.ts'
import type { Operation, Read, ReadResult } from '../../engine/operation.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { createBucket, deleteBucket, infoOf, purgeBucket, updateBucket } from './bucket-changes.ts'
import { commitOperations } from './commit-operations.ts'
import { prepareDirectory } from './data-directory.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import { type CoreLease, leaseCore } from './shared-cores.ts'
import { toBucketInfo } from './sqlite-bucket.ts'
import type { CoreSettings, SqliteCore } from './sqlite-core.ts'
import { loadSqliteDriver } from './sqlite-driver.ts'
import type { SqliteEngineOptions } from './sqlite-engine-options.ts'
import { fromSqlite, isBusy } from './sqlite-errors.ts'
import type { BucketRow } from './sqlite-rows.ts'
import type { WriteTransaction } from './write-transaction.ts'

export type { SqliteEngineOptions } from './sqlite-engine-options.ts'

/**
 * Opens an engine that keeps its data in a directory, which is created if need be.
 *
 * Several processes may open one directory, and one process may open it several times.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION`, `KV_STORAGE_READ_ONLY`, `KV_CORRUPT`,
 * `KV_FORMAT_TOO_NEW`, `KV_DRIVER_MISSING`; `KV_INVALID_ARGUMENT` when this process has the
 * directory open with another durability.
 */
export async function openSqliteEngine(
  directory: string,
  options: SqliteEngineOptions = {},
): Promise<Engine> {
  const settings = {
    durability: options.durability ?? 'durable',
    clock: options.clock ?? systemClock,
    busyTimeoutMs: options.busyTimeoutMs ?? 10_000,
    driver: options.driver ?? (await loadSqliteDriver()),
    diskReserveBytes: options.diskReserveBytes,
    probeDisk: options.probeDisk,
    checkpointPages: options.checkpointPages,
    onHealthChange: options.onHealthChange,
  }
  const lease = await leaseCore(await prepareDirectory(directory), settings)
  return new SqliteEngine(lease, settings)
}

class SqliteEngine implements Engine {
  readonly capabilities: Capabilities

  /** Given up on closing, so that the connection's statements can be collected. */
  #lease: CoreLease | undefined
  readonly #busyTimeoutMs: number
  readonly #onHealthChange: SqliteEngineOptions['onHealthChange']
  readonly #ending = new AbortController()
  #closing: Promise<void> | undefined

  constructor(
    lease: CoreLease,
    settings: Pick<SqliteEngineOptions, 'onHealthChange'> &
      Pick<CoreSettings, 'durability' | 'busyTimeoutMs'>,
  ) {
    this.#lease = lease
    this.#busyTimeoutMs = settings.busyTimeoutMs
    this.#onHealthChange = settings.onHealthChange
    if (this.#onHealthChange) lease.core.health.listeners.add(this.#onHealthChange)
    // Every watch listens to it, and Node would take more than ten for a leak.
    setMaxListeners(0, this.#ending.signal)
    this.capabilities = {
      persistence: true,
      durability: settings.durability,
      readSnapshot: true,
      readLinearizable: true,
      replicasMax: 1,
    }
  }

  async get(at: BucketRef, key: string, { revision }: { revision?: Revision } = {}) {
    if (revision === undefined) {
      return this.#read((core) => answerOne(core, at, { key }).entry)
    }
    return this.#read(({ registry, reading }) =>
      reading.snapshot(() => registry.current(at).getRevision(key, revision, reading.time.now())),
    )
  }

  async read(at: BucketRef, reads: readonly Read[]) {
    const results = await this.#answer(at, reads)
    const moving = this.#lease?.core.reading.mover.moving
    if (moving) await moving
    return results
  }

  #answer(at: BucketRef, reads: readonly Read[]): Promise<ReadResult[]> {
    const [first] = reads
    if (first && reads.length === 1) return this.#read((core) => [answerOne(core, at, first)])
    return this.#read(({ registry, reading }) =>
      reading.snapshot(() => {
        const bucket = registry.current(at)
        const now = reading.time.now()
        return reads.map((read) => bucket.answer(read, now))
      }),
    )
  }

  async list(at: BucketRef, query: ListQuery) {
    return this.#read(({ registry, reading }) =>
      reading.snapshot(() => registry.current(at).list(query, reading.time.now())),
    )
  }

  async history(at: BucketRef, key: string, { limit }: HistoryQuery = {}) {
    const changes = await this.#read(({ registry, reading }) =>
      reading.snapshot(() => registry.current(at).history(key, reading.time.now())),
    )
    return limit === undefined ? changes : changes.slice(-limit)
  }

  watch(at: BucketRef, query: WatchQuery, { signal }: CallOptions = {}): Watch {
    const { registry, outside } = this.#core()
    const ending = this.#ending.signal
    try {
      const { feed } = registry.current(at)
      outside.start()
      return feed.watch(query, { signal: signal ? AbortSignal.any([signal, ending]) : ending })
    } catch (error) {
      throw fromSqlite(error)
    }
  }

  async commit(
    at: BucketRef,
    operations: readonly Operation[],
    { idempotencyKey }: CommitOptions = {},
  ) {
    return this.#write(
      (transaction) => commitOperations(transaction, at, { operations, idempotencyKey }),
      operations.length,
    )
  }

  async createBucket(at: BucketRef, config: BucketConfig) {
    const { reading } = this.#core()
    return this.#write((transaction) => createBucket(transaction, reading, { at, config }))
  }

  async getBucket(at: BucketRef) {
    const info = await this.#read((core) => storedInfo(core, at))
    if (info) return info
    const { reading } = this.#core()
    return this.#write((transaction) => infoOf(transaction.bucket(at), reading, transaction))
  }

  async updateBucket(at: BucketRef, changes: BucketChanges) {
    const { reading } = this.#core()
    return this.#write((transaction) => updateBucket(transaction, reading, { at, changes }))
  }

  async deleteBucket(at: BucketRef) {
    const { reading } = this.#core()
    return this.#write((transaction) => deleteBucket(transaction, reading, at))
  }

  async purgeBucket(at: BucketRef) {
    const { reading } = this.#core()
    return this.#write((transaction) => purgeBucket(transaction, reading, at))
  }

  async listBuckets(project: string, { after = '', limit, publishing }: BucketQuery) {
    await this.getBucket({ project, bucket: defaultBucket }) // It is there from the start.
    return this.#read(({ reading }) =>
      reading.snapshot((statements) => {
        const now = reading.time.now()
        const found = publishing ? statements.publishingBucketsAfter : statements.bucketsAfter
        const rows = found.all(project, after, limit + 1) as BucketRow[]
        const buckets = rows.slice(0, limit).map((row) => toBucketInfo(row, reading, now))
        return { buckets, hasMore: rows.length > limit }
      }),
    )
  }

  async listProjects({ after = '', limit }: { after?: string; limit: number }) {
    const rows = await this.#read(
      ({ reading }) =>
        reading.statements.projectsAfter.all(after, limit + 1) as { project: string }[],
    )
    const projects = rows.slice(0, limit).map(({ project }) => project)
    return { projects, hasMore: rows.length > limit }
  }

  async resolveProject(project: string) {
    return project
  }

  async health() {
    const { health, space } = this.#core()
    space.check()
    return health.present
  }

  figures(): EngineFigures {
    return { hotEntries: this.#core().reading.hot.figures }
  }

  close() {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose]() {
    return this.close()
  }

  async #close(): Promise<void> {
    const lease = this.#lease
    this.#lease = undefined
    await lease?.core.queue.whenIdle()
    this.#ending.abort()
    if (this.#onHealthChange) lease?.core.health.listeners.delete(this.#onHealthChange)
    await lease?.release()
  }

  #core(): SqliteCore {
    if (!this.#lease) throw closed()
    return this.#lease.core
  }

  async #read<Result>(work: (core: SqliteCore) => Result): Promise<Result> {
    const core = this.#core()
    let result: Result
    try {
      result = work(core)
    } catch (error) {
      if (!isBusy(error)) throw fromSqlite(error)
      result = await this.#retry(work)
    }
    const { kept } = core.reading
    if (kept.isOwed) await kept.settle()
    return result
  }

  async #retry<Result>(work: (core: SqliteCore) => Result): Promise<Result> {
    try {
      return await retryWhileBusy(() => work(this.#core()), this.#busyTimeoutMs)
    } catch (error) {
      const failure = fromSqlite(error)
      throw this.#lease?.core.explain(failure) ?? failure
    }
  }

  #write<Result>(
    work: (transaction: WriteTransaction) => Result,
    weight?: number,
  ): Promise<Result> {
    return this.#core().queue.add(work, weight)
  }
}

/** The way of most reads: one look-up, in the bucket as last known if that is still there. */
function answerOne({ registry, reading }: SqliteCore, at: BucketRef, read: Read): ReadResult {
  const now = reading.time.now()
  const answer = registry.known(at)?.answerIfStored(read, now)
  return answer ?? reading.snapshot(() => registry.current(at).answer(read, now))
}

function storedInfo({ registry, reading }: SqliteCore, at: BucketRef): BucketInfo | undefined {
  return reading.snapshot((statements) => {
    const row = statements.bucketByName.get(at.project, at.bucket) as BucketRow | undefined
    if (row) return toBucketInfo(row, reading, reading.time.now())
    if (registry.isFromStart(at)) return undefined
    throw bucketNotFound(at)
  })
}

function closed(): KvasirError {
  return new KvasirError('KV_CLOSED', 'The store has been closed. Open it again to go on.', {
    outcome: 'not-applied',
  })
}
