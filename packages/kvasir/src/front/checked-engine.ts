import { limits } from '../codec/limits.ts'
import { withoutDefaults } from '../engine/bucket-config.ts'
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
  Health,
  HistoryQuery,
  ListPage,
  ListQuery,
  ToldCommit,
  ToldCommitOptions,
  Watch,
  WatchQuery,
} from '../engine/engine.ts'
import type { Change, Entry, Revision } from '../engine/entry.ts'
import type { CommitResult, Operation, Read, ReadResult } from '../engine/operation.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import { BucketRefCheck } from './bucket-ref-check.ts'
import { checkBucketChanges, checkBucketConfig } from './check-bucket-config.ts'
import { checkBucketName, checkProjectName } from './check-names.ts'
import { checkReads } from './check-operation.ts'
import { checkWatchQuery } from './check-watch-query.ts'
import { checkInteger, checkKey, checkPrefix, keyBytesMaxOf } from './checks.ts'
import { checkCommit, commitOneByOne, goodOf } from './commit-each.ts'
import { failedWatch } from './failed-watch.ts'
import { invalidArgument } from './invalid-argument.ts'
import type { Publication, Subscription } from './publication.ts'
import { storeClosed } from './store-closed.ts'
import { writePosition } from './subject-position.ts'
import { type SubscribeOptions, Subscriptions } from './subscriptions.ts'
import { aborted, untilAborted } from './until-aborted.ts'

/**
 * The door in front of an engine: lifecycle, arguments, limits and the translation of errors, once
 * for all engines. Everything that reaches an engine has come through here.
 */
export function createCheckedEngine(engine: Engine): CheckedEngine {
  return new CheckedEngine(engine)
}

function rethrow(error: unknown): never {
  throw KvasirError.from(error)
}

/** An engine behind its door, which also takes subscriptions. */
export class CheckedEngine implements Engine {
  readonly capabilities: Capabilities
  readonly #engine: Engine
  readonly #subscriptions = new Subscriptions(this)
  readonly #refs = new BucketRefCheck()
  #closing: Promise<void> | undefined

  constructor(engine: Engine) {
    this.#engine = engine
    this.capabilities = engine.capabilities
  }

  get(
    at: BucketRef,
    key: string,
    options?: CallOptions & { readonly revision?: Revision },
  ): Promise<Entry | undefined> {
    return this.#call(options, () => {
      this.#refs.check(at)
      checkKey(key, keyBytesMaxOf(at))
      if (options?.revision !== undefined) {
        checkInteger(options.revision, { name: 'revision', min: 1 })
      }
      return this.#engine.get(at, key, options)
    })
  }

  getAtOnce(at: BucketRef, key: string): Entry | null | undefined {
    if (!this.#engine.getAtOnce) return undefined
    try {
      this.#checkOpen(undefined)
      this.#refs.check(at)
      checkKey(key, keyBytesMaxOf(at))
      return this.#engine.getAtOnce(at, key)
    } catch (error) {
      throw KvasirError.from(error)
    }
  }

  read(at: BucketRef, reads: readonly Read[], options?: CallOptions) {
    return this.#call(options, (): Promise<readonly ReadResult[]> => {
      this.#refs.check(at)
      checkReads(at, reads)
      return this.#engine.read(at, reads, options)
    })
  }

  list(at: BucketRef, query: ListQuery, options?: CallOptions): Promise<ListPage> {
    return this.#call(options, () => {
      this.#refs.check(at)
      checkInteger(query.limit, { name: 'limit', min: 1, max: limits.pageLengthMax })
      checkPrefix(query.prefix)
      if (query.order === 'revision' && query.after !== undefined) {
        checkInteger(query.after, { name: 'after', min: 0 })
      }
      return this.#engine.list(at, query, options)
    })
  }

  history(at: BucketRef, key: string, options?: HistoryQuery): Promise<readonly Change[]> {
    return this.#call(options, () => {
      this.#refs.check(at)
      checkKey(key, keyBytesMaxOf(at))
      if (options?.limit !== undefined) checkInteger(options.limit, { name: 'limit', min: 1 })
      return this.#engine.history(at, key, options)
    })
  }

  watch(at: BucketRef, query: WatchQuery, options?: CallOptions): Watch {
    try {
      this.#checkOpen(options)
      this.#refs.check(at)
      checkWatchQuery(query)
      return this.#engine.watch(at, query, options)
    } catch (error) {
      return failedWatch(KvasirError.from(error))
    }
  }

  commit(at: BucketRef, operations: readonly Operation[], options?: CommitOptions) {
    return this.#call(options, (): Promise<CommitResult> => {
      this.#refs.check(at)
      checkCommit(at, operations, options)
      if (operations.length === 0) return this.#commitNothing(at, options)
      const { beginning } = this.#subscriptions
      const commit = () => this.#engine.commit(at, operations, options)
      return beginning ? beginning.then(commit) : commit()
    })
  }

  commitEach(commits: readonly ToldCommit[], options: ToldCommitOptions): void {
    const engine = this.#engine
    const isOrdinary = !this.#closing && !this.#subscriptions.beginning
    if (!engine.commitEach || !isOrdinary) commitOneByOne(this, commits)
    else engine.commitEach(goodOf(commits, this.#refs), options)
  }

  async #commitNothing(at: BucketRef, options?: CommitOptions): Promise<CommitResult> {
    await this.#engine.getBucket(at, options)
    return { ok: true, results: [] }
  }

  createBucket(at: BucketRef, config: BucketConfig, options?: CallOptions) {
    return this.#call(options, async () => {
      checkProjectName(at.project)
      checkBucketName(at.bucket)
      checkBucketConfig(config)
      const created = await this.#engine.createBucket(at, withoutDefaults(config), options)
      await this.#subscriptions.lookAgain()
      return created
    })
  }

  getBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo> {
    return this.#call(options, () => {
      this.#refs.check(at)
      return this.#engine.getBucket(at, options)
    })
  }

  updateBucket(at: BucketRef, changes: BucketChanges, options?: CallOptions): Promise<BucketInfo> {
    return this.#call(options, async () => {
      checkProjectName(at.project)
      checkBucketName(at.bucket)
      const checked = checkBucketChanges(changes)
      const updated = await this.#engine.updateBucket(at, checked, options)
      await this.#subscriptions.lookAgain()
      return updated
    })
  }

  deleteBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo> {
    return this.#call(options, () => {
      checkProjectName(at.project)
      checkBucketName(at.bucket)
      if (at.bucket === 'default') {
        throw invalidArgument('Bucket "default" is always there. Purge it to empty it.')
      }
      return this.#engine.deleteBucket(at, options)
    })
  }

  purgeBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo> {
    return this.#call(options, async () => {
      this.#refs.check(at)
      const { beginning } = this.#subscriptions
      if (beginning) await beginning
      return this.#engine.purgeBucket(at, options)
    })
  }

  listBuckets(project: string, query: BucketQuery, options?: CallOptions) {
    return this.#call(options, () => {
      checkProjectName(project)
      checkInteger(query.limit, { name: 'limit', min: 1, max: limits.pageLengthMax })
      return this.#engine.listBuckets(project, query, options)
    })
  }

  listProjects(query: { readonly after?: string; readonly limit: number }, options?: CallOptions) {
    return this.#call(options, () => {
      checkInteger(query.limit, { name: 'limit', min: 1, max: limits.pageLengthMax })
      return this.#engine.listProjects(query, options)
    })
  }

  resolveProject(project: string, options?: CallOptions): Promise<string> {
    return this.#call(options, () => {
      checkProjectName(project)
      return this.#engine.resolveProject(project, options)
    })
  }

  /**
   * Subscribes to the changes that buckets of a project publish under a subject, which may have
   * wildcards. Begins at the call.
   */
  subscribe(
    project: string,
    subject: string,
    options?: SubscribeOptions,
  ): Subscription<Publication> {
    try {
      this.#checkOpen(options)
      checkProjectName(project)
      return this.#subscriptions.open(project, subject, options)
    } catch (error) {
      return { ...failedWatch(KvasirError.from(error)), position: writePosition(new Map()) }
    }
  }

  health(options?: CallOptions): Promise<Health> {
    return this.#call(options, () => this.#engine.health(options))
  }

  figures(): EngineFigures | undefined {
    return this.#engine.figures?.()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.#subscriptions.close()
    await this.#engine.close()
  }

  #call<Result>(options: CallOptions | undefined, run: () => Promise<Result>): Promise<Result> {
    try {
      this.#checkOpen(options)
      const { signal } = options ?? {}
      return (signal ? untilAborted(run(), signal) : run()).then(undefined, rethrow)
    } catch (error) {
      return Promise.reject(KvasirError.from(error))
    }
  }

  #checkOpen(options: CallOptions | undefined): void {
    if (this.#closing) throw storeClosed()
    if (options?.signal?.aborted) throw aborted('not-applied')
  }
}
