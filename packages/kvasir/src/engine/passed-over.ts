import type { Gap } from './engine.ts'
import type { Revision } from './entry.ts'

/**
 * Notices which changes a watcher is not given, from the numbers that are missing in what storage
 * holds.
 *
 * A change is passed over when a later one of the same key has taken its place. So a watcher of
 * some keys needs telling only before a change of one of them: where none follows, none was missed.
 */
export class PassedOver {
  #toldTo: Revision = 0
  /** Where the watcher stood before the first missing number that it has not been told of. */
  #missingAfter: Revision | undefined

  /** Takes note that storage has nothing between the two revisions. */
  note(cursor: Revision, next: Revision): void {
    if (next - 1 > Math.max(cursor, this.#toldTo)) this.#missingAfter ??= cursor
  }

  /** What to tell before a change that the watcher is given; it holds for numbers up to `to`. */
  take(to: Revision): Gap | undefined {
    const revision = this.#missingAfter
    if (revision === undefined) return undefined
    this.#missingAfter = undefined
    this.#toldTo = to
    return { kind: 'gap', revision, to }
  }

  /** Everything there is has gone by, and none of it was for the watcher. */
  settle(): void {
    this.#missingAfter = undefined
  }
}
