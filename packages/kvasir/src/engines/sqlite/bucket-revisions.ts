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
  'addRevision' | 'dropRevision' | 'removeRevisions' | 'writeFigures'
>

/** The rows that one transaction writes to a bucket's `revisions`: see `migrate-revisions.ts`. */
export class BucketRevisions {
  /** What the transaction has made stale and left where it is. */
  readonly stale: Revision[] = []
  readonly #statements: Statements
  readonly #row: BucketRow
  /** The newest change, whose row is written with the figures; without an entry if it removes. */
  #newest: { readonly revision: Revision; readonly entryId: number | null } | undefined
  /** The last revision that has a row; -1 when there is none. */
  #written: Revision

  constructor(statements: Statements, row: BucketRow) {
    this.#statements = statements
    this.#row = row
    this.#written = row.revision
  }

  /** Takes in a change, with the id of the entry that it puts. */
  add(revision: Revision, entryId: number | null): void {
    this.write()
    this.#newest = { revision, entryId }
  }

  /** Takes in that the entry of a revision is no more. A change that says so follows. */
  supersede(revision: Revision): void {
    const { id, revision: last } = this.#row
    if (this.#newest?.revision === revision) this.#newest = undefined
    else if (revision > last - nearEnd) this.#statements.dropRevision.run(id, revision)
    else this.#leave(revision)
  }

  /** Writes what there is of changes, for those who read them within the transaction. */
  write(): void {
    const newest = this.#newest
    this.#newest = undefined
    if (!newest || newest.entryId === null) return
    this.#statements.addRevision.run(this.#row.id, newest.revision, newest.entryId)
    this.#written = newest.revision
  }

  /** Writes the figures of the bucket's row, to its last change. */
  writeFigures(): void {
    const { id, revision, keys, bytes, changed_at, markers } = this.#row
    if (this.#newest?.revision !== revision) this.write()
    const entryId = this.#newest?.entryId ?? null
    if (entryId === null && revision > this.#written) this.#leave(revision)
    const figures = [keys, bytes, changed_at, markers, this.#row.stale] as const
    this.#statements.writeFigures.run(id, revision, entryId, ...figures)
    this.#newest = undefined
    this.#written = revision
  }

  /** Removes all rows. The figures, at a later revision, are to follow. */
  removeAll(): void {
    this.#statements.removeRevisions.run(this.#row.id)
    this.#newest = undefined
    this.#written = -1
    this.#row.stale = 0
    this.stale.length = 0
  }

  #leave(revision: Revision): void {
    this.stale.push(revision)
    this.#row.stale++
  }
}
