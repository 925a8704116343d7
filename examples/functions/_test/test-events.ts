import { describe, expect, it } from 'vitest'
import { type Answer, call, callAtOnce, statusesOf } from './http-client.ts'
import type { GetHost } from './test-functions.ts'

export function testEvents(getHost: GetHost): void {
  async function readAll(): Promise<Answer['body'][]> {
    const events: Answer['body'][] = []
    let cursor = ''
    do {
      const { body } = await call(getHost().url, { line: `GET /events?limit=30&cursor=${cursor}` })
      events.push(...body.events)
      cursor = body.next
    } while (cursor !== undefined)
    return events
  }

  describe('the event log', () => {
    it('has every event of many clients once, newest first, page by page', async () => {
      const answers = await callAtOnce(getHost().url, 100, (index) => ({
        line: 'POST /events',
        body: { type: 'login', data: index },
      }))

      const events = await readAll()

      expect(statusesOf(answers)).toEqual({ 201: 100 })
      const logged = answers.map(({ body }) => body).sort((a, b) => b.id - a.id)
      expect(events).toEqual(logged)
      expect(new Set(events.map(({ id }) => id)).size).toBe(100)
      expect(new Set(events.map(({ data }) => data)).size).toBe(100)
    })

    it.each([
      ['POST /events', { name: 'no type' }],
      ['GET /events?cursor=bent', undefined],
      ['GET /events?cursor=a&cursor=b', undefined],
    ])('refuses %s with %j', async (line, body) => {
      const { status } = await call(getHost().url, { line, body })

      expect(status).toBe(400)
    })

    it.each([
      ['-1', 1],
      ['0', 20],
      ['1e9', 1],
      ['5000', 100],
    ])('takes a limit of %s for %d', async (limit, length) => {
      const { body } = await call(getHost().url, { line: `GET /events?limit=${limit}` })

      expect(body.events).toHaveLength(length)
    })
  })
}
