import { ChangeFeed, revisionGone, type StoredChanges } from '../../engine/change-feed.ts'
import type {
  BucketInfo,
  BucketRef,
  HistoryQuery,
  ListPage,
  ListQuery,
} from '../../engine/engine.ts'
import {
  type Change,
  changeRevision,
  type Entry,
  type EpochMs,
  entryOf,
  isExpired,
  type Revision,
} from '../../engine/entry.ts'
import {
  type EventChunk,
  firstChunk,
  type NumberedEvent,
  revisionOf,
} from '../../engine/numbered-event.ts'
import type { Read, ReadResult } from '../../engine/operation.ts'
import { readPart } from '../../engine/read-part.ts'
import { sizeOfValue } from '../../engine/value-size.ts'
import { readParts } from './collections/collection.ts'
import { readInParts } from './collections/read-in-parts.ts'
import { wholeEntry } from './collections/whole-entry.ts'
import { keptChanges } from './kept-changes.ts'
import type { Reading } from './reading.ts'
import { fromSqlite } from './sqlite-errors.ts'
import {
  type BucketRow,
  type EntryCells,
  type EntryRow,
  type ExpiryCells,
  type ExpiryRow,
  type KeyedRow,
  keyCell,
  keyOf,
  noEntry,
  type PastRow,
  partsKind,
  toChange,
  toConfig,
  toEntry,
  toEntryRow,
  toExpiryRow,
  toHead,
} from './sqlite-rows.ts'

/** The id of a bucket that is there from the start but has never been written. It has no rows. */
export const unwrittenId = 0

/**
 * One bucket as this process reads and watches it. A bucket that is deleted and created again is
 * another one, with another id.
 */
export class SqliteBucket {
  readonly at: BucketRef
  readonly feed: ChangeFeed
  readonly #reading: Reading
  #id: number

  constructor(at: BucketRef, id: number, reading: Reading) {
    this.at = at
    this.#id = id
    this.#reading = reading
    this.feed = new ChangeFeed({
      revision: () => named(() => this.#revision()),
      whenLasting: () => reading.whenLasting(),
      changesAfter: (after, options) => named(() => this.#changesAfter(after, options)),
    })
  }

  get id(): number {
    return this.#id
  }

  /** Takes the id that a bucket was given when it was first written. */
  adopt(id: number): void {
    this.#id = id
  }

  answer(read: Read, now: EpochMs): ReadResult {
    return this.answerIfStored(read, now) ?? readPart(undefined, read, now)
  }

  /** Answers in one look-up; `undefined` when the bucket is not stored, or not any more. */
  answerIfStored(read: Read, now: EpochMs): ReadResult | undefined {
    const isSole = this.#reading.isSole()
    const hot = isSole && this.#reading.hot.get(this.#id, read.key)
    if (hot && isAnsweredByEntry(read)) {
      return readPart(this.#isAlive(hot, now) ? hot : undefined, read, now)
    }
    if ('ttl' in read) {
      const row = this.#expiryOf(read.key, isSole)
      return row && this.#lifetimeOf(row, now)
    }
    const row = this.#rowOf(read.key, isSole)
    if (row?.kind === partsKind) return this.#answerInParts(row, read, { now, isSole })
    if (!row) return undefined
    if (!this.#isThere(row, now)) return readPart(undefined, read, now)
    const entry = toEntry(read.key, row)
    if (isSole) this.#reading.hot.offer(this.#id, entry)
    this.#reading.mover.consider(this.#id, entry, read)
    return readPart(entry, read, now)
  }

  /** `undefined` when the bucket is not stored, or not any more. */
  #rowOf(key: string, isSole: boolean): EntryRow | undefined {
    const { entryCells, entryOrBucket } = this.#reading.lookUps(isSole)
    // Nobody else can have removed the bucket, and what this process removes it does not ask.
    const isStored = isSole && this.#id !== unwrittenId
    const found = (isStored ? entryCells : entryOrBucket).get(this.#id, keyCell(key))
    if (found) return toEntryRow(found as EntryCells)
    return isStored ? noEntry : undefined
  }

  /** As `#rowOf`, without a value. */
  #expiryOf(key: string, isSole: boolean): ExpiryRow | undefined {
    const { expiryCells, expiryOrBucket } = this.#reading.lookUps(isSole)
    const isStored = isSole && this.#id !== unwrittenId
    const found = (isStored ? expiryCells : expiryOrBucket).get(this.#id, keyCell(key))
    if (found) return toExpiryRow(found as ExpiryCells)
    return isStored ? noEntry : undefined
  }

  #answerInParts(
    row: EntryRow,
    read: Read,
    { now, isSole }: { now: EpochMs; isSole: boolean },
  ): ReadResult | undefined {
    if (!this.#isThere(row, now)) return readPart(undefined, read, now)
    const { rows } = this.#reading
    const { rest, collections } = readParts(row)
    const entry = entryOf(toHead(read.key, row), rest)
    const answer = readInParts(rows, { entry, collections }, { read, now })
    // It took several look-ups, and another process may have written between them. Seeing that
    // none did costs less than a transaction around them. It may have taken longer than sole use is
    // certain, too.
    if (isSole && this.#reading.isSole()) return answer
    if (this.#revisionOf(read.key) === row.revision) return answer
    return this.#reading.snapshot(() => this.answerIfStored(read, now))
  }

  #revisionOf(key: string): Revision | undefined {
    const cells = this.#reading.lookUps(false).revisionCells.get(this.#id, keyCell(key))
    return (cells as readonly [Revision] | undefined)?.[0]
  }

  getRevision(key: string, revision: Revision, now: EpochMs): Entry | undefined {
    for (const change of keptChanges(this.#reading, this.#id, key)) {
      if (changeRevision(change) !== revision) continue
      return change.kind === 'put' && this.#isAlive(change.entry, now) ? change.entry : undefined
    }
    return undefined
  }

  history(key: string, now: EpochMs, { limit = Infinity, onValue }: HistoryQuery): Change[] {
    const changes: Change[] = []
    for (const change of keptChanges(this.#reading, this.#id, key)) {
      if (change.kind === 'put' && !this.#isAlive(change.entry, now)) continue
      if (change.kind === 'put') onValue?.(sizeOfValue(change.entry.value))
      if (changes.push(change) >= limit) break
    }
    return changes.reverse()
  }

  list(query: ListQuery, now: EpochMs): ListPage {
    this.#reading.kept.leaveOutAllBy(now)
    return this.#reading.lister.list(this.#id, query, now)
  }

  /** Revision 0 stands for a bucket that has no such entry. */
  #isThere({ revision, expires_at }: ExpiryRow, now: EpochMs): boolean {
    if (revision > 0 && (expires_at === null || expires_at > now)) return true
    this.#reading.kept.leaveOut(expires_at)
    return false
  }

  #isAlive(entry: Entry, now: EpochMs): boolean {
    if (!isExpired(entry, now)) return true
    this.#reading.kept.leaveOut(entry.expiresAt)
    return false
  }

  /** What `readPart` would answer, without the value that nobody asked for. */
  #lifetimeOf(row: ExpiryRow, now: EpochMs): ReadResult {
    if (!this.#isThere(row, now)) return {}
    return { ttlMs: row.expires_at === null ? null : row.expires_at - now }
  }

  #revision(): Revision {
    const { statements } = this.#reading
    if (this.#id === unwrittenId) {
      const found = statements.bucketId.get(this.at.project, this.at.bucket)
      if (found) this.adopt((found as BucketRow).id)
    }
    const row = statements.bucketRevision.get(this.#id) as BucketRow | undefined
    return row?.revision ?? 0
  }

  #changesAfter(
    after: Revision,
    { putsOnly, isWanted }: Parameters<StoredChanges['changesAfter']>[1],
  ): EventChunk {
    const toPut = (row: unknown): NumberedEvent => this.#toPut(row as EntryChangeRow, isWanted)
    return this.#reading.snapshot((statements) => {
      if (putsOnly) {
        const now = this.#reading.time.now()
        this.#reading.kept.leaveOutAllBy(now)
        return firstChunk(mapped(statements.liveEntriesAfter.iterate(this.#id, after, now), toPut))
      }
      const bucket = statements.bucketById.get(this.#id) as BucketRow | undefined
      if (!bucket) return { events: [], hasMore: false }
      const { oldest_resume: oldest, cleared_revision: cleared } = bucket
      // Whatever was forgotten before everything was removed is removed with the rest.
      if (after < oldest && (cleared ?? 0) < oldest) throw revisionGone(after, oldest)
      const clear = clearAfter(bucket, after)
      const entries = firstChunk(mapped(statements.entriesAfter.iterate(this.#id, after), toPut))
      const removals = firstChunk(
        mapped(statements.removalsAfter.iterate(this.#id, after), toRemoval),
      )
      return merged([entries, removals, { events: clear ? [clear] : [], hasMore: false }])
    })
  }

  /** Nobody looks at the value of an entry that is not wanted, and it may be large. */
  #toPut(
    { key: bytes, ...row }: EntryChangeRow,
    isWanted: (key: string) => boolean,
  ): NumberedEvent {
    const key = keyOf(bytes)
    if (isWanted(key)) return { kind: 'put', entry: wholeEntry(this.#reading.rows, key, row) }
    return { kind: 'put', entry: { ...toHead(key, row), value: noValue } }
  }
}

type EntryChangeRow = KeyedRow & EntryRow

const noValue = { kind: 'text', data: '' } as const

/** Whether a remembered entry is all that it takes; a large record may lie apart by now. */
function isAnsweredByEntry(read: Read): boolean {
  return !('fields' in read || 'peek' in read || 'has' in read)
}

/** What `getBucket` says of a bucket's row. */
export function toBucketInfo(row: BucketRow, reading: Reading, now: EpochMs): BucketInfo {
  const { statements, kept } = reading
  const expired = statements.expiredFigures.get(now, row.id) as { keys: number; bytes: number }
  if (expired.keys > 0) kept.leaveOutAllBy(now)
  return {
    name: row.name,
    config: toConfig(row),
    createdAt: row.created_at,
    revision: row.revision,
    keys: row.keys - expired.keys,
    bytes: row.bytes - expired.bytes,
    ...(row.published_since !== null && { publishedSince: row.published_since }),
  }
}

/** For watchers, who get the errors of their reads directly. */
function named<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw fromSqlite(error)
  }
}

function clearAfter(row: BucketRow, after: Revision): NumberedEvent | undefined {
  const { cleared_revision: revision, cleared_at: at } = row
  if (revision === null || at === null || revision <= after) return undefined
  return { kind: 'clear', revision, at }
}

/** The events of all chunks up to where the first of them ends that goes on. */
function merged(chunks: readonly EventChunk[]): EventChunk {
  const ends = chunks.flatMap(({ events, hasMore }) => (hasMore ? events.slice(-1) : []))
  const last = Math.min(...ends.map(revisionOf))
  const events = chunks
    .flatMap((chunk) => chunk.events)
    .filter((event) => revisionOf(event) <= last)
    .sort((left, right) => revisionOf(left) - revisionOf(right))
  return { events, hasMore: ends.length > 0 }
}

function* mapped<From, To>(items: Iterable<From>, turn: (item: From) => To): Generator<To> {
  for (const item of items) yield turn(item)
}

function toRemoval(row: unknown): NumberedEvent {
  const keyed = row as KeyedRow & PastRow
  return toChange(keyOf(keyed.key), keyed)
}
