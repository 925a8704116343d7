import { setMaxListeners } from 'node:events'
import { defaultBucket } from '../../engine/bucket-names.ts'
import type { OnValue } from '../../engine/call-options.ts'
import type {
  BucketChanges,
  BucketConfig,
  BucketQuery,
  BucketRef,
  CallOptions,
  Capabilities,
  CommitOptions,
  Engine,
  EngineFigures,
  HistoryQuery,
  ListQuery,
  ToldCommit,
  ToldCommitOptions,
  Watch,
  WatchQuery,
} from '../../engine/engine.ts'
import type { Revision } from '../../engine/entry.ts'
import type { Operation, Read, ReadResult } from '../../engine/operation.ts'
import { sizeOfValue, tellOfRead } from '../../engine/value-size.ts'
import { createBucket, deleteBucket, infoOf, purgeBucket, updateBucket } from './bucket-changes.ts'
import { commitOperations } from './commit-operations.ts'
import { type CoreSettings, settingsOf } from './core-settings.ts'
import { prepareDirectory } from './data-directory.ts'
import { answerAll, answerOne, entryAtOnce, isUnsynced, storedInfo } from './read-core.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import { type CoreLease, leaseCore } from './shared-cores.ts'
import { toBucketInfo } from './sqlite-bucket.ts'
import type { SqliteCore } from './sqlite-core.ts'
import type { SqliteEngineOptions } from './sqlite-engine-options.ts'
import { closed, fromSqlite, isBusy } from './sqlite-errors.ts'
import type { BucketRow } from './sqlite-rows.ts'
import { ToldWrite } from './told-write.ts'
import type { JobOptions } from './write-queue.ts'
import type { WriteTransaction } from './write-transaction.ts'

export type { SqliteEngineOptions } from './sqlite-engine-options.ts'

/**
 * Opens an engine that keeps its data in a directory, which is created if need be.
 *
 * Several processes may open one directory, and one process may open it several times.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION`, `KV_STORAGE_READ_ONLY`, `KV_CORRUPT`,
 * `KV_FORMAT_TOO_NEW`, `KV_DRIVER_MISSING`; `KV_INVALID_ARGUMENT` for `cacheBytes` out of range, and
 * when this process has the directory open with another durability.
 */
export async function openSqliteEngine(
  directory: string,
  options: SqliteEngineOptions = {},
): Promise<Engine> {
  const settings = await settingsOf(options)
  const lease = await leaseCore(await prepareDirectory(directory), settings)
  return new SqliteEngine(lease, { ...settings, onHealthChange: options.onHealthChange })
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

  async get(
    at: BucketRef,
    key: string,
    { revision, onValue }: CallOptions & { readonly revision?: Revision } = {},
  ) {
    if (revision === undefined) {
      const work = (core: SqliteCore) => tellOfRead(answerOne(core, at, { key }), onValue).entry
      return this.#read(work, (core) => isUnsynced(core, at, key))
    }
    const entry = await this.#read(({ registry, reading }) =>
      reading.snapshot(() => registry.current(at).getRevision(key, revision, reading.time.now())),
    )
    return tellOfRead({ ...(entry && { entry }) }, onValue).entry
  }

  getAtOnce(at: BucketRef, key: string) {
    return entryAtOnce(this.#core(), at, key)
  }

  async read(at: BucketRef, reads: readonly Read[], { onValue }: CallOptions = {}) {
    const results = await this.#answer(at, reads, onValue)
    const moving = this.#lease?.core.reading.mover.moving
    if (moving) await moving
    return results
  }

  #answer(
    at: BucketRef,
    reads: readonly Read[],
    onValue: OnValue | undefined,
  ): Promise<ReadResult[]> {
    const [first] = reads
    if (first && reads.length === 1) {
      const work = (core: SqliteCore) => [tellOfRead(answerOne(core, at, first), onValue)]
      return this.#read(work, (core) => isUnsynced(core, at, first.key))
    }
    return this.#read((core) => answerAll(core, at, { reads, onValue }))
  }

  async list(at: BucketRef, query: ListQuery, { onValue }: CallOptions = {}) {
    const page = await this.#read(({ registry, reading }) =>
      reading.snapshot(() => registry.current(at).list(query, reading.time.now())),
    )
    for (const { value } of page.entries) if (value) onValue?.(sizeOfValue(value))
    return page
  }

  async history(at: BucketRef, key: string, query: HistoryQuery = {}) {
    return this.#read(({ registry, reading }) =>
      reading.snapshot(() => registry.current(at).history(key, reading.time.now(), query)),
    )
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

  commit(
    at: BucketRef,
    operations: readonly Operation[],
    { idempotencyKey, durability, onValue }: CommitOptions = {},
  ) {
    return this.#write(
      (transaction) => commitOperations(transaction, at, { operations, idempotencyKey, onValue }),
      { weight: operations.length, durability },
    )
  }

  commitEach(commits: readonly ToldCommit[], options: ToldCommitOptions): void {
    const writes = commits.map((commit) => new ToldWrite(commit))
    if (this.#lease) this.#lease.core.queue.addEach(writes, options)
    else for (const write of writes) write.reject(closed())
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

  async #read<Result>(
    work: (core: SqliteCore) => Result,
    isConcerned = ({ reading }: SqliteCore) => reading.unsynced.isPending,
  ): Promise<Result> {
    const core = this.#core()
    let result: Result
    try {
      result = work(core)
    } catch (error) {
      if (!isBusy(error)) throw fromSqlite(error)
      result = await this.#retry(work)
    }
    const lasting = core.reading.whenLasting(isConcerned(core))
    if (lasting) await lasting
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
    options?: JobOptions,
  ): Promise<Result> {
    return this.#lease?.core.queue.add(work, options) ?? Promise.reject(closed())
  }
}
