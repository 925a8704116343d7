import { describe, expect, it } from 'vitest'
import { call, callAtOnce } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testPreferences(getHost: GetHost): void {
  const changes = [{ theme: 'dark' }, { language: 'no' }, { notifications: false }]

  describe('preferences', () => {
    it('that are changed one by one and all at once are all changed', async () => {
      const { url } = getHost()

      await callAtOnce(url, 90, (index) => ({
        line: `PATCH /preferences/user-${Math.floor(index / 3)}`,
        body: changes[index % 3],
      }))
      const answers = await callAtOnce(url, 30, (index) => ({
        line: `GET /preferences/user-${index}`,
      }))

      const wanted = { theme: 'dark', language: 'no', notifications: false }
      expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 30 }, () => wanted))
    })

    it('are the usual ones until they are changed, and again when they are forgotten', async () => {
      const { url } = getHost()
      const usual = { theme: 'light', language: 'en', notifications: true }

      const before = await call(url, { line: 'GET /preferences/ada' })
      await call(url, { line: 'PATCH /preferences/ada', body: { theme: 'dark' } })
      const after = await call(url, { line: 'DELETE /preferences/ada' })

      expect([before.body, after.body]).toEqual([usual, usual])
    })

    it.each<object>([
      { theme: 'pink' },
      { language: 'english' },
      { colour: 'red' },
      { constructor: 1 },
    ])('cannot be %j', async (body) => {
      const { status } = await call(getHost().url, { line: 'PATCH /preferences/eve', body })

      expect(status).toBe(400)
    })
  })
}
