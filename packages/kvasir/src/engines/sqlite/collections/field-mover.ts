import type { Entry, Revision } from '../../../engine/entry.ts'
import type { Read } from '../../../engine/operation.ts'
import { type EntryRow, keyBytes } from '../sqlite-rows.ts'
import type { WriteQueue } from '../write-queue.ts'
import type { WriteTransaction } from '../write-transaction.ts'
import { moveOut } from './commit-values.ts'

/** Reading a shorter record whole costs less than moving its fields. */
const recordLengthMin = 4096
const refusalsMax = 1000

/**
 * Moves the large fields of records out of their rows, in the background, once somebody asks about
 * the elements: the first answer takes reading all of the record, the following ones do not.
 */
export class FieldMover {
  readonly #queue: () => WriteQueue
  /** Records that are being looked at, or were found to have nothing that could be moved. */
  readonly #known = new Map<string, Revision>()

  constructor(queue: () => WriteQueue) {
    this.#queue = queue
  }

  /** Takes note of a read that had to go through all of a record. */
  consider(bucketId: number, { key, value, revision }: Entry, read: Read): void {
    if (!('peek' in read || 'has' in read)) return
    if (value.kind !== 'record' || value.data.length < recordLengthMin) return
    const place = `${bucketId} ${key}`
    if (this.#known.get(place) === revision) return
    if (this.#known.size >= refusalsMax) this.#known.clear()
    this.#known.set(place, revision)
    const moving = this.#queue().add((transaction) => move(transaction, { bucketId, key }))
    // Nobody waits for it, and nothing depends on it: a disk that is full says so to writers.
    moving.catch(() => this.#known.delete(place))
  }
}

function move(transaction: WriteTransaction, place: { bucketId: number; key: string }): void {
  const { statements, rows } = transaction
  const draft = transaction.findById(place.bucketId)
  if (draft?.config.history !== 1) return
  const row = statements.entry.get(place.bucketId, keyBytes(place.key)) as EntryRow | undefined
  if (row) moveOut({ statements, rows }, place, row)
}
