/**
 * The four chapters of the example. Each works in a data directory of its own, then counts what
 * came of it; the test compares the figures, and `orders.ts` tells them.
 */
import { type KvChange, openStore } from 'kvasir'
import { issueCoupons, printVouchers, takeCoupon, takeVoucher } from './coupons.ts'
import { callLast, completeOrder, keyOf, type PendingOrder, placeOrder } from './pending-orders.ts'
import { runWorkers } from './processes.ts'
import { hasSeen, readWordList, seenLines } from './seen-lines.ts'
import { fillQueue, peekQueue } from './work-queue.ts'

/** Half of the orders are paid, the others expire. */
export async function pendingOrders(data: string, count = 20) {
  await using store = await openStore(data)
  const project = store.project('shop')
  const { kvStore } = project.storage()
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  const paid = ids.filter((id) => id % 2 === 0)
  const unpaid = ids.filter((id) => id % 2 === 1)

  await using changes = project.kv().watch({ prefix: 'order|' })
  await changes.ready
  for (const id of ids) await placeOrder(kvStore, { id, total: id * 10, status: 'pending' })
  for (const id of paid) await completeOrder(kvStore, id)
  for (const id of unpaid) await callLast(kvStore, id, 0.5)
  const expired = await expiries(changes, unpaid.length)

  const kept = await Promise.all(paid.map((id) => kvStore.get<PendingOrder>(keyOf(id))))
  const lifetimes = await Promise.all(paid.map((id) => project.kv().ttl(keyOf(id))))
  const late = await Promise.all(unpaid.map((id) => completeOrder(kvStore, id)))
  const gone = await Promise.all(unpaid.map((id) => kvStore.exists(keyOf(id))))
  return {
    placed: ids.length,
    completed: kept.filter(({ status }) => status === 'completed').length,
    keptForGood: lifetimes.filter((ttl) => ttl === undefined).length,
    expired: unpaid.filter((id) => expired.includes(keyOf(id))).length,
    completedTooLate: late.filter((isCompleted) => isCompleted).length,
    stillThere: gone.filter((exists) => exists).length,
  }
}

/** Shops in several processes sell the same coupons and vouchers until none is left. */
export async function coupons(data: string, { count = 500, shops = 4 } = {}) {
  await using store = await openStore(data)
  const { kvStore } = store.project('shop').storage()
  await issueCoupons(kvStore, 'summer15', count)
  await printVouchers(kvStore, count)

  const sales = await runWorkers('sell-out', { data, count: shops })

  const sold = sales.flatMap((shop) => shop.coupons)
  const vouchers = sales.flatMap((shop) => shop.vouchers)
  return {
    issued: count,
    couponsSold: sold.length,
    differentCoupons: new Set(sold).size,
    vouchersSold: vouchers.length,
    differentVouchers: new Set(vouchers).size,
    left: [await takeCoupon(kvStore, 'summer15'), await takeVoucher(kvStore)],
    byShop: sales.map((shop) => shop.coupons.length + shop.vouchers.length),
  }
}

/** A producer fills a list with events; workers in several processes drain it. */
export async function workQueue(data: string, { count = 100_000, workers = 4 } = {}) {
  await using store = await openStore(data)
  const { kvStore } = store.project('shop').storage()
  await fillQueue(kvStore, count)

  const handled = await runWorkers('drain-queue', { data, count: workers })

  const times = new Uint32Array(count)
  for (const id of handled.flat()) times[id] = (times[id] ?? 0) + 1
  return {
    events: count,
    handledOnce: times.filter((handlings) => handlings === 1).length,
    handledTwice: times.filter((handlings) => handlings > 1).length,
    missing: times.filter((handlings) => handlings === 0).length,
    next: await peekQueue(kvStore),
    byWorker: handled.map((ids) => ids.length),
  }
}

/** Several processes read a word list, each its share, and remember every word once. */
export async function seenWords(data: string, { readers = 3 } = {}) {
  await using store = await openStore(data)
  const { kvStore } = store.project('shop').storage()

  const added = await runWorkers('remember-lines', { data, count: readers })

  const lines = readWordList()
  const expected = new Set(lines)
  const seen = await seenLines(kvStore)
  return {
    lines: lines.length,
    differentWords: expected.size,
    seen: seen.size,
    unexpected: [...seen].filter((word) => !expected.has(word)).length,
    addedByAll: added.reduce((sum, words) => sum + words, 0),
    hasWordOfTheList: await hasSeen(kvStore, 'queue'),
    hasOtherWord: await hasSeen(kvStore, 'kvasir'),
    byReader: added,
  }
}

/** The keys that expire, once so many have. */
async function expiries(changes: AsyncIterable<KvChange>, count: number): Promise<string[]> {
  const keys: string[] = []
  for await (const change of changes) {
    if (change.type === 'expire') keys.push(change.key)
    if (keys.length === count) break
  }
  return keys
}
