import { describe, expect, it } from 'vitest'
import { clockSlackMs } from './function-host.ts'
import { call, callAtOnce, statusesOf } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testShare(getHost: GetHost): void {
  describe('a link', () => {
    it('is read by all who have it, for an hour', async () => {
      const { url, store } = getHost()
      const { body } = await call(url, { line: 'POST /share', body: { data: { text: 'hei' } } })

      const answers = await callAtOnce(url, 50, () => ({ line: `GET ${body.url}` }))

      expect(statusesOf(answers)).toEqual({ 200: 50 })
      expect(answers[0]?.body).toEqual({ data: { text: 'hei' } })
      const leftMs = await store.project().kv().ttl(`share:${body.id}`)
      expect(leftMs).toBeGreaterThan(0)
      expect(leftMs).toBeLessThanOrEqual(3_600_000 + clockSlackMs)
    })

    it('for once is read by one of fifty who try at the same time', async () => {
      const { url } = getHost()
      const { body } = await call(url, { line: 'POST /share', body: { data: 7, once: true } })

      const answers = await callAtOnce(url, 50, () => ({ line: `GET ${body.url}` }))

      expect(statusesOf(answers)).toEqual({ 200: 1, 404: 49 })
      expect(answers.find(({ status }) => status === 200)?.body).toEqual({ data: 7 })
    })

    it('that was never given leads nowhere', async () => {
      const { status } = await call(getHost().url, { line: 'GET /share/1' })

      expect(status).toBe(404)
    })
  })
}
