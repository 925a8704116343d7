import { describe, expect, it } from 'vitest'
import { clockSlackMs } from './function-host.ts'
import { call, callAtOnce, statusesOf } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testReport(getHost: GetHost): void {
  describe('a report', () => {
    it('is made once for all who ask at the same time', async () => {
      const answers = await callAtOnce(getHost().url, 100, () => ({
        line: 'GET /report?city=Oslo',
      }))

      expect(statusesOf(answers)).toEqual({ 200: 100 })
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
      expect(answers[0]?.body).toMatchObject({ city: 'Oslo', timesMade: 1 })
    })

    it('is made again once it is a minute old', async () => {
      const { url, store } = getHost()
      const kv = store.project().kv()
      await call(url, { line: 'GET /report?city=Bergen' })
      const leftMs = await kv.ttl('report:Bergen')
      await kv.delete('report:Bergen')

      const { body } = await call(url, { line: 'GET /report?city=Bergen' })

      expect(body.timesMade).toBe(2)
      expect(leftMs).toBeGreaterThan(0)
      expect(leftMs).toBeLessThanOrEqual(60_000 + clockSlackMs)
    })

    it.each(['/report', '/report?city=a&city=b', `/report?city=${'a'.repeat(101)}`])(
      'of no city, %s, is refused',
      async (path) => {
        const { status } = await call(getHost().url, { line: `GET ${path}` })

        expect(status).toBe(400)
      },
    )
  })
}
