import { describe, expect, it } from 'vitest'
import { call, callAtOnce } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testLeaderboard(getHost: GetHost): void {
  describe('a leaderboard', () => {
    it('has the ten best of all scores that were entered at once', async () => {
      const { url } = getHost()
      // Scores are spread over the requests, and no two are the same.
      const scoreOf = (index: number) => (index * 37) % 101

      await callAtOnce(url, 100, (index) => ({
        line: 'POST /leaderboard/chess',
        body: { player: `player-${scoreOf(index)}`, score: scoreOf(index) },
      }))
      const { body } = await call(url, { line: 'GET /leaderboard/chess' })

      const scores = Array.from({ length: 100 }, (_, index) => scoreOf(index))
      const best = scores.sort((a, b) => b - a).slice(0, 10)
      expect(body.leaderboard).toEqual(best.map((score) => ({ player: `player-${score}`, score })))
    })

    it('has each player once, with the best score', async () => {
      const { url } = getHost()

      await callAtOnce(url, 60, (index) => ({
        line: 'POST /leaderboard/go',
        body: { player: index % 2 === 0 ? 'ada' : 'grace', score: (index * 7) % 60 },
      }))
      const { body } = await call(url, { line: 'GET /leaderboard/go' })

      expect(body.leaderboard).toEqual([
        { player: 'grace', score: 59 },
        { player: 'ada', score: 58 },
      ])
    })

    it.each([{ player: 'ada' }, { player: 7, score: 7 }, { player: 'ada', score: '9' }])(
      'does not take %j',
      async (body) => {
        const { status } = await call(getHost().url, { line: 'POST /leaderboard/go', body })

        expect(status).toBe(400)
      },
    )
  })
}
