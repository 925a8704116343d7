/** A queue of events in one list: producers append, and any number of workers shift. */
import type { KVStore } from 'kvasir'

export interface OrderEvent {
  id: number
  type: 'placed' | 'paid' | 'shipped'
}

const key = 'events'
const types = ['placed', 'paid', 'shipped'] as const
const batchLength = 1000

/** Appends events with the ids from 0 to `count`, without it, in batches. */
export async function fillQueue(kvStore: KVStore, count: number): Promise<void> {
  for (let first = 0; first < count; first += batchLength) {
    const length = Math.min(batchLength, count - first)
    const batch = Array.from({ length }, (_, index) => eventOf(first + index))
    await kvStore.appendMulti<OrderEvent>(key, { waiting: batch })
  }
}

/**
 * Takes events off the queue and handles them, until there are no more.
 *
 * Fifty at a time, since what a call costs beyond its elements is paid once for each; then three one
 * by one, as a worker does that wants to lose no more than the one in hand.
 */
export async function drainQueue(
  kvStore: KVStore,
  handle: (event: OrderEvent) => void,
): Promise<void> {
  for (;;) {
    const { waiting = [] } = await kvStore.shiftMulti<OrderEvent>(key, { waiting: 50 })
    if (waiting.length === 0) return
    for (const event of waiting) handle(event)
    for (let singles = 3; singles > 0; singles--) {
      const event = await kvStore.shift<OrderEvent>(key, 'waiting')
      if (event) handle(event)
    }
  }
}

/** The event that is next in turn; it stays in the queue. */
export function peekQueue(kvStore: KVStore): Promise<OrderEvent | undefined> {
  return kvStore.peek<OrderEvent>(key, 'waiting')
}

function eventOf(id: number): OrderEvent {
  return { id, type: types[id % types.length] ?? 'placed' }
}
