// The chapters of this example with real processes on real files; then it prints what it checked.

import { afterAll, describe, expect, it } from 'vitest'
import { coupons, pendingOrders, seenWords, workQueue } from './chapters.ts'
import { withDirectory } from './directory.ts'
import { tellOfCoupons, tellOfOrders, tellOfQueue, tellOfWords } from './sentences.ts'

// No expectation, only the end of patience with something that hangs.
const timeoutMs = 300_000

const count = Number(process.env.ORDERS_EVENTS ?? 100_000)
const told: string[] = []

afterAll(() => {
  console.log(told.join('\n'))
})

describe('an order pipeline', { timeout: timeoutMs }, () => {
  it('keeps the orders that are paid in time, and forgets the others', async () => {
    const figures = await withDirectory(pendingOrders)

    expect(figures).toEqual({
      ...{ placed: 20, completed: 10, keptForGood: 10 },
      ...{ expired: 10, stillThere: 0, completedTooLate: 0 },
    })
    told.push(tellOfOrders(figures))
  })

  it('sells every coupon and voucher once, and none too many, from four processes', async () => {
    const figures = await withDirectory(coupons)

    expect(figures).toMatchObject({
      ...{ issued: 500, couponsSold: 500, differentCoupons: 500, left: [0, undefined] },
      ...{ vouchersSold: 500, differentVouchers: 500 },
    })
    told.push(tellOfCoupons(figures))
  })

  it('handles every event of a queue exactly once, with four competing processes', async () => {
    const figures = await withDirectory((data) => workQueue(data, { count }))

    expect(figures).toMatchObject({
      ...{ events: count, handledOnce: count, handledTwice: 0, missing: 0, next: undefined },
      byWorker: Array.from({ length: 4 }, () => expect.any(Number)),
    })
    told.push(tellOfQueue(figures))
  })

  it('knows every word of a word list once, however many processes read it', async () => {
    const figures = await withDirectory(seenWords)

    expect(figures).toMatchObject({
      ...{ lines: 135_155, differentWords: 126_046, seen: 126_046, unexpected: 0 },
      ...{ addedByAll: 126_046, hasWordOfTheList: true, hasOtherWord: false },
    })
    told.push(tellOfWords(figures))
  })
})
