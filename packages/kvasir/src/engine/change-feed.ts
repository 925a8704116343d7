import { KvasirError } from '../errors/kvasir-error.ts'
import type { CallOptions, Watch, WatchEvent, WatchQuery } from './engine.ts'
import { changeKey, type Revision } from './entry.ts'
import { type EventChunk, type NumberedEvent, revisionOf } from './numbered-event.ts'
import { onAbort } from './on-abort.ts'
import { PassedOver } from './passed-over.ts'
import { RecentChanges } from './recent-changes.ts'

/** Where a feed finds what its short memory no longer holds. */
export interface StoredChanges {
  /** The bucket's present revision. */
  revision(): Revision
  /**
   * The last change of every key beyond a revision, ascending, the first of them; with `putsOnly`
   * only entries that exist. Entries of keys that `isWanted` says no to may lack their values.
   *
   * @throws {KvasirError} `KV_REVISION_GONE` when removals beyond `after` are no longer kept.
   */
  changesAfter(
    after: Revision,
    options: { putsOnly?: boolean; isWanted: (key: string) => boolean },
  ): EventChunk
  /** Settles when nothing can undo what `changesAfter` has told of, or left out. */
  whenLasting?(): Promise<unknown> | false
}

/**
 * The changes of one bucket on their way to its watchers.
 *
 * A feed remembers the newest changes. A watcher is no more than a revision that it has come to: it
 * takes what follows from the feed's memory, or from storage when it has fallen behind that, where
 * it is told of what it will not be given. So a slow reader costs nothing but its own time.
 */
export class ChangeFeed {
  readonly #stored: StoredChanges
  readonly #recent = new RecentChanges()
  readonly #sleepers = new Set<() => void>()
  #watching = 0
  /**
   * The bucket's revision, as long as nothing has happened since that this process has not heard
   * of: asking storage for each watcher would cost more than all else that a change costs it.
   */
  #revision: Revision | undefined
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
      this.#recent.clear()
      return
    }
    this.#recent.add(events, before)
    const last = events.at(-1)
    this.#wakeAt(last && revisionOf(last))
  }

  /** Has the watchers find in storage what is new: the values of some changes are not at hand. */
  publishUnread(): void {
    this.#recent.clear()
    this.wake()
  }

  /** Makes the watchers look whether there is anything new. */
  wake(): void {
    this.#wakeAt(undefined)
  }

  /** Wakes the watchers; `revision` is the bucket's, if it is known. */
  #wakeAt(revision: Revision | undefined): void {
    this.#revision = revision
    for (const wakeUp of this.#sleepers) wakeUp()
    this.#sleepers.clear()
  }

  /** Ends all watches: with an error where the bucket is gone, in peace where the store closes. */
  end(failure?: KvasirError): void {
    this.#failure = failure
    this.#isClosed = true
    this.wake()
  }

  watch(query: WatchQuery, { signal }: CallOptions = {}): Watch {
    const stop = new AbortController()
    const start = this.#stored.revision()
    this.#revision = start
    this.#watching++
    const forget = onAbort(signal, () => stop.abort())
    onAbort(stop.signal, () => {
      this.#watching--
      forget()
      this.wake()
    })
    let passed: Revision | undefined
    const pass = (revision: Revision): void => {
      passed = revision
    }
    const events = this.#run(query, { start, stopped: stop.signal, pass })
    const close = async (): Promise<void> => stop.abort()
    return {
      ready: Promise.resolve(),
      get passed() {
        return passed
      },
      close,
      [Symbol.asyncDispose]: close,
      [Symbol.asyncIterator]: () => iterate(events, () => stop.abort()),
    }
  }

  async *#run(
    query: WatchQuery,
    {
      start,
      stopped,
      pass,
    }: { start: Revision; stopped: AbortSignal; pass: (revision: Revision) => void },
  ): AsyncGenerator<WatchEvent> {
    // It may have begun where a power cut can still take the store back from.
    const lasting = this.#stored.whenLasting?.()
    if (lasting) await lasting
    if (stopped.aborted) return
    if (query.initial) yield* this.#initial(query, { start, stopped })
    const isWanted = (key: string): boolean => matchesKey(key, query)
    const passedOver = new PassedOver()
    let cursor = query.since ?? start
    while (!stopped.aborted && !this.#isClosed) {
      this.#revision ??= this.#stored.revision()
      const revision = this.#revision
      if (revision <= cursor) {
        passedOver.settle()
        pass(cursor)
        await this.#sleep()
        continue
      }
      const remembered = this.#recent.beyond(cursor)
      const chunk = remembered ?? this.#stored.changesAfter(cursor, { isWanted })
      const lasting = !remembered && this.#stored.whenLasting?.()
      if (lasting) await lasting
      for (const event of chunk.events) {
        const next = revisionOf(event)
        if (!remembered) passedOver.note(cursor, next)
        if (matches(event, query)) {
          const gap = passedOver.take(Math.max(revision, next - 1))
          if (gap) yield gap
          if (stopped.aborted) return
          yield event
        }
        cursor = next
        if (stopped.aborted) return
      }
      // Storage had no more: everything up to the revision seen before the look has been passed.
      if (!remembered && !chunk.hasMore) cursor = Math.max(cursor, revision)
    }
    if (this.#failure && !stopped.aborted) throw this.#failure
  }

  async *#initial(
    query: WatchQuery,
    { start, stopped }: { start: Revision; stopped: AbortSignal },
  ): AsyncGenerator<WatchEvent> {
    const isWanted = (key: string): boolean => matchesKey(key, query)
    let hasMore = true
    for (let cursor = 0; hasMore && cursor < start; ) {
      const chunk = this.#stored.changesAfter(cursor, { putsOnly: true, isWanted })
      const lasting = this.#stored.whenLasting?.()
      if (lasting) await lasting
      hasMore = chunk.hasMore
      for (const event of chunk.events) {
        cursor = revisionOf(event)
        if (cursor <= start && matches(event, query)) yield event
        if (stopped.aborted) return
      }
    }
    yield { kind: 'synced', revision: start }
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => this.#sleepers.add(resolve))
  }
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

/** The error of a watch that asks for removals which are no longer kept. */
export function revisionGone(after: Revision, oldest: Revision): KvasirError {
  return new KvasirError(
    'KV_REVISION_GONE',
    `Changes after revision ${after} are no longer kept in full; the oldest revision to resume from is ${oldest}. Read the present state anew (initial: true) and watch from there.`,
    { details: { after, oldest } },
  )
}
