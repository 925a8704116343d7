/**
 * Orders that wait to be paid. One that is not paid in time is gone, by its TTL alone: nobody has to
 * look for it and clean it up.
 */
import type { KVStore } from 'kvasir'

export interface PendingOrder {
  id: number
  total: number
  status: 'pending' | 'last call' | 'completed'
}

export function keyOf(id: number): string {
  return `order|${id}`
}

/** Places an order, which the customer has ten minutes to pay. */
export async function placeOrder(kvStore: KVStore, order: PendingOrder): Promise<void> {
  await kvStore.put(keyOf(order.id), order, { ttl: 600 })
}

/** Leaves the customer so many seconds, fractions allowed. */
export async function callLast(kvStore: KVStore, id: number, seconds: number): Promise<void> {
  await kvStore.patch<PendingOrder>(keyOf(id), (order, options) => {
    options.ttl = seconds
    return { ...order, status: 'last call' }
  })
}

/**
 * Marks an order as paid and keeps it for good. Answers whether there still was one.
 *
 * An updater instead of `patch(key, { status: 'completed' })`, because that would make a new record,
 * of a status and nothing else, if the order had just expired.
 */
export async function completeOrder(kvStore: KVStore, id: number): Promise<boolean> {
  try {
    await kvStore.patch<Partial<PendingOrder>>(keyOf(id), (order, options) => {
      if (order.id === undefined) throw new OrderExpired()
      options.ttl = undefined
      return { ...order, status: 'completed' }
    })
    return true
  } catch (error) {
    // What an updater throws comes through, and nothing has been written.
    if (error instanceof OrderExpired) return false
    throw error
  }
}

class OrderExpired extends Error {}
