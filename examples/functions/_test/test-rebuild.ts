import { describe, expect, it } from 'vitest'
import { call, callAtOnce, statusesOf } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testRebuild(getHost: GetHost): void {
  describe('a rebuild', () => {
    it('is done by one of all who ask at once, and never by two at a time', async () => {
      const { url } = getHost()

      const answers = await callAtOnce(url, 40, () => ({ line: 'POST /rebuild/products' }))
      const { body: last } = await call(url, { line: 'GET /rebuild/products' })

      const { 200: done = 0, 409: refused = 0 } = statusesOf(answers)
      expect(done).toBeGreaterThanOrEqual(1)
      expect(done + refused).toBe(40)
      const builds = answers.filter(({ status }) => status === 200).map(({ body }) => body)
      builds.sort((a, b) => a.fence - b.fence)
      expect(builds.map(({ timesBuilt }) => timesBuilt)).toEqual(builds.map((_, i) => i + 1))
      for (const [index, { startedAt }] of builds.entries()) {
        expect(startedAt).toBeGreaterThanOrEqual(builds[index - 1]?.finishedAt ?? 0)
      }
      expect(last).toEqual(builds.at(-1))
    })

    it('is refused to everybody while somebody holds the lock', async () => {
      const { url, store } = getHost()
      const lock = await store.project().kv().lock('rebuild:orders', { ttl: '1m' })

      const answers = await callAtOnce(url, 20, () => ({ line: 'POST /rebuild/orders' }))
      await lock?.release()
      const { status } = await call(url, { line: 'POST /rebuild/orders' })

      expect(statusesOf(answers)).toEqual({ 409: 20 })
      expect(status).toBe(200)
    })

    it('that came too late replaces nothing that a later holder has built', async () => {
      const { url, store } = getHost()
      const newer = { fence: 1e9, timesBuilt: 7 }
      await store.project().kv().set('index:users', newer)

      const { body } = await call(url, { line: 'POST /rebuild/users' })

      expect(body).toEqual(newer)
    })
  })
}
