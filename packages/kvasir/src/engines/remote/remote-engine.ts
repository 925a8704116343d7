import { encodeCursor } from '../../codec/cursor.ts'
import type {
  BucketChanges,
  BucketConfig,
  BucketInfo,
  BucketQuery,
  BucketRef,
  CallOptions,
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
import { badAnswer } from '../../protocol/bad-answer.ts'
import { elementsOf } from '../../protocol/json-slices.ts'
import { openObject, readChange, readEntryHead } from '../../protocol/wire-entry.ts'
import { writeBatch } from '../../protocol/wire-operation.ts'
import { readReadResults, writeReads } from '../../protocol/wire-read.ts'
import { readResults } from '../../protocol/wire-result.ts'
import { type Answer, readJsonAnswer } from './answer.ts'
import { readBucketInfo, readProjectName } from './bucket-answer.ts'
import { toConflict } from './conflict-answer.ts'
import type { Connection } from './connection.ts'
import { readEntryAnswer } from './entry-answer.ts'
import { healthOf } from './health-answer.ts'
import type { RemoteEngineOptions } from './open-remote-engine.ts'
import { openStream } from './open-stream.ts'
import { remoteCapabilities } from './remote-capabilities.ts'
import { RemoteWatch } from './remote-watch.ts'
import { pathOf, ValueRequests } from './value-requests.ts'

export class RemoteEngine implements Engine {
  readonly capabilities = remoteCapabilities
  readonly #connection: Connection
  readonly #requests: ValueRequests
  readonly #options: RemoteEngineOptions
  readonly #watches = new Set<RemoteWatch>()
  #ownProject: Promise<string> | undefined

  constructor(connection: Connection, options: RemoteEngineOptions) {
    this.#connection = connection
    this.#requests = new ValueRequests(connection)
    this.#options = options
  }

  async get(
    at: BucketRef,
    key: string,
    { revision, signal }: CallOptions & { readonly revision?: Revision } = {},
  ): Promise<Entry | undefined> {
    const get = (envelope?: true): Promise<Answer | undefined> =>
      this.#requests.entry(at, { key, revision, envelope }, { signal })
    return readEntryAnswer(key, get)
  }

  async read(
    at: BucketRef,
    reads: readonly Read[],
    options?: CallOptions,
  ): Promise<readonly ReadResult[]> {
    const body = writeReads(at.bucket, reads)
    return readJsonAnswer(await this.#requests.read(at, body, options), readReadResults)
  }

  async list(at: BucketRef, query: ListQuery, { signal }: CallOptions = {}): Promise<ListPage> {
    const { limit, order, prefix, reverse, keysOnly } = query
    const parameters = {
      limit,
      order,
      prefix,
      reverse: reverse || undefined,
      values: keysOnly ? undefined : true,
      cursor: cursorOf(query),
    }
    const path = `${pathOf(at)}/keys`
    const answer = await this.#connection.send({
      at,
      method: 'GET',
      path,
      query: parameters,
      signal,
    })
    return readJsonAnswer(answer, (json) => {
      const page = openObject(json)
      return { entries: itemsOf(page).map(readEntryHead), hasMore: page.has('cursor') }
    })
  }

  async history(
    at: BucketRef,
    key: string,
    { limit, signal }: HistoryQuery = {},
  ): Promise<readonly Change[]> {
    const path = `${pathOf(at)}/history`
    const query = { key, limit }
    const answer = await this.#connection.send({ at, method: 'GET', path, query, signal })
    return readJsonAnswer(answer, (json) => itemsOf(openObject(json)).map(readChange))
  }

  watch(at: BucketRef, query: WatchQuery, { signal }: CallOptions = {}): Watch {
    const { reconnectMs, silenceMs } = this.#options
    const watch = new RemoteWatch(query, {
      connect: (parameters) =>
        openStream(this.#connection, {
          at,
          method: 'GET',
          path: `${pathOf(at)}/watch`,
          ...parameters,
        }),
      onClose: () => this.#watches.delete(watch),
      ...(signal && { signal }),
      ...(reconnectMs !== undefined && { reconnectMs }),
      ...(silenceMs !== undefined && { silenceMs }),
    })
    this.#watches.add(watch)
    return watch
  }

  async commit(
    at: BucketRef,
    operations: readonly Operation[],
    options?: CommitOptions,
  ): Promise<CommitResult> {
    const body = writeBatch(at.bucket, operations)
    await this.#watchesInPlace()
    try {
      const answer = await this.#requests.batch(at, body, options)
      return readJsonAnswer(answer, (json) => ({ ok: true, results: readResults(json) }))
    } catch (error) {
      const conflict = toConflict(error)
      if (conflict) return { ok: false, conflict }
      throw error
    }
  }

  async createBucket(at: BucketRef, config: BucketConfig, { signal }: CallOptions = {}) {
    const body = JSON.stringify(config)
    const request = { at, method: 'PUT', path: pathOf(at), body, signal } as const
    const answer = await this.#connection.send(request)
    return { created: answer.status === 201, info: readJsonAnswer(answer, readBucketInfo) }
  }

  async getBucket(at: BucketRef, { signal }: CallOptions = {}): Promise<BucketInfo> {
    const request = { at, method: 'GET', path: pathOf(at), signal } as const
    return readJsonAnswer(await this.#connection.send(request), readBucketInfo)
  }

  async updateBucket(
    at: BucketRef,
    changes: BucketChanges,
    { signal }: CallOptions = {},
  ): Promise<BucketInfo> {
    const body = JSON.stringify(changes)
    const request = { at, method: 'PATCH', path: pathOf(at), body, signal } as const
    return readJsonAnswer(await this.#connection.send(request), readBucketInfo)
  }

  async deleteBucket(at: BucketRef, { signal }: CallOptions = {}): Promise<BucketInfo> {
    await this.#watchesInPlace()
    const request = { at, method: 'DELETE', path: pathOf(at), signal } as const
    return readJsonAnswer(await this.#connection.send(request), readBucketInfo)
  }

  async purgeBucket(at: BucketRef, options?: CallOptions): Promise<BucketInfo> {
    await this.#watchesInPlace()
    return readJsonAnswer(await this.#requests.purge(at, options), readBucketInfo)
  }

  async listBuckets(
    project: string,
    { after, limit, publishing }: BucketQuery,
    { signal }: CallOptions = {},
  ) {
    const cursor = after === undefined ? undefined : encodeCursor({ key: after })
    const answer = await this.#connection.send({
      at: { project },
      method: 'GET',
      path: '/v1/buckets',
      query: { limit, cursor, publishing: publishing || undefined },
      signal,
    })
    return readJsonAnswer(answer, (json) => {
      const page = openObject(json)
      return { buckets: itemsOf(page).map(readBucketInfo), hasMore: page.has('cursor') }
    })
  }

  async listProjects(
    { after, limit }: { readonly after?: string; readonly limit: number },
    { signal }: CallOptions = {},
  ) {
    const cursor = after === undefined ? undefined : encodeCursor({ key: after })
    const query = { limit, cursor }
    const request = { at: anyProject, method: 'GET', path: '/v1/projects', query, signal } as const
    return readJsonAnswer(await this.#connection.send(request), (json) => {
      const page = openObject(json)
      return { projects: itemsOf(page).map(readProjectName), hasMore: page.has('cursor') }
    })
  }

  async resolveProject(project: string): Promise<string> {
    if (project !== anyProject.project) return project
    // A token stays what it is, so that one answer is good for all.
    this.#ownProject ??= this.#askForProject().catch((error: unknown) => {
      this.#ownProject = undefined
      throw error
    })
    return this.#ownProject
  }

  /** Asks once: whoever wants to know how the server is does not want to wait until it is well. */
  async health({ signal }: CallOptions = {}): Promise<Health> {
    try {
      const request = { at: anyProject, method: 'GET', path: '/readyz', signal } as const
      await (await openStream(this.#connection, request)).arrayBuffer()
      return { writable: true }
    } catch (error) {
      return healthOf(error)
    }
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#watches, (watch) => watch.close()))
    await this.#connection.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #askForProject(): Promise<string> {
    const request = { at: anyProject, method: 'GET', path: '/v1/project' } as const
    return readJsonAnswer(await this.#connection.send(request), readProjectName)
  }

  /** A watch begins at its call: what is written later, it sees, so its request goes first. */
  async #watchesInPlace(): Promise<void> {
    const opening = Array.from(this.#watches).filter(({ isOpening }) => isOpening)
    if (opening.length > 0) await Promise.allSettled(opening.map(({ ready }) => ready))
  }
}

/** What requests say that name no project: the token decides. */
const anyProject = { project: 'default' } as const

function cursorOf(query: ListQuery): string | undefined {
  if (query.after === undefined) return undefined
  return encodeCursor(query.order === 'key' ? { key: query.after } : { revision: query.after })
}

function itemsOf(page: ReadonlyMap<string, string>): string[] {
  const items = page.get('items')
  if (items === undefined) throw badAnswer('no items')
  return elementsOf(items)
}
