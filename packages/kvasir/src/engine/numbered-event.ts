import { limits } from '../codec/limits.ts'
import type { WatchEvent } from './engine.ts'
import { changeRevision, type Revision } from './entry.ts'
import { sizeOfValue } from './value-size.ts'

/** What has a number of its own: a change of a key, or of all. */
export type NumberedEvent = Exclude<WatchEvent, { kind: 'synced' | 'gap' }>

/** The next events of a watcher, in the order of their revisions. */
export interface EventChunk {
  readonly events: readonly NumberedEvent[]
  /** Whether there may be more. `false` is certain. */
  readonly hasMore: boolean
}

const chunkLengthMax = 256

export function revisionOf(event: NumberedEvent): Revision {
  return event.kind === 'clear' ? event.revision : changeRevision(event)
}

/** Roughly what an event takes in memory: the bytes of its value, or the characters. */
export function sizeOf(event: NumberedEvent): number {
  return event.kind === 'put' ? sizeOfValue(event.entry.value) : 0
}

/** The first of the events: as many as a watcher may hold at once, and one at least. */
export function firstChunk(found: Iterable<NumberedEvent>): EventChunk {
  const events: NumberedEvent[] = []
  let size = 0
  for (const event of found) {
    if (events.length === chunkLengthMax || size > limits.watchedValuesMax) {
      return { events, hasMore: true }
    }
    events.push(event)
    size += sizeOf(event)
  }
  return { events, hasMore: false }
}
