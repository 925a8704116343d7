/** What each chapter has checked, in lines that people read. */
import type { coupons, pendingOrders, seenWords, workQueue } from './chapters.ts'

type Figures<Chapter extends (data: string) => Promise<unknown>> = Awaited<ReturnType<Chapter>>

export function tellOfOrders(figures: Figures<typeof pendingOrders>): string {
  const { placed, completed, keptForGood, expired, stillThere, completedTooLate } = figures
  return lines(
    `Pending orders: ${many(placed)} placed, with ten minutes to pay`,
    `${many(completed)} paid in time, ${many(keptForGood)} of them kept without a TTL`,
    `${many(expired)} expired, as a watcher was told; ${many(stillThere)} still there`,
    `${many(completedTooLate)} that could be paid after their time`,
  )
}

export function tellOfCoupons(figures: Figures<typeof coupons>): string {
  const { issued, couponsSold, differentCoupons, vouchersSold, differentVouchers } = figures
  return lines(
    `Coupons: ${many(issued)} of each kind, sold by ${figures.byShop.length} processes at once`,
    `${many(couponsSold)} coupons counted down, ${many(differentCoupons)} of them different`,
    `${many(vouchersSold)} vouchers off a list, ${many(differentVouchers)} of them different`,
    `by process: ${shares(figures.byShop)}`,
  )
}

export function tellOfQueue(figures: Figures<typeof workQueue>): string {
  const { events, handledOnce, handledTwice, missing, byWorker } = figures
  return lines(
    `Work queue: ${many(events)} events in one list, shifted by ${byWorker.length} processes at once`,
    `${many(handledOnce)} handled exactly once`,
    `${many(handledTwice)} handled twice, ${many(missing)} missing`,
    `by process: ${shares(byWorker)}`,
  )
}

export function tellOfWords(figures: Figures<typeof seenWords>): string {
  const { byReader, differentWords, seen, addedByAll } = figures
  return lines(
    `Seen words: ${many(figures.lines)} lines of a dictionary, read by ${byReader.length} processes at once`,
    `${many(seen)} words in the set, and ${many(differentWords)} different ones in the dictionary`,
    `${many(addedByAll)} times a process was told that its word was new`,
    `by process: ${shares(byReader)}`,
  )
}

function lines(title: string, ...findings: string[]): string {
  return [title, ...findings.map((finding) => `  ${finding}`)].join('\n')
}

function many(count: number): string {
  return count.toLocaleString('en')
}

/** `100 + 200 + 300` */
function shares(counts: readonly number[]): string {
  return counts.map(many).join(' + ')
}
