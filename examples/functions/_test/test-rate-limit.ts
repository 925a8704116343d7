import { describe, expect, it } from 'vitest'
import { callAtOnce, statusesOf } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testRateLimit(getHost: GetHost): void {
  const callOf = (client: string) => ({
    line: 'GET /rate-limit',
    headers: { 'x-api-key': client },
  })

  describe('the rate limit', () => {
    it('lets exactly ten of a hundred simultaneous requests through', async () => {
      const answers = await callAtOnce(getHost().url, 100, () => callOf('busy'))

      expect(statusesOf(answers)).toEqual({ 200: 10, 429: 90 })
      const allowed = answers.filter(({ status }) => status === 200)
      const remaining = allowed.map(({ body }) => body.remaining)
      expect(remaining.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    })

    it('is one for each client', async () => {
      const answers = await callAtOnce(getHost().url, 30, (index) => callOf(`client-${index % 3}`))

      expect(statusesOf(answers)).toEqual({ 200: 30 })
    })

    it('says when to come again', async () => {
      const answers = await callAtOnce(getHost().url, 11, () => callOf('patient'))

      const refused = answers.find(({ status }) => status === 429)
      const seconds = Number(refused?.headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThanOrEqual(60)
    })
  })
}
