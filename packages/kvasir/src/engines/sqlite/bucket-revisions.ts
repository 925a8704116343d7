import type { Revision } from '../../engine/entry.ts'
import type { BucketRow } from './sqlite-rows.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/**
 * A row of so late a revision is removed at once: it lies on the page that is written anyway. So
 * keys that are written again and again leave nothing stale.
 */
const nearEnd = 64

type Statements = Pick<
  SqliteStatements,
  'addRevision' | 'addRevisions' | 'dropRevision' | 'removeRevisions' | 'writeFigures'
>

/** The rows that one transaction writes to a bucket's `revisions`: see `migrate-revisions.ts`. */
export class BucketRevisions {
  /** What the transaction has made stale and left where it is. */
  readonly stale: Revision[] = []
  readonly #statements: Statements
  readonly #row: BucketRow
  /**
   * The entries of changes whose rows are not written yet, one for each revision from the first on;
   * without one where a change removes, or its entry is no more. The row of the newest is written
   * with the figures, and the others together: 64 rows one by one take three times as long.
   */
  #unwritten: (number | null)[] = []
  #firstUnwritten: Revision = 0
  /** The last revision that has a row; -1 when there is none. */
  #written: Revision

  constructor(statements: Statements, row: BucketRow) {
    this.#statements = statements
    this.#row = row
    this.#written = row.revision
  }

  /** Takes in a change, with the id of the entry that it puts. */
  add(revision: Revision, entryId: number | null): void {
    if (revision !== this.#firstUnwritten + this.#unwritten.length) this.write()
    if (this.#unwritten.length === 0) this.#firstUnwritten = revision
    this.#unwritten.push(entryId)
  }

  /** Takes in that the entry of a revision is no more. A change that says so follows. */
  supersede(revision: Revision): void {
    const { id, revision: last } = this.#row
    const index = revision - this.#firstUnwritten
    if (index >= 0 && index < this.#unwritten.length) this.#unwritten[index] = null
    else if (revision > last - nearEnd) this.#statements.dropRevision.run(id, revision)
    else this.#leave(revision)
  }

  /** Writes what there is of changes, for those who read them within the transaction. */
  write(): void {
    const entryIds = this.#unwritten
    while (entryIds.at(-1) === null) entryIds.pop()
    const [entryId] = entryIds
    if (entryId === undefined) return
    const { id } = this.#row
    const first = this.#firstUnwritten
    if (entryIds.length === 1) this.#statements.addRevision.run(id, first, entryId)
    else this.#statements.addRevisions.run(id, first, JSON.stringify(entryIds))
    this.#written = first + entryIds.length - 1
    this.#unwritten = []
  }

  /** Writes the figures of the bucket's row, to its last change. */
  writeFigures(): void {
    const { id, revision, keys, bytes, changed_at, markers } = this.#row
    const isNewestUnwritten = revision === this.#firstUnwritten + this.#unwritten.length - 1
    const entryId = (isNewestUnwritten && this.#unwritten.pop()) || null
    this.write()
    if (entryId === null && revision > this.#written) this.#leave(revision)
    const figures = [keys, bytes, changed_at, markers, this.#row.stale] as const
    this.#statements.writeFigures.run(id, revision, entryId, ...figures)
    this.#written = revision
  }

  /** Removes all rows. The figures, at a later revision, are to follow. */
  removeAll(): void {
    this.#statements.removeRevisions.run(this.#row.id)
    this.#unwritten = []
    this.#written = -1
    this.#row.stale = 0
    this.stale.length = 0
  }

  #leave(revision: Revision): void {
    this.stale.push(revision)
    this.#row.stale++
  }
}
