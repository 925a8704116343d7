import { AnswerBudget, startServer } from '@kvasir/server'
import { openMemoryEngine } from 'kvasir/memory'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { answersWaitingMax, answerWaitMs } from '../../src/limits/server-limits.ts'
import { openApp, problemOf } from './open-app.ts'
import { RawSocket } from './raw-socket.ts'

const mebibyte = 1024 * 1024

afterEach(() => {
  vi.useRealTimers()
})

/** Asks for values of these sizes, one after another. */
function asking(...sizes: number[]) {
  return async (onValue: (size: number) => void): Promise<string> => {
    for (const size of sizes) onValue(size)
    return 'answered'
  }
}

describe('the memory for answers', () => {
  it('is given to who has waited longest, as soon as there is some', async () => {
    const budget = new AnswerBudget(4 * mebibyte)
    const first = budget.share()
    await first.reading(asking(3 * mebibyte))
    const order: number[] = []
    const waiting = [1, 2].map(async (number) => {
      const share = budget.share()
      await share.reading(asking(2 * mebibyte, 2 * mebibyte))
      order.push(number)
      share.holdOnly(0)
    })

    first.holdOnly(0)
    await Promise.all(waiting)

    expect(order).toEqual([1, 2])
  })

  it('is not waited for by who asks for little', async () => {
    const budget = new AnswerBudget(4 * mebibyte)
    await budget.share().reading(asking(4 * mebibyte))
    const waiting = budget.share().reading(asking(2 * mebibyte))

    expect(await budget.share().reading(asking(60_000))).toBe('answered')
    await expect(waiting).rejects.toMatchObject({ code: 'KV_UNAVAILABLE' })
  })

  it('is refused to who has waited for too long, who is told when to come back', async () => {
    vi.useFakeTimers()
    const budget = new AnswerBudget(4 * mebibyte)
    await budget.share().reading(asking(4 * mebibyte))
    const refused = budget.share().reading(asking(mebibyte))
    const failure = expect(refused).rejects.toMatchObject({
      code: 'KV_UNAVAILABLE',
      outcome: 'not-applied',
      details: { retryAfterSeconds: 2 },
    })

    await vi.advanceTimersByTimeAsync(answerWaitMs)

    await failure
  })

  it('is given to one project up to three quarters, and to the others meanwhile', async () => {
    const budget = new AnswerBudget(64 * mebibyte)
    const greedy = budget.share('greedy')
    await greedy.reading(asking(48 * mebibyte))
    const waiting = budget.share('greedy').reading(asking(mebibyte))

    const others = ['ada', 'grace'].map((project) =>
      budget.share(project).reading(asking(8 * mebibyte)),
    )

    expect(await Promise.all(others)).toEqual(['answered', 'answered'])
    greedy.holdOnly(0)
    expect(await waiting).toBe('answered')
  })

  it('is given within a project to who has waited longest, too', async () => {
    const budget = new AnswerBudget(64 * mebibyte)
    const first = budget.share('greedy')
    await first.reading(asking(40 * mebibyte))
    const order: number[] = []
    const take = async (size: number): Promise<void> => {
      const share = budget.share('greedy')
      await share.reading(asking(size * mebibyte))
      order.push(size)
      share.holdOnly(0)
    }

    const larger = take(30)
    await new Promise((resolve) => setImmediate(resolve)) // By now it waits.
    const smaller = take(1)
    first.holdOnly(39 * mebibyte)
    first.holdOnly(0)
    await Promise.all([larger, smaller])

    expect(order).toEqual([30, 1])
  })

  it('is of the project that an answer turns out to be for', async () => {
    const budget = new AnswerBudget(64 * mebibyte)
    const share = budget.share()
    await share.reading(asking(40 * mebibyte))

    share.isFor('greedy')
    const refused = budget.share('greedy').reading(asking(10 * mebibyte))

    expect(await budget.share('ada').reading(asking(10 * mebibyte))).toBe('answered')
    await expect(refused).rejects.toMatchObject({ code: 'KV_UNAVAILABLE' })
  })

  it('lets the largest value be read, however little there is', () => {
    expect(new AnswerBudget(16 * mebibyte).answerBytesMax).toBe(16 * mebibyte)
    expect(new AnswerBudget(32 * mebibyte).answerBytesMax).toBe(24 * mebibyte)
    expect(new AnswerBudget(512 * mebibyte).answerBytesMax).toBe(64 * mebibyte)
  })

  it('is refused at once when too many wait for it', async () => {
    const budget = new AnswerBudget(4 * mebibyte)
    const holder = budget.share()
    await holder.reading(asking(4 * mebibyte))
    const waiting = Array.from({ length: answersWaitingMax }, async () => {
      const share = budget.share()
      await share.reading(asking(mebibyte))
      share.holdOnly(0)
    })

    await expect(budget.share().reading(asking(mebibyte))).rejects.toThrow('under way')

    holder.holdOnly(0)
    await Promise.all(waiting)
  })

  it('is not all that one answer may take, when that is more than answers may take', async () => {
    const share = new AnswerBudget(128 * mebibyte).share()

    const reading = share.reading(asking(40 * mebibyte, 40 * mebibyte))

    await expect(reading).rejects.toMatchObject({ code: 'KV_TOO_LARGE' })
    expect(share.isEmpty).toBe(true)
  })
})

describe('an answer on its way to a client that does not read', () => {
  it('takes memory until the client has gone', async () => {
    const answers = new AnswerBudget(16 * mebibyte)
    const { app, request } = openApp({ engine: openMemoryEngine(), answers })
    const headers = { 'content-type': 'text/plain' }
    const body = 'x'.repeat(9 * mebibyte)
    await request('/v1/buckets/default/keys/large', { method: 'PUT', headers, body })
    const server = await startServer({ app, host: '127.0.0.1', port: 0 })
    onTestFinished(() => server.close({ graceMs: 0 }))
    const slow = await RawSocket.open(server.url, { isReading: false })
    const head = 'Host: kv.test\r\nAuthorization: Bearer shop\r\n'
    slow.write(`GET /v1/buckets/default/keys/large HTTP/1.1\r\n${head}\r\n`)
    await vi.waitUntil(() => !hasRoom(answers))

    const refused = await request('/v1/buckets/default/keys/large')
    slow.destroy()
    await vi.waitUntil(() => hasRoom(answers))

    expect(await problemOf(refused)).toMatchObject({ status: 503, code: 'KV_UNAVAILABLE' })
    expect(refused.headers.get('retry-after')).toBe('2')
    expect((await request('/v1/buckets/default/keys/large')).status).toBe(200)
  })
})

function hasRoom(answers: AnswerBudget): boolean {
  const all = { project: 'another', bytes: 16 * mebibyte }
  const hasTaken = answers.tryTake(all, true)
  if (hasTaken) answers.correct({ ...all, bytes: -all.bytes })
  return hasTaken
}
