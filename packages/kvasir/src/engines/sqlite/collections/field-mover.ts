import type { Entry, Revision } from '../../../engine/entry.ts'
import type { Read } from '../../../engine/operation.ts'
import { keepsWholeValues } from '../bucket-draft.ts'
import { type EntryRow, keyCell } from '../sqlite-rows.ts'
import type { WriteQueue } from '../write-queue.ts'
import type { WriteTransaction } from '../write-transaction.ts'
import { moveOut, storedEntry } from './commit-values.ts'

/** Reading a shorter record whole costs less than moving its fields. */
const recordLengthMin = 4096
const refusalsMax = 1000

/**
 * Moves the large fields of records out of their rows once somebody asks about the elements: the
 * first answer takes reading all of the record, the following ones do not.
 */
export class FieldMover {
  readonly #queue: () => WriteQueue
  /** Records that are being looked at, or were found to have nothing that could be moved. */
  readonly #known = new Map<string, Revision>()
  #moving: Promise<void> | undefined

  constructor(queue: () => WriteQueue) {
    this.#queue = queue
  }

  /**
   * Settles when nothing is being moved. Answers wait for it: a caller who asks again and again
   * without a pause would not let the writing come to its turn.
   */
  get moving(): Promise<void> | undefined {
    return this.#moving
  }

  /** Takes note of a read that had to go through all of a record. */
  consider(bucketId: number, { key, value, revision }: Entry, read: Read): void {
    if (!('peek' in read || 'has' in read)) return
    if (value.kind !== 'record' || value.data.length < recordLengthMin) return
    const place = `${bucketId} ${key}`
    if (this.#known.get(place) === revision) return
    if (this.#known.size >= refusalsMax) this.#known.clear()
    this.#known.set(place, revision)
    this.#moving = this.#move({ bucketId, key }).finally(() => {
      this.#moving = undefined
    })
  }

  async #move(place: Place): Promise<void> {
    try {
      await this.#queue().add((transaction) => move(transaction, place))
    } catch {
      // The answer is right without it. A disk that is full, say, tells those who want to write.
    }
  }
}

interface Place {
  readonly bucketId: number
  readonly key: string
}

function move(transaction: WriteTransaction, { bucketId, key }: Place): void {
  const { statements, rows } = transaction
  const draft = transaction.findById(bucketId)
  if (!draft || keepsWholeValues(draft)) return
  const row = statements.entry.get(bucketId, keyCell(key)) as EntryRow | undefined
  if (!row) return
  // Nothing is planned here that could come to nothing, so that there is nothing to prepare.
  const beforeWriting = (): void => undefined
  moveOut({ statements, rows }, storedEntry(key, row), { bucketId, beforeWriting })
}
