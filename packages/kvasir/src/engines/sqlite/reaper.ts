import { limits } from '../../codec/limits.ts'
import type { Clock } from '../../engine/clock.ts'
import type { Entry, EpochMs } from '../../engine/entry.ts'
import { planExpiries } from '../../engine/plan-commit.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { carryOut, commitView } from './carry-out.ts'
import type { Reading } from './reading.ts'
import { type EntryRow, type KeyedRow, keyOf, toEntry } from './sqlite-rows.ts'
import type { WriteQueue } from './write-queue.ts'
import type { BucketDraft, WriteTransaction } from './write-transaction.ts'

/** Rows that one step removes: few, so that it is no hindrance to anybody's write. */
const stepLength = 100
/** Steps that follow each other on the heels, for promptness; after them every one has a pause. */
const promptStepsMax = 10
const pauseMs = 10
const retryPauseMs = 1000

/**
 * Records expiries and frees what nobody can read any more, in small steps in the background.
 * Readers do not depend on it: what has expired is absent to them at once.
 */
export class Reaper {
  readonly #queue: WriteQueue
  readonly #reading: Reading
  readonly #clock: Clock
  /** Buckets of which old removal markers are being forgotten. */
  readonly #overfull = new Set<number>()
  #cancel: (() => void) | undefined
  #nextAt: EpochMs = Number.POSITIVE_INFINITY
  #isReaping = false
  #isStopped = false

  constructor(clock: Clock, { queue, reading }: { queue: WriteQueue; reading: Reading }) {
    this.#clock = clock
    this.#queue = queue
    this.#reading = reading
  }

  /** Sees to it that the reaper looks around at the given time, or earlier. */
  schedule(at: EpochMs): void {
    if (at >= this.#nextAt || this.#isReaping || this.#isStopped) return
    this.#cancel?.()
    this.#nextAt = at
    const delayMs = Math.max(0, at - this.#reading.time.now())
    this.#cancel = this.#clock.schedule(delayMs, () => this.#start())
  }

  /** Looks in the store when there will be something to do: other processes write, too. */
  scheduleFromStore(): void {
    this.schedule(nextDue(this.#reading))
  }

  /** Takes on a bucket that keeps more removal markers than it should. */
  forgetMarkersOf(bucketId: number): void {
    this.#overfull.add(bucketId)
    this.schedule(this.#reading.time.now())
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  #start(): void {
    this.#nextAt = Number.POSITIVE_INFINITY
    if (this.#isReaping || this.#isStopped) return
    this.#isReaping = true
    void this.#reap() // It handles its own failures.
  }

  async #reap(): Promise<void> {
    let next: EpochMs
    try {
      const isDone = await this.#reapPromptly()
      const now = this.#reading.time.now()
      next = isDone ? nextDue(this.#reading) : now + pauseMs
    } catch (error) {
      // A full or locked disk passes; a failed one stops all writing, and with it the reaper.
      if (this.#queue.failure || KvasirError.is(error, 'KV_CLOSED')) this.stop()
      next = this.#reading.time.now() + retryPauseMs
    }
    this.#isReaping = false
    this.schedule(next)
  }

  /** Answers whether nothing is left to do for now. */
  async #reapPromptly(): Promise<boolean> {
    for (let step = 0; step < promptStepsMax; step++) {
      if (this.#isStopped || !this.#hasWork()) return true
      await this.#queue.add((transaction) => this.#takeStep(transaction))
    }
    return !this.#hasWork()
  }

  #hasWork(): boolean {
    return this.#overfull.size > 0 || nextDue(this.#reading) <= this.#reading.time.now()
  }

  #takeStep(transaction: WriteTransaction): void {
    recordExpiries(transaction)
    for (const bucketId of this.#overfull) {
      const draft = transaction.findById(bucketId)
      if (!draft || !forgetMarkers(transaction, draft)) this.#overfull.delete(bucketId)
    }
    const { statements, now } = transaction
    statements.forgetAnswers.run(now, stepLength)
    statements.keepHighestTime.run(now)
  }
}

function nextDue({ statements }: Reading): EpochMs {
  const expiry = statements.nextExpiry.get() as { at: EpochMs | null }
  const answerEnd = statements.nextAnswerEnd.get() as { at: EpochMs | null }
  return Math.min(expiry.at ?? Number.POSITIVE_INFINITY, answerEnd.at ?? Number.POSITIVE_INFINITY)
}

function recordExpiries(transaction: WriteTransaction): void {
  const { statements, now } = transaction
  const rows = statements.expired.all(now, stepLength) as ExpiredRow[]
  const byBucket = new Map<number, Entry[]>()
  for (const { bucket_id: id, key, ...row } of rows) {
    const entries = byBucket.get(id) ?? []
    entries.push(toEntry(keyOf(key), row))
    byBucket.set(id, entries)
  }
  for (const [id, entries] of byBucket) {
    const draft = transaction.findById(id)
    if (draft) carryOut(transaction, draft, planExpiries(commitView(transaction, draft), entries))
  }
}

type ExpiredRow = KeyedRow & EntryRow & { readonly bucket_id: number }

/** Forgets some of the oldest markers; answers whether there are still too many. */
function forgetMarkers(transaction: WriteTransaction, draft: BucketDraft): boolean {
  const excess = draft.row.markers - limits.removalMarkersMax
  if (excess <= 0 || draft.config.history > 1) return false
  const { statements } = transaction
  const gone = statements.forgetMarkers.all(draft.row.id, Math.min(excess, stepLength)) as {
    revision: number
  }[]
  const oldest = gone.reduce((latest, { revision }) => Math.max(latest, revision), 0)
  const oldest_resume = Math.max(draft.row.oldest_resume, oldest)
  // Fewer than counted: a smaller history has dropped some since.
  const markers = gone.length === 0 ? 0 : draft.row.markers - gone.length
  transaction.change(draft, { markers, oldest_resume }, 'all')
  return markers > limits.removalMarkersMax
}
