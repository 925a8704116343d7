/**
 * The port: what an engine does for Kvasir, and therefore what Kvasir promises on every engine.
 *
 * Callers are the checked front, which sees to it that arguments are well-formed and within
 * `limits`; engines see clean input. `kvasir/conformance` tests what is written here.
 */
import type { BucketChanges, BucketConfig, BucketInfo, BucketRef } from './bucket.ts'
import type { CallOptions, CommitOptions } from './call-options.ts'
import type { EngineFigures } from './engine-figures.ts'
import type { Change, Entry, EntryHead, EpochMs, Revision } from './entry.ts'
import type { Health } from './health.ts'
import type { CommitResult, Operation, Read, ReadResult } from './operation.ts'
import type { ToldCommit, ToldCommitOptions } from './told-commit.ts'

export type { BucketChanges, BucketConfig, BucketInfo, BucketRef } from './bucket.ts'
export type { CallOptions, CommitOptions } from './call-options.ts'
export type { EngineFigures } from './engine-figures.ts'
export type { Health } from './health.ts'
export type { ToldCommit, ToldCommitOptions } from './told-commit.ts'

/**
 * What an engine can do beyond the contract, as data. Behaviour is chosen by these and never by an
 * engine's name.
 */
export interface Capabilities {
  /** Whether data outlives the process that wrote it. */
  readonly persistence: boolean
  /**
   * When a write is acknowledged: once it outlives a power cut (`'durable'`), once it outlives the
   * process (`'relaxed'`), or with no such promise (`'none'`). `'remote'`: as the server is set.
   */
  readonly durability: 'durable' | 'relaxed' | 'none' | 'remote'
  /** Whether one `read` of many keys sees them all at one instant. */
  readonly readSnapshot: boolean
  /**
   * Whether a read sees every write acknowledged before it began, whoever made it. Without it, a
   * read may be stale while the engine is cut off from its peers.
   */
  readonly readLinearizable: boolean
  /** The most copies that a bucket may ask for. */
  readonly replicasMax: number
}

/** Which entries to list, and in which order. */
export type ListQuery = {
  readonly limit: number
  /** Leaves values out, which costs less to read and to send. */
  readonly keysOnly?: boolean
  /** Ends the page before its values take more, in bytes or characters; one may be more. */
  readonly sizeMax?: number
} & (
  | {
      /** Keys in the order of their UTF-8 bytes. */
      readonly order: 'key'
      readonly prefix?: string
      /** Starts beyond this key, in the listing's direction. */
      readonly after?: string
      readonly reverse?: boolean
    }
  | {
      /** Entries in the order of their last change, oldest first. */
      readonly order: 'revision'
      readonly prefix?: string
      /** Starts beyond this revision, in the listing's direction. */
      readonly after?: Revision
      readonly reverse?: boolean
    }
)

export interface ListPage {
  /** At most `limit` entries; without values if the query asked for keys only. */
  readonly entries: readonly (EntryHead & Partial<Pick<Entry, 'value'>>)[]
  /** Whether anything may follow. `false` is certain. */
  readonly hasMore: boolean
}

/** Which buckets to list. */
export interface BucketQuery {
  readonly limit: number
  /** Starts beyond this name. */
  readonly after?: string
  /** Lists only buckets with `republish`, which costs nothing for the others. */
  readonly publishing?: boolean
}

/** Which changes to watch. With neither `key` nor `prefix`: all of the bucket. */
export interface WatchQuery {
  readonly key?: string
  readonly prefix?: string
  /**
   * Begins beyond this revision with what is kept of the past: the last change of every key since,
   * after a `gap` if that is not every change; and then everything new. One that the bucket has not
   * come to yet tells of nothing until it has. Absent: begins with the first change after the call.
   */
  readonly since?: Revision
  /** Begins with the entries that exist now, as puts, then says `synced`. Excludes `since`. */
  readonly initial?: true
}

/**
 * What a watcher sees: changes of keys; `clear`, when the bucket was purged as a whole; `synced`,
 * when all initial values have been delivered; `gap`, before it goes on with less than all changes.
 */
export type WatchEvent =
  | Change
  | { readonly kind: 'clear'; readonly revision: Revision; readonly at: EpochMs }
  | { readonly kind: 'synced'; readonly revision: Revision }
  | Gap

/**
 * The watcher is not given every change beyond `revision` and up to `to`: some had been replaced by
 * later changes of the same keys before it came to them. It goes on with the last change of each.
 * All changes up to `revision` have gone by, so that resuming from there tells the same again.
 */
export interface Gap {
  readonly kind: 'gap'
  readonly revision: Revision
  readonly to: Revision
}

/**
 * A running watch. Iterate it once; leaving the loop, `close()` or an aborted signal ends it.
 *
 * Events come in the order of their revisions, none twice. A reader that falls behind is given the
 * last change of each key instead of every one, and is told by a `gap` before them; a reader so
 * late that removals it has not seen are no longer kept is ended with `KV_REVISION_GONE`. A reader
 * that was told neither has seen every change.
 *
 * A watch of some keys may be told of a gap in which only others changed, and a watch of a mirror
 * of one that is none: a mirror lacks numbers of its origin by nature.
 */
export interface Watch extends AsyncIterable<WatchEvent>, AsyncDisposable {
  /** Settles once the watch is in place: what is committed later will be seen. */
  readonly ready: Promise<void>
  /**
   * A revision to resume from in place of that of the last event: what is beyond that, and not
   * beyond this, was not asked for. The engine may not know one.
   */
  readonly passed?: Revision | undefined
  close(): Promise<void>
}

/** What happened to a key, oldest first; removals are part of it. */
export interface HistoryQuery extends CallOptions {
  /** The newest so many; default: all that is kept. */
  readonly limit?: number
}

/**
 * A store's engine.
 *
 * Time belongs to it: an entry whose `expiresAt` has come is absent for every method, to the
 * millisecond, whether its space has been freed or not. An expiry becomes a change of its own, with
 * a revision, when the engine records it. The engine's clock never runs backwards, over restarts
 * included.
 *
 * Methods on a bucket that does not exist reject with `KV_BUCKET_NOT_FOUND`, with two exceptions:
 * the bucket `default` of every project with its companions `default.settings` and
 * `default.secrets`, and the lock space `<bucket>.locks` of a bucket that exists, are there from
 * the start. After `close` everything rejects with `KV_CLOSED`.
 */
export interface Engine extends AsyncDisposable {
  readonly capabilities: Capabilities

  /**
   * The entry of a key, or `undefined` when it is absent.
   *
   * With `revision`: the entry as it was at that revision, or `undefined` when that revision is not
   * a kept value of this key. A past value is readable until it would have expired.
   */
  get(
    at: BucketRef,
    key: string,
    options?: CallOptions & { readonly revision?: Revision },
  ): Promise<Entry | undefined>

  /**
   * As `get`, where that takes no waiting, with no promise to pay for; `null`: there is none.
   * `undefined`: ask `get`, which may know better.
   */
  getAtOnce?(at: BucketRef, key: string): Entry | null | undefined

  /**
   * Answers questions about several keys, in their order; at one instant if
   * `capabilities.readSnapshot`.
   *
   * @throws {KvasirError} `KV_WRONG_TYPE` when a question about fields, lists or sets meets a value
   * that does not have them. A field that is no list reads as missing to `peek`.
   */
  read(at: BucketRef, reads: readonly Read[], options?: CallOptions): Promise<readonly ReadResult[]>

  /** One page of the entries that exist at the moment it is read. */
  list(at: BucketRef, query: ListQuery, options?: CallOptions): Promise<ListPage>

  /** The kept changes of a key, oldest first; empty when nothing is known of it. */
  history(at: BucketRef, key: string, options?: HistoryQuery): Promise<readonly Change[]>

  /** Begins at the call: a change committed after it is seen even if iterating starts later. */
  watch(at: BucketRef, query: WatchQuery, options?: CallOptions): Watch

  /**
   * Applies all operations, in their order and each seeing those before it, or none: one atomic
   * step for every reader and writer, in this process and in others.
   *
   * Every operation that writes advances the bucket's revision by one. A condition that does not
   * hold makes the result `ok: false`. When the promise resolves, the writes are as durable as
   * the call's `durability` says, by default `capabilities.durability`.
   *
   * @throws {KvasirError} `KV_WRONG_TYPE` when an operation does not fit the value it meets;
   * `KV_TOO_LARGE` and `KV_QUOTA_EXCEEDED` at the bucket's limits; `KV_IDEMPOTENCY_MISMATCH`;
   * `KV_STORAGE_FULL`, `KV_STORAGE_FAILED`; `KV_READ_ONLY` for a mirror. `outcome` tells whether
   * anything can have been applied.
   */
  commit(
    at: BucketRef,
    operations: readonly Operation[],
    options?: CommitOptions,
  ): Promise<CommitResult>

  /** As `commit` for each of them, in their order. One that fails leaves the others as they are. */
  commitEach?(commits: readonly ToldCommit[], options: ToldCommitOptions): void

  /**
   * Creates a bucket. One that exists with the same configuration is left as it is
   * (`created: false`). One with `mirror` or `sources` begins with what these hold; copies are made
   * in the same atomic step as what they copy.
   *
   * @throws {KvasirError} `KV_BUCKET_EXISTS` when it exists with another configuration;
   * `KV_BUCKET_NOT_FOUND` when an origin does not exist; `KV_INVALID_ARGUMENT` when buckets would
   * copy each other in a circle.
   */
  createBucket(
    at: BucketRef,
    config: BucketConfig,
    options?: CallOptions,
  ): Promise<{ readonly created: boolean; readonly info: BucketInfo }>

  getBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo>

  /**
   * Changes settings in one atomic step: what several callers change at once is all changed. A
   * shorter `ttlMs` holds for the values already there; a smaller `history` drops the older
   * revisions at once.
   *
   * @throws {KvasirError} `KV_CONFLICT` when `bytesMax` is under what the bucket holds;
   * `KV_INVALID_ARGUMENT` when `mirror`, `sources` or `storage` are not those that the bucket has,
   * or for limits that are not for a bucket which copies others.
   */
  updateBucket(at: BucketRef, changes: BucketChanges, options?: CallOptions): Promise<BucketInfo>

  /**
   * Removes a bucket and all it holds; its lock space is emptied. Answers what it was. What others
   * received from it as a source stays with them.
   *
   * @throws {KvasirError} `KV_CONFLICT` when it has mirrors.
   */
  deleteBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo>

  /**
   * Removes every key and all history of a bucket in one step that takes one revision, and empties
   * its lock space with it. Answers what it held. Its mirrors are emptied in the same step.
   *
   * @throws {KvasirError} `KV_READ_ONLY` when it is a mirror.
   */
  purgeBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo>

  /** The project's buckets by name, `default` among them; hidden companions are not listed. */
  listBuckets(
    project: string,
    query: BucketQuery,
    options?: CallOptions,
  ): Promise<{ readonly buckets: readonly BucketInfo[]; readonly hasMore: boolean }>

  /**
   * The names of the projects in which anything was ever stored or a bucket created, in the order
   * of their bytes. Hidden ones are not listed.
   */
  listProjects(
    query: { readonly after?: string; readonly limit: number },
    options?: CallOptions,
  ): Promise<{ readonly projects: readonly string[]; readonly hasMore: boolean }>

  /**
   * The name that a project goes by where the data is. Other than what callers call it only behind
   * a server, where `default` is whatever project the token is for.
   */
  resolveProject(project: string, options?: CallOptions): Promise<string>

  /**
   * Whether writes are taken. A full disk makes it `false` until there is space again, a failed one
   * until the store is opened anew; reads are answered all the while.
   */
  health(options?: CallOptions): Promise<Health>

  /** What the engine has counted, if it counts anything. */
  figures?(): EngineFigures | undefined

  /** Lets what is under way finish, ends watches, and frees everything. May be called again. */
  close(): Promise<void>
}
