import { limits } from '../codec/limits.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { CallOptions, Watch, WatchEvent, WatchQuery } from './engine.ts'
import { changeKey, changeRevision, type Revision } from './entry.ts'

/** A change that has a number: everything a watcher sees except `synced`. */
export type NumberedEvent = Exclude<WatchEvent, { kind: 'synced' }>

/** Where a feed finds what its short memory no longer holds. */
export interface StoredChanges {
  /** The bucket's present revision. */
  revision(): Revision
  /**
   * The last change of every key beyond a revision, ascending, at most `limit`; with `putsOnly`
   * only entries that exist. Entries of keys that `isWanted` says no to may lack their values.
   *
   * @throws {KvasirError} `KV_REVISION_GONE` when removals beyond `after` are no longer kept.
   */
  changesAfter(
    after: Revision,
    options: { limit: number; putsOnly?: boolean; isWanted: (key: string) => boolean },
  ): readonly NumberedEvent[]
}

const readChunkLength = 256

/**
 * The changes of one bucket on their way to its watchers.
 *
 * A feed remembers the newest changes. A watcher is no more than a revision that it has come to: it
 * takes what follows from the feed's memory, or from storage when it has fallen behind that. So a
 * slow reader costs nothing but its own time.
 */
export class ChangeFeed {
  readonly #stored: StoredChanges
  readonly #recent: NumberedEvent[] = []
  /** Beyond this revision `#recent` is complete. */
  #recentAfter: Revision = 0
  readonly #sleepers = new Set<() => void>()
  #watching = 0
  #failure: KvasirError | undefined
  #isClosed = false

  constructor(stored: StoredChanges) {
    this.#stored = stored
  }

  get isWatched(): boolean {
    return this.#watching > 0
  }

  /**
   * Takes in the changes of a commit, in order, and wakes the watchers. `before` is the bucket's
   * revision before them: a mirror has the numbers of its origin, with gaps.
   */
  publish(events: readonly NumberedEvent[], before: Revision): void {
    if (!this.isWatched) {
      this.#recent.length = 0
      return
    }
    const last = this.#recent.at(-1)
    // Another process wrote in between: what came before cannot be trusted to be complete.
    if (last && revisionOf(last) !== before) this.#recent.length = 0
    if (this.#recent.length === 0) this.#recentAfter = before
    for (const event of events) this.#recent.push(event)
    const excess = this.#recent.splice(0, this.#recent.length - limits.recentChangesMax).at(-1)
    if (excess) this.#recentAfter = revisionOf(excess)
    this.wake()
  }

  /** Has the watchers find in storage what is new: the values of some changes are not at hand. */
  publishUnread(): void {
    this.#recent.length = 0
    this.wake()
  }

  /** Makes the watchers look whether there is anything new. */
  wake(): void {
    for (const wakeUp of this.#sleepers) wakeUp()
    this.#sleepers.clear()
  }

  /** Ends all watches: with an error where the bucket is gone, in peace where the store closes. */
  end(failure?: KvasirError): void {
    this.#failure = failure
    this.#isClosed = true
    this.wake()
  }

  watch(query: WatchQuery, options: CallOptions = {}): Watch {
    const stop = new AbortController()
    const { signal } = options
    const onAbort = (): void => stop.abort()
    if (signal?.aborted) stop.abort()
    signal?.addEventListener('abort', onAbort, { once: true })
    stop.signal.addEventListener('abort', () => this.wake(), { once: true })
    const start = this.#stored.revision()
    this.#watching++
    const release = once(() => {
      this.#watching--
      signal?.removeEventListener('abort', onAbort)
    })
    stop.signal.addEventListener('abort', release, { once: true })
    if (stop.signal.aborted) release()

    const events = this.#run(query, { start, stopped: stop.signal })
    const close = async (): Promise<void> => stop.abort()
    return {
      ready: Promise.resolve(),
      close,
      [Symbol.asyncDispose]: close,
      [Symbol.asyncIterator]: () => iterate(events, () => stop.abort()),
    }
  }

  async *#run(
    query: WatchQuery,
    { start, stopped }: { start: Revision; stopped: AbortSignal },
  ): AsyncGenerator<WatchEvent> {
    const limit = readChunkLength
    const isWanted = (key: string): boolean => matchesKey(key, query)
    let cursor = query.initial ? 0 : (query.since ?? start)
    if (stopped.aborted) return
    if (query.initial) {
      for (;;) {
        const chunk = this.#stored.changesAfter(cursor, { limit, putsOnly: true, isWanted })
        if (chunk.length === 0) break
        for (const event of chunk) {
          cursor = revisionOf(event)
          if (cursor <= start && matches(event, query)) yield event
          if (stopped.aborted) return
        }
        if (cursor >= start) break
      }
      cursor = start
      yield { kind: 'synced', revision: start }
    }
    while (!stopped.aborted && !this.#isClosed) {
      const revision = this.#stored.revision()
      if (revision <= cursor) {
        await this.#sleep()
        continue
      }
      const remembered = this.#rememberedAfter(cursor)
      const chunk = remembered ?? this.#stored.changesAfter(cursor, { limit, isWanted })
      for (const event of chunk) {
        cursor = revisionOf(event)
        if (matches(event, query)) yield event
        if (stopped.aborted) return
      }
      // Storage had no more: everything up to the revision seen before the look has been passed.
      const isAll = !remembered && chunk.length < limit
      if (isAll) cursor = Math.max(cursor, revision)
    }
    if (this.#failure && !stopped.aborted) throw this.#failure
  }

  #rememberedAfter(cursor: Revision): readonly NumberedEvent[] | undefined {
    if (cursor < this.#recentAfter) return undefined
    const from = indexBeyond(this.#recent, cursor)
    const chunk = this.#recent.slice(from, from + readChunkLength)
    return chunk.length > 0 ? chunk : undefined
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => this.#sleepers.add(resolve))
  }
}

export function revisionOf(event: NumberedEvent): Revision {
  return event.kind === 'clear' ? event.revision : changeRevision(event)
}

/** Where the events beyond a revision begin; they are in the order of their revisions. */
function indexBeyond(events: readonly NumberedEvent[], revision: Revision): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const event = events[middle]
    if (event && revisionOf(event) <= revision) low = middle + 1
    else high = middle
  }
  return low
}

function matches(event: NumberedEvent, query: WatchQuery): boolean {
  return event.kind === 'clear' || matchesKey(changeKey(event), query)
}

function matchesKey(changed: string, { key, prefix }: WatchQuery): boolean {
  if (key !== undefined) return changed === key
  return prefix === undefined || changed.startsWith(prefix)
}

function iterate(events: AsyncGenerator<WatchEvent>, stop: () => void): AsyncIterator<WatchEvent> {
  return {
    next: () => events.next(),
    return: async () => {
      stop()
      return events.return(undefined)
    },
  }
}

function once(callback: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    callback()
  }
}

/** The error of a watch that asks for removals which are no longer kept. */
export function revisionGone(after: Revision, oldest: Revision): KvasirError {
  return new KvasirError(
    'KV_REVISION_GONE',
    `Changes after revision ${after} are no longer kept in full; the oldest revision to resume from is ${oldest}. Read the present state anew (initial: true) and watch from there.`,
    { details: { after, oldest } },
  )
}
