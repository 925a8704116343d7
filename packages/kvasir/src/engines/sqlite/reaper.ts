import type { Clock } from '../../engine/clock.ts'
import type { EpochMs } from '../../engine/entry.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import type { BucketDraft } from './bucket-draft.ts'
import { type ExpiredCells, recordExpiries } from './carry-out.ts'
import type { Reading } from './reading.ts'
import type { SqliteStatements } from './sqlite-statements.ts'
import type { StaleRevisions } from './stale-revisions.ts'
import type { WriteQueue } from './write-queue.ts'
import type { WriteTransaction } from './write-transaction.ts'

/** Expiries that one step records at most, in parts, of which none begins when time is up. */
const expiriesMax = 100
const expiriesOfPart = 15
/** Time for these parts; on slow disks, where it makes no difference, half of what commits take. */
const recordingMsMin = 0.25
/** How quickly the reaper learns what commits take. */
const learningMs = 0.1
/** Steps, and commits of others, that may wait for a sync before the reaper waits as well. */
const unsyncedMax = 100
/** Rows of other tables that one step removes. */
const stepLength = 50
const pauseMs = 1
/**
 * Elements of large fields that one step removes, and the pause before the next such step. Nobody
 * waits for their space, and there may be very many: a twentieth of the time has to do.
 */
const elementsFreedAtOnce = 500
const freeingPauseMs = 20
const retryPauseMs = 1000

/**
 * Records expiries and frees what nobody can read any more, in small steps in the background.
 * Readers do not depend on it: what has expired is absent to them at once.
 */
export class Reaper {
  readonly #queue: WriteQueue
  readonly #reading: Reading
  readonly #clock: Clock
  readonly #stale: StaleRevisions
  /** Buckets of which old removal markers are being forgotten. */
  readonly #overfull = new Set<number>()
  #cancel: (() => void) | undefined
  #nextAt: EpochMs = Number.POSITIVE_INFINITY
  #isReaping = false
  #isStopped = false
  /** What a commit takes as a rule. */
  #commitMs = 0
  #recording: Promise<void> | undefined

  constructor(
    clock: Clock,
    { queue, reading, stale }: { queue: WriteQueue; reading: Reading; stale: StaleRevisions },
  ) {
    this.#clock = clock
    this.#queue = queue
    this.#reading = reading
    this.#stale = stale
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
    this.schedule(this.#hasWork() ? this.#reading.time.now() : nextDue(this.#reading))
  }

  /** Looks around at once: timers do not know that time has leapt. */
  wake(): void {
    this.#cancel?.()
    this.#nextAt = Number.POSITIVE_INFINITY
    this.schedule(0)
  }

  /**
   * Records what has expired, the first of it, and the time by which it has: settles when that is
   * written, or cannot be.
   */
  recordNow(): Promise<void> {
    this.#recording ??= this.#record()
    return this.#recording
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

  async #record(): Promise<void> {
    try {
      await this.#queue.add((transaction) => {
        this.#recording = undefined // Whoever reads from now on may need a later time.
        this.#takeStep(transaction)
      })
      this.scheduleFromStore()
    } catch {
      // The store's health has been told: the disk is full, has failed or is locked for long.
      // Reads go on all the same.
    }
    this.#recording = undefined
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
      if (this.#hasWork()) await this.#step()
      next = this.#next()
    } catch (error) {
      // A full or locked disk passes; a failed one stops all writing, and with it the reaper.
      if (this.#queue.failure || KvasirError.is(error, 'KV_CLOSED')) this.stop()
      next = this.#reading.time.now() + retryPauseMs
    }
    this.#isReaping = false
    this.schedule(next)
  }

  async #step(): Promise<void> {
    const { unsynced } = this.#reading
    // On a disk that hangs, they would become more and more.
    if (unsynced.count >= unsyncedMax) await unsynced.settled()
    let tookMs = 0
    await this.#queue.add(
      (transaction) => {
        this.#takeStep(transaction)
        tookMs -= this.#clock.monotonicMs()
      },
      { durability: 'later' },
    )
    tookMs += this.#clock.monotonicMs()
    // Slowly: one commit that was held up says nothing of the next.
    const change = tookMs - this.#commitMs
    this.#commitMs += Math.max(-learningMs, Math.min(learningMs, change))
  }

  #hasWork(): boolean {
    return this.#isUrgent() || hasFreed(this.#reading)
  }

  #isUrgent(): boolean {
    if (this.#overfull.size > 0 || this.#stale.isDue) return true
    return nextDue(this.#reading) <= this.#reading.time.now()
  }

  /** When the next step is to be taken. */
  #next(): EpochMs {
    const now = this.#reading.time.now()
    if (this.#isUrgent()) return now + pauseMs
    const due = nextDue(this.#reading)
    return hasFreed(this.#reading) ? Math.min(due, now + freeingPauseMs) : due
  }

  #takeStep(transaction: WriteTransaction): void {
    const { statements, now } = transaction
    transaction.isReaping = true
    this.#recordSome(transaction)
    for (const bucketId of this.#overfull) {
      const draft = transaction.findById(bucketId)
      if (!draft || !forgetMarkers(transaction, draft)) this.#overfull.delete(bucketId)
    }
    this.#stale.removeSome(transaction)
    if (nextAnswerEnd(statements) <= now) statements.forgetAnswers.run(now, stepLength)
    const freed = statements.freedCollection.get() as { id: number } | undefined
    if (freed) transaction.rows.freeSome(freed.id, elementsFreedAtOnce)
    transaction.keepTime()
  }

  #recordSome(transaction: WriteTransaction): void {
    const { statements, now } = transaction
    const end = this.#clock.monotonicMs() + Math.max(recordingMsMin, this.#commitMs / 2)
    for (let most = expiriesMax; most > 0; most -= expiriesOfPart) {
      const length = Math.min(most, expiriesOfPart)
      const expired = statements.expired.all(now, length) as ExpiredCells[]
      recordExpiries(transaction, expired)
      if (expired.length < length || this.#clock.monotonicMs() > end) return
    }
  }
}

function hasFreed({ statements }: Reading): boolean {
  return statements.freedCollection.get() !== undefined
}

function nextDue({ statements }: Reading): EpochMs {
  const expiry = statements.nextExpiry.get() as { at: EpochMs | null }
  return Math.min(expiry.at ?? Number.POSITIVE_INFINITY, nextAnswerEnd(statements))
}

function nextAnswerEnd({ nextAnswerEnd }: Pick<SqliteStatements, 'nextAnswerEnd'>): EpochMs {
  const { at } = nextAnswerEnd.get() as { at: EpochMs | null }
  return at ?? Number.POSITIVE_INFINITY
}

/** Removes some of the markers that count no more; answers whether there may be others. */
function forgetMarkers({ statements }: WriteTransaction, { row }: BucketDraft): boolean {
  const removed = statements.forgetMarkers.run(row.id, row.oldest_resume, stepLength)
  return Number(removed.changes) === stepLength
}
