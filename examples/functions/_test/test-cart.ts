import { describe, expect, it } from 'vitest'
import { clockSlackMs } from './function-host.ts'
import { call, callAtOnce } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testCart(getHost: GetHost): void {
  const prices: Readonly<Record<string, number>> = { tea: 450, coffee: 790, mug: 1250 }
  const products = Object.keys(prices)

  function totalOf(items: Readonly<Record<string, number>>): number {
    return Object.entries(items).reduce((sum, [name, n]) => sum + n * (prices[name] ?? 0), 0)
  }

  describe('a cart', () => {
    it('holds all that is put in at once, and its total is right at every moment', async () => {
      const { url } = getHost()

      const answers = await callAtOnce(url, 90, (index) => ({
        line: 'POST /cart/ada',
        body: { product: products[index % 3], quantity: 2 },
      }))
      const { body } = await call(url, { line: 'GET /cart/ada' })

      expect(body).toEqual({ items: { tea: 60, coffee: 60, mug: 60 }, total: 60 * 2490 })
      for (const answer of answers) expect(answer.body.total).toBe(totalOf(answer.body.items))
    })

    it('gives back what is taken out, and never holds less than nothing', async () => {
      const { url } = getHost()
      await call(url, { line: 'POST /cart/eve', body: { product: 'tea', quantity: 5 } })

      const answers = await callAtOnce(url, 8, () => ({
        line: 'POST /cart/eve',
        body: { product: 'tea', quantity: -1 },
      }))

      const left = answers.map(({ body }) => body.items.tea ?? 0)
      expect(left.sort()).toEqual([0, 0, 0, 0, 1, 2, 3, 4])
      for (const { body } of answers) expect(body.total).toBe(totalOf(body.items))
    })

    it('is empty again when it is deleted, and is kept for a week', async () => {
      const { url, store } = getHost()
      await call(url, { line: 'POST /cart/bob', body: { product: 'mug', quantity: 1 } })
      const leftMs = (await store.project().kv().ttl('cart:bob')) ?? 0

      const { body } = await call(url, { line: 'DELETE /cart/bob' })

      expect(body).toEqual({ items: {}, total: 0 })
      expect(leftMs).toBeGreaterThan(6 * 86_400_000)
      expect(leftMs).toBeLessThanOrEqual(7 * 86_400_000 + clockSlackMs)
    })

    it.each([
      { product: 'gold', quantity: 1 },
      { product: 'tea', quantity: 1.5 },
      { product: 'tea', quantity: '1' },
      { product: '__proto__', quantity: 1 },
      { product: 'tea', quantity: 1e9, price: 0 },
    ])('does not take %j', async (body) => {
      const { status } = await call(getHost().url, { line: 'POST /cart/mallory', body })

      expect(status).toBe(400)
    })
  })
}
