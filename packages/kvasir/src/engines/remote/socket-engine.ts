import type {
  BucketConfig,
  BucketInfo,
  BucketQuery,
  BucketRef,
  CallOptions,
  Capabilities,
  CommitOptions,
  Engine,
  Health,
  HistoryQuery,
  ListPage,
  ListQuery,
  Watch,
  WatchQuery,
} from '../../engine/engine.ts'
import type { Change, Entry, Revision } from '../../engine/entry.ts'
import type { CommitResult, Operation, Read, ReadResult } from '../../engine/operation.ts'
import { CommitCall, GetCall, ReadCall } from './socket-calls.ts'
import type { SocketConnection } from './socket-connection.ts'
import { BucketCall, BucketsCall, HistoryCall, ListCall } from './socket-listings.ts'

/**
 * A remote engine whose reads and commits go over one lasting socket while there is one. Everything
 * else, and these too where there is none, goes by HTTP, which also repeats what was under way when
 * the socket was lost.
 */
export class SocketEngine implements Engine {
  readonly capabilities: Capabilities
  readonly #http: Engine
  readonly #socket: SocketConnection
  readonly #opening = new Set<Promise<void>>()
  readonly #newIdempotencyKey: () => string

  constructor(
    http: Engine,
    { socket, newIdempotencyKey }: { socket: SocketConnection; newIdempotencyKey: () => string },
  ) {
    this.capabilities = http.capabilities
    this.#http = http
    this.#socket = socket
    this.#newIdempotencyKey = newIdempotencyKey
  }

  get(
    at: BucketRef,
    key: string,
    options: CallOptions & { readonly revision?: Revision } = {},
  ): Promise<Entry | undefined> {
    if (!this.#takes(options)) return this.#http.get(at, key, options)
    return this.#socket.ask(new GetCall({ at, key, options }, this.#http))
  }

  read(
    at: BucketRef,
    reads: readonly Read[],
    options: CallOptions = {},
  ): Promise<readonly ReadResult[]> {
    const byHttp = (): Promise<readonly ReadResult[]> => this.#http.read(at, reads, options)
    if (!this.#takes(options)) return byHttp()
    return this.#socket.ask(new ReadCall({ at, reads }, byHttp))
  }

  commit(
    at: BucketRef,
    operations: readonly Operation[],
    options: CommitOptions = {},
  ): Promise<CommitResult> {
    // Frames have no place for a durability, which few calls name.
    const isForSocket = options.durability === undefined && this.#takes(options)
    if (!isForSocket) return this.#http.commit(at, operations, options)
    const { idempotencyKey = this.#newIdempotencyKey() } = options
    const call = new CommitCall({ at, operations, options, idempotencyKey }, this.#http)
    return this.#opening.size === 0 ? this.#socket.ask(call) : this.#askOnceOpen(call)
  }

  /** A watch begins at its call: what is written later, it sees, so its request goes first. */
  async #askOnceOpen(call: CommitCall): Promise<CommitResult> {
    await Promise.allSettled(this.#opening)
    return this.#socket.isReady() ? this.#socket.ask(call) : call.again()
  }

  watch(at: BucketRef, query: WatchQuery, options?: CallOptions): Watch {
    const watch = this.#http.watch(at, query, options)
    const opening = watch.ready.finally(() => this.#opening.delete(opening))
    // Whoever watches is told; here it only matters when the waiting is over.
    opening.catch(() => undefined)
    this.#opening.add(opening)
    return watch
  }

  list(at: BucketRef, query: ListQuery, options: CallOptions = {}): Promise<ListPage> {
    const byHttp = (): Promise<ListPage> => this.#http.list(at, query, options)
    return this.#takes(options) ? this.#socket.ask(new ListCall([at, query], byHttp)) : byHttp()
  }

  history(at: BucketRef, key: string, options: HistoryQuery = {}): Promise<readonly Change[]> {
    const byHttp = (): Promise<readonly Change[]> => this.#http.history(at, key, options)
    if (!this.#takes(options)) return byHttp()
    return this.#socket.ask(new HistoryCall([at, key, options], byHttp))
  }

  createBucket(at: BucketRef, config: BucketConfig, options?: CallOptions) {
    return this.#http.createBucket(at, config, options)
  }

  getBucket(at: BucketRef, options: CallOptions = {}): Promise<BucketInfo> {
    const byHttp = (): Promise<BucketInfo> => this.#http.getBucket(at, options)
    return this.#takes(options) ? this.#socket.ask(new BucketCall(at, byHttp)) : byHttp()
  }

  updateBucket(at: BucketRef, config: BucketConfig, options?: CallOptions): Promise<BucketInfo> {
    return this.#http.updateBucket(at, config, options)
  }

  deleteBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo> {
    return this.#http.deleteBucket(at, options)
  }

  purgeBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo> {
    return this.#http.purgeBucket(at, options)
  }

  listBuckets(project: string, query: BucketQuery, options: CallOptions = {}) {
    const byHttp = () => this.#http.listBuckets(project, query, options)
    if (!this.#takes(options)) return byHttp()
    return this.#socket.ask(new BucketsCall([project, query], byHttp))
  }

  listProjects(query: { readonly after?: string; readonly limit: number }, options?: CallOptions) {
    return this.#http.listProjects(query, options)
  }

  resolveProject(project: string, options?: CallOptions): Promise<string> {
    return this.#http.resolveProject(project, options)
  }

  health(options?: CallOptions): Promise<Health> {
    return this.#http.health(options)
  }

  async close(): Promise<void> {
    await this.#socket.close()
    await this.#http.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A call that may be aborted goes by HTTP, where the server learns of it. */
  #takes({ signal }: CallOptions): boolean {
    return signal === undefined && this.#socket.isReady()
  }
}
