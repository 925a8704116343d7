/** Coupons that are counted down to zero, and never below, however many sell them at once. */
import type { KVStore } from 'kvasir'

interface Coupon {
  left?: number
}

function keyOf(code: string): string {
  return `coupon|${code}`
}

export async function issueCoupons(kvStore: KVStore, code: string, count: number): Promise<void> {
  await kvStore.put<Coupon>(keyOf(code), { left: count })
}

/**
 * Takes one coupon. Answers how many there were before it, which is its number, and 0 when they are
 * sold out.
 *
 * `increment` by −1 would count below zero, and giving back what it took too much would turn away
 * whoever asks in between. An updater looks and takes in one step.
 */
export async function takeCoupon(kvStore: KVStore, code: string): Promise<number> {
  const { left = 0 } = await kvStore.patch<Coupon>(keyOf(code), (coupon) => {
    return { ...coupon, left: Math.max(0, (coupon.left ?? 0) - 1) }
  })
  return left
}

/** Puts numbered vouchers into a list, where `shift` is the whole sale. */
export async function printVouchers(kvStore: KVStore, count: number): Promise<void> {
  const codes = Array.from({ length: count }, (_, index) => `voucher-${index + 1}`)
  await kvStore.appendMulti('vouchers', { codes })
}

/** Takes one voucher, `undefined` when they are sold out. Each goes to one customer. */
export function takeVoucher(kvStore: KVStore): Promise<string | undefined> {
  return kvStore.shift<string>('vouchers', 'codes')
}

/** One shop among several: sells both kinds until none is left. */
export async function sellOut(kvStore: KVStore, code: string): Promise<Sales> {
  const sales: Sales = { coupons: [], vouchers: [] }
  for (;;) {
    const [coupon, voucher] = await Promise.all([takeCoupon(kvStore, code), takeVoucher(kvStore)])
    if (coupon > 0) sales.coupons.push(coupon)
    if (voucher !== undefined) sales.vouchers.push(voucher)
    if (coupon === 0 && voucher === undefined) return sales
  }
}

export interface Sales {
  /** The numbers of the coupons. */
  readonly coupons: number[]
  readonly vouchers: string[]
}
