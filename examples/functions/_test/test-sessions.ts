import { describe, expect, it } from 'vitest'
import { clockSlackMs } from './function-host.ts'
import { call, callAtOnce } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testSessions(getHost: GetHost): void {
  async function logIn(): Promise<{ cookie: string; key: string }> {
    const { headers } = await call(getHost().url, {
      line: 'POST /sessions',
      body: { user: 'ada' },
    })
    const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';')
    return { cookie, key: cookie.replace('=', ':') }
  }

  describe('a session', () => {
    it('counts every visit, and forgets none', async () => {
      const { url } = getHost()
      const { cookie } = await logIn()

      const answers = await callAtOnce(url, 100, () => ({
        line: 'GET /sessions',
        headers: { cookie },
      }))

      const visits = answers.map(({ body }) => body.visits)
      expect(visits.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
      expect(new Set(answers.map(({ body }) => body.user))).toEqual(new Set(['ada']))
    })

    it('is given all of its time again by a visit', async () => {
      const { url, store } = getHost()
      const { cookie, key } = await logIn()
      await store.project().kv().expire(key, '5m')

      await call(url, { line: 'GET /sessions', headers: { cookie } })

      const leftMs = (await store.project().kv().ttl(key)) ?? 0
      expect(leftMs).toBeGreaterThan(5 * 60_000)
      expect(leftMs).toBeLessThanOrEqual(30 * 60_000 + clockSlackMs)
    })

    it('is over when its time is, and no visit brings it back', async () => {
      const { url, store } = getHost()
      const kv = store.project().kv()
      const { cookie, key } = await logIn()
      await using changes = kv.watch({ key })
      await changes.ready
      await kv.expire(key, 100)
      for await (const { type } of changes) if (type === 'expire') break

      const answers = await callAtOnce(url, 20, () => ({
        line: 'GET /sessions',
        headers: { cookie },
      }))

      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 401))
      expect(await kv.has(key)).toBe(false)
    })

    it('is over after logging out, and that happens once', async () => {
      const { url } = getHost()
      const { cookie } = await logIn()

      const answers = await callAtOnce(url, 20, () => ({
        line: 'DELETE /sessions',
        headers: { cookie },
      }))
      const { status } = await call(url, { line: 'GET /sessions', headers: { cookie } })

      expect(answers.filter(({ body }) => body.wasLoggedIn)).toHaveLength(1)
      expect(status).toBe(401)
    })

    it.each(['session=', 'session=*', 'session=j:{"a":1}', `session=${'a'.repeat(2000)}`, 'a=b'])(
      'is not what the cookie %s says',
      async (cookie) => {
        const { url } = getHost()

        const { status } = await call(url, { line: 'GET /sessions', headers: { cookie } })

        expect(status).toBe(401)
      },
    )

    it('takes a user', async () => {
      const { status } = await call(getHost().url, { line: 'POST /sessions', body: { user: 7 } })

      expect(status).toBe(400)
    })
  })
}
