/** `npm run orders`: all four chapters, each in a data directory of its own, and what they checked. */
import { coupons, pendingOrders, seenWords, workQueue } from './chapters.ts'
import { withDirectory } from './directory.ts'
import { tellOfCoupons, tellOfOrders, tellOfQueue, tellOfWords } from './sentences.ts'

const count = Number(process.env.ORDERS_EVENTS ?? 100_000)

console.log(tellOfOrders(await withDirectory(pendingOrders)))
console.log(tellOfCoupons(await withDirectory(coupons)))
console.log(tellOfQueue(await withDirectory((data) => workQueue(data, { count }))))
console.log(tellOfWords(await withDirectory(seenWords)))
