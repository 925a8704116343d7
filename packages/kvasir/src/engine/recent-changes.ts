import { limits } from '../codec/limits.ts'
import type { Revision } from './entry.ts'
import {
  type EventChunk,
  firstChunk,
  type NumberedEvent,
  revisionOf,
  sizeOf,
} from './numbered-event.ts'

/** The newest changes of a bucket, up to limits of their number and of the size of their values. */
export class RecentChanges {
  readonly #events: NumberedEvent[] = []
  /** Beyond this revision they are all there were. */
  #after: Revision = 0
  #size = 0

  /** `before` is the bucket's revision before them: a mirror has the numbers of its origin. */
  add(events: readonly NumberedEvent[], before: Revision): void {
    const last = this.#events.at(-1)
    // Another process wrote in between: what came before cannot be trusted to be complete.
    if (last && revisionOf(last) !== before) this.clear()
    if (this.#events.length === 0) this.#after = before
    for (const event of events) {
      this.#events.push(event)
      this.#size += sizeOf(event)
    }
    this.#forgetOldest()
  }

  clear(): void {
    this.#events.length = 0
    this.#size = 0
  }

  /** Changes beyond a revision; `undefined` when they are not known, or not all of them. */
  beyond(revision: Revision): EventChunk | undefined {
    if (revision < this.#after) return undefined
    const from = indexBeyond(this.#events, revision)
    if (from >= this.#events.length) return undefined
    return firstChunk(itemsFrom(this.#events, from))
  }

  #forgetOldest(): void {
    let excess = Math.max(0, this.#events.length - limits.recentChangesMax)
    for (const event of this.#events.slice(0, excess)) this.#size -= sizeOf(event)
    while (this.#size > limits.recentValuesMax) {
      const event = this.#events[excess++]
      if (!event) break
      this.#size -= sizeOf(event)
    }
    const oldest = this.#events.splice(0, excess).at(-1)
    if (oldest) this.#after = revisionOf(oldest)
  }
}

/** Where the events beyond a revision begin; they are in the order of their revisions. */
function indexBeyond(events: readonly NumberedEvent[], revision: Revision): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const event = events[middle]
    if (event && revisionOf(event) <= revision) low = middle + 1
    else high = middle
  }
  return low
}

function* itemsFrom<Item>(items: readonly Item[], from: number): Generator<Item> {
  for (let index = from; index < items.length; index++) yield items[index] as Item
}
