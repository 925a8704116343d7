import { describe, expect, it } from 'vitest'
import { flagsToken } from './function-host.ts'
import { type Call, call, callAtOnce, statusesOf } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testFlags(getHost: GetHost): void {
  const change = (body: unknown): Call => ({
    line: 'POST /flags/admin',
    headers: { authorization: `Bearer ${flagsToken}` },
    body,
  })

  describe('a feature flag', () => {
    it('is off until it is on for everybody', async () => {
      const { url } = getHost()

      const before = await call(url, { line: 'GET /flags/dark-mode' })
      await call(url, change({ name: 'dark-mode', everybody: true }))
      const after = await call(url, { line: 'GET /flags/dark-mode?user=ada' })
      const list = await call(url, { line: 'GET /flags' })

      expect(before.body).toEqual({ name: 'dark-mode', enabled: false })
      expect(after.body).toEqual({ name: 'dark-mode', enabled: true })
      expect(list.body.flags).toMatchObject({ 'dark-mode': true })
    })

    it('is on for each user that many admins add at once', async () => {
      const { url, store } = getHost()

      await callAtOnce(url, 50, (index) => change({ name: 'beta', add: `user-${index}` }))
      const answers = await callAtOnce(url, 51, (index) => ({
        line: `GET /flags/beta?user=user-${index}`,
      }))

      const enabled = answers.map(({ body }) => body.enabled)
      expect(enabled).toEqual(Array.from({ length: 51 }, (_, index) => index < 50))
      const { users } = await store.project().storage().kvStore.get('flag:beta')
      expect([...(users as Set<string>)]).toHaveLength(50)
    })

    it('loses no change when users come and go while it is switched', async () => {
      const { url } = getHost()
      await call(url, change({ name: 'mixed', add: 'leaver' }))

      await callAtOnce(url, 30, (index) => {
        if (index === 0) return change({ name: 'mixed', remove: 'leaver' })
        if (index === 1) return change({ name: 'mixed', everybody: false })
        return change({ name: 'mixed', add: `user-${index}` })
      })
      const answers = await callAtOnce(url, 30, (index) => ({
        line: `GET /flags/mixed?user=${index === 0 ? 'leaver' : `user-${index}`}`,
      }))

      const enabled = answers.map(({ body }) => body.enabled)
      expect(enabled).toEqual(Array.from({ length: 30 }, (_, index) => index > 1))
    })

    it('is changed with the token alone', async () => {
      const body = { name: 'closed', everybody: true }

      const answers = await Promise.all(
        ['', 'Bearer', 'Bearer undefined', `Bearer ${flagsToken}x`].map((authorization) =>
          call(getHost().url, { line: 'POST /flags/admin', headers: { authorization }, body }),
        ),
      )
      const { body: flag } = await call(getHost().url, { line: 'GET /flags/closed' })

      expect(statusesOf(answers)).toEqual({ 401: 4 })
      expect(flag.enabled).toBe(false)
    })
  })
}
