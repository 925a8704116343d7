import type {
  BucketChanges,
  BucketConfig,
  BucketQuery,
  BucketRef,
  CallOptions,
  CheckedEngine,
  CommitOptions,
  Engine,
  HistoryQuery,
  ListQuery,
  Operation,
  Read,
  WatchQuery,
} from 'kvasir/engine'
import type { AnswerShare } from './answer-budget.ts'

/** An engine as those see it who answer clients. */
export type ServedEngine = Engine & Pick<CheckedEngine, 'subscribe'>

/** An engine whose values are counted in the share of the answer that they are for. */
export class MeteredEngine implements ServedEngine {
  readonly #engine: ServedEngine
  readonly #share: AnswerShare

  constructor(engine: ServedEngine, share: AnswerShare) {
    this.#engine = engine
    this.#share = share
  }

  get capabilities() {
    return this.#engine.capabilities
  }

  get(at: BucketRef, key: string, options?: CallOptions & { readonly revision?: number }) {
    return this.#share.reading((onValue) => this.#engine.get(at, key, { ...options, onValue }))
  }

  read(at: BucketRef, reads: readonly Read[], options?: CallOptions) {
    return this.#share.reading((onValue) => this.#engine.read(at, reads, { ...options, onValue }))
  }

  list(at: BucketRef, query: ListQuery, options?: CallOptions) {
    return this.#share.reading((onValue) => this.#engine.list(at, query, { ...options, onValue }))
  }

  history(at: BucketRef, key: string, options?: HistoryQuery) {
    return this.#share.reading((onValue) => this.#engine.history(at, key, { ...options, onValue }))
  }

  commit(at: BucketRef, operations: readonly Operation[], options?: CommitOptions) {
    return this.#share.reading((onValue) =>
      this.#engine.commit(at, operations, { ...options, onValue }),
    )
  }

  watch(at: BucketRef, query: WatchQuery, options?: CallOptions) {
    return this.#engine.watch(at, query, options)
  }

  subscribe(...given: Parameters<ServedEngine['subscribe']>) {
    return this.#engine.subscribe(...given)
  }

  createBucket(at: BucketRef, config: BucketConfig, options?: CallOptions) {
    return this.#engine.createBucket(at, config, options)
  }

  getBucket(at: BucketRef, options?: CallOptions) {
    return this.#engine.getBucket(at, options)
  }

  updateBucket(at: BucketRef, changes: BucketChanges, options?: CallOptions) {
    return this.#engine.updateBucket(at, changes, options)
  }

  deleteBucket(at: BucketRef, options?: CallOptions) {
    return this.#engine.deleteBucket(at, options)
  }

  purgeBucket(at: BucketRef, options?: CallOptions) {
    return this.#engine.purgeBucket(at, options)
  }

  listBuckets(project: string, query: BucketQuery, options?: CallOptions) {
    return this.#engine.listBuckets(project, query, options)
  }

  listProjects(...given: Parameters<Engine['listProjects']>) {
    return this.#engine.listProjects(...given)
  }

  resolveProject(project: string, options?: CallOptions) {
    return this.#engine.resolveProject(project, options)
  }

  health(options?: CallOptions) {
    return this.#engine.health(options)
  }

  figures() {
    return this.#engine.figures?.()
  }

  close() {
    return this.#engine.close()
  }

  [Symbol.asyncDispose]() {
    return this.close()
  }
}
