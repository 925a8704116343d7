/** The reads of more than single values that go over the socket. */
import type {
  BucketInfo,
  BucketQuery,
  BucketRef,
  HistoryQuery,
  ListPage,
  ListQuery,
} from '../../engine/engine.ts'
import type { Change } from '../../engine/entry.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import type { FrameWriter, SocketMessage } from '../../protocol/socket-frame.ts'
import { readChangeRows, readEntryRows } from '../../protocol/wire-rows.ts'
import { bucketInfoOf } from './bucket-answer.ts'
import { isPassing } from './failures.ts'
import { SocketCall } from './socket-call.ts'

/** A read that goes by HTTP where the socket does not answer it, and is repeated there. */
abstract class Listing<Result> extends SocketCall<Result> {
  readonly again: () => Promise<Result>

  constructor(again: () => Promise<Result>) {
    super()
    this.again = again
  }

  protected override refused(error: unknown): Promise<Result> {
    if (KvasirError.is(error) && isPassing(error)) return this.again()
    throw error
  }
}

export class ListCall extends Listing<ListPage> {
  readonly #at: BucketRef
  readonly #query: ListQuery

  constructor([at, query]: readonly [BucketRef, ListQuery], again: () => Promise<ListPage>) {
    super(again)
    this.#at = at
    this.#query = query
  }

  write(frame: FrameWriter, id: number): void {
    const { order, limit, keysOnly = false, reverse = false, prefix, after } = this.#query
    const { project, bucket } = this.#at
    frame.add([id, 'list'], [project, bucket, order, limit, !keysOnly, reverse, prefix, after])
  }

  protected read([, , , rows, hasMore]: SocketMessage, values: Uint8Array): ListPage {
    return { entries: readEntryRows(rows, values), hasMore: hasMore === true }
  }
}

export class HistoryCall extends Listing<readonly Change[]> {
  readonly #at: BucketRef
  readonly #key: string
  readonly #limit: number | undefined

  constructor(
    [at, key, { limit }]: readonly [BucketRef, string, HistoryQuery],
    again: () => Promise<readonly Change[]>,
  ) {
    super(again)
    this.#at = at
    this.#key = key
    this.#limit = limit
  }

  write(frame: FrameWriter, id: number): void {
    const { project, bucket } = this.#at
    frame.add([id, 'history'], [project, bucket, this.#key, this.#limit])
  }

  protected read([, , , rows]: SocketMessage, values: Uint8Array): readonly Change[] {
    return readChangeRows(rows, values)
  }
}

export class BucketCall extends Listing<BucketInfo> {
  readonly #at: BucketRef

  constructor(at: BucketRef, again: () => Promise<BucketInfo>) {
    super(again)
    this.#at = at
  }

  write(frame: FrameWriter, id: number): void {
    frame.add([id, 'bucket'], [this.#at.project, this.#at.bucket])
  }

  protected read([, , , info]: SocketMessage): BucketInfo {
    return bucketInfoOf(info)
  }
}

export interface BucketPage {
  readonly buckets: readonly BucketInfo[]
  readonly hasMore: boolean
}

export class BucketsCall extends Listing<BucketPage> {
  readonly #project: string
  readonly #query: BucketQuery

  constructor([project, query]: readonly [string, BucketQuery], again: () => Promise<BucketPage>) {
    super(again)
    this.#project = project
    this.#query = query
  }

  write(frame: FrameWriter, id: number): void {
    const { limit, after, publishing = false } = this.#query
    frame.add([id, 'buckets'], [this.#project, limit, publishing, after])
  }

  protected read([, , , buckets, hasMore]: SocketMessage): BucketPage {
    if (!Array.isArray(buckets)) throw new TypeError('The answer lacks the buckets.')
    return { buckets: buckets.map(bucketInfoOf), hasMore: hasMore === true }
  }
}
