import { describe, expect, it } from 'vitest'
import { call, callAtOnce } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testVisits(getHost: GetHost): void {
  describe('the visits', () => {
    it('are counted each, and each is given a number of its own', async () => {
      const { url } = getHost()
      const before = await call(url, { line: 'GET /' })

      const answers = await callAtOnce(url, 200, () => ({ line: 'GET /' }))

      const numbers = answers.map(({ body }) => body.visits - before.body.visits)
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    })

    it('of paths that no function answers are not counted', async () => {
      const { url } = getHost()
      const before = await call(url, { line: 'GET /' })

      const { status, body } = await call(url, { line: 'GET /nothing/here' })
      const after = await call(url, { line: 'GET /' })

      expect([status, body.error]).toEqual([404, 'There is no /nothing/here.'])
      expect(after.body.visits - before.body.visits).toBe(1)
    })
  })
}
