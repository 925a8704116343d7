import type { Revision } from '../../engine/entry.ts'
import type { WriteTransaction } from './write-transaction.ts'

/** So many are removed together: the more, the more of them share a page. */
const rememberedMax = 16_384
/** So many that nobody remembers, after processes were killed, are worth going through all rows. */
const forgottenMax = 65_536
/** Rows that one step removes, or looks at. */
const stepRows = 250

/**
 * The rows of `revisions` that this process has made stale, and removes when there are many: one by
 * one, each would change a page of its own.
 */
export class StaleRevisions {
  readonly #remembered = new Map<number, Revision[]>()
  #count = 0
  /** What is being removed, bucket by bucket, in the order of the revisions. */
  #due: { readonly bucketId: number; readonly revisions: Revision[] }[] = []
  /** Buckets of which all rows are gone through, and how far that has come. */
  readonly #sweeps = new Map<number, Revision>()

  /** Whether there is something to be removed now. */
  get isDue(): boolean {
    return this.#due.length > 0 || this.#sweeps.size > 0
  }

  /** Takes in what a commit has left in a bucket that has so many stale rows by now. */
  add(bucketId: number, revisions: readonly Revision[], staleRows: number): void {
    const remembered = this.#remembered.get(bucketId) ?? []
    for (const revision of revisions) remembered.push(revision)
    if (remembered.length > 0) this.#remembered.set(bucketId, remembered)
    this.#count += revisions.length
    if (this.#count > rememberedMax) this.#turnToDue()
    const mayBeSwept = this.#due.length === 0 && !this.#sweeps.has(bucketId)
    if (mayBeSwept && staleRows - remembered.length > forgottenMax) this.#sweeps.set(bucketId, -1)
  }

  /** Removes some, within a transaction. */
  removeSome(transaction: WriteTransaction): void {
    const next = this.#due.at(-1)
    const [sweep] = this.#sweeps
    if (next) this.#removeDue(transaction, next)
    else if (sweep) this.#sweep(transaction, sweep)
  }

  #turnToDue(): void {
    for (const [bucketId, revisions] of this.#remembered) {
      this.#due.push({ bucketId, revisions: revisions.sort((left, right) => left - right) })
    }
    this.#remembered.clear()
    this.#count = 0
  }

  #removeDue(
    transaction: WriteTransaction,
    { bucketId, revisions }: { bucketId: number; revisions: Revision[] },
  ): void {
    const some = revisions.splice(-stepRows)
    if (revisions.length === 0) this.#due.pop()
    const draft = transaction.findById(bucketId)
    if (!draft) return
    // The last row has the bucket's figures.
    if (some.at(-1) === draft.row.revision) this.add(bucketId, some.splice(-1), 0)
    let removed = 0
    for (const [first, last] of runsOf(some)) {
      removed += Number(transaction.statements.dropRevisions.run(bucketId, first, last).changes)
    }
    transaction.change(draft, { stale: draft.row.stale - removed })
  }

  #sweep(transaction: WriteTransaction, [bucketId, after]: [number, Revision]): void {
    const draft = transaction.findById(bucketId)
    if (!draft) {
      this.#sweeps.delete(bucketId)
      return
    }
    draft.revisions.write()
    const { revisionAhead, dropStale } = transaction.statements
    const ahead = revisionAhead.get(bucketId, after, stepRows) as { revision: Revision } | undefined
    const to = Math.min(ahead?.revision ?? draft.row.revision, draft.row.revision - 1)
    const removed = Number(dropStale.run(bucketId, after, to).changes)
    transaction.change(draft, { stale: draft.row.stale - removed })
    if (ahead) this.#sweeps.set(bucketId, to)
    else this.#sweeps.delete(bucketId)
  }
}

/** The first and the last of each run of numbers that follow each other, as ascending ones do. */
function runsOf(revisions: readonly Revision[]): (readonly [Revision, Revision])[] {
  const runs: [Revision, Revision][] = []
  for (const revision of revisions) {
    const run = runs.at(-1)
    if (run && revision === run[1] + 1) run[1] = revision
    else runs.push([revision, revision])
  }
  return runs
}
