import { describe, expect, it } from 'vitest'
import { greeted, problemIn, serve } from './serve-socket.ts'

const place = ['default', 'default'] as const
const aTime = expect.any(Number)

/** A client, and three keys of which one was written twice and one is gone. */
async function filled() {
  const client = await greeted((await serve()).url)
  await client.ask('put', [...place, '1', 'user:b', 'text', null], 'Bö')
  await client.ask('put', [...place, '2', 'user:a', 'json', null], '[1, 2]')
  await client.ask('put', [...place, '3', 'other', 'record', null], '{"n":1}')
  const remove = '{"operations":[{"op":"delete","key":"other"}]}'
  await client.ask('batch', ['default', '4'], remove)
  return client
}

describe('a client of the socket that lists', () => {
  it('is answered a row for each entry, and their values one after the other', async () => {
    const client = await filled()

    const page = await client.ask('list', [...place, 'key', 10, true, false])

    expect(page).toMatchObject({ status: 200, text: '[1, 2]Bö' })
    expect(page.rest).toEqual([
      [
        ['user:a', 2, aTime, aTime, null, 'json', 6],
        ['user:b', 1, aTime, aTime, null, 'text', 3],
      ],
      false,
    ])
  })

  it('is answered keys alone, from where it wants and in the order it wants', async () => {
    const client = await filled()
    const keysOf = async (...query: unknown[]): Promise<unknown> => {
      const { rest, text } = await client.ask('list', [...place, ...query])
      expect(text).toBe('')
      const [rows, hasMore] = rest as [[string][], boolean]
      return { keys: rows.map(([key]) => key), hasMore }
    }

    expect(await keysOf('key', 1, false, true, 'user:')).toEqual({
      keys: ['user:b'],
      hasMore: true,
    })
    expect(await keysOf('key', 9, false, false, null, 'user:a')).toEqual({
      keys: ['user:b'],
      hasMore: false,
    })
    expect(await keysOf('revision', 9, false, false, null, 1)).toEqual({
      keys: ['user:a'],
      hasMore: false,
    })
  })

  it('is answered the history of a key', async () => {
    const client = await filled()

    const history = await client.ask('history', [...place, 'user:b'])
    const gone = await client.ask('history', [...place, 'other', 1])

    expect(history).toMatchObject({ status: 200, text: 'Bö' })
    expect(history.rest).toEqual([[['user:b', 1, aTime, aTime, null, 'text', 3]]])
    expect(gone.rest).toEqual([[{ kind: 'delete', key: 'other', revision: 4, at: aTime }]])
  })

  it('is answered what buckets there are, and what one is', async () => {
    const client = await filled()

    const bucket = await client.ask('bucket', [...place])
    const buckets = await client.ask('buckets', ['default', 10, false])

    expect(bucket.rest).toMatchObject([{ name: 'default', keys: 2, revision: 4 }])
    expect(buckets.rest).toEqual([[bucket.rest[0]], false])
  })

  it('is refused what makes no sense', async () => {
    const client = await filled()

    const replies = [
      await client.ask('list', [...place, 'value', 10, true, false]),
      await client.ask('list', [...place, 'key', '10', true, false]),
      await client.ask('list', [...place, 'key', 0, true, false]),
      await client.ask('list', [...place, 'key', 10, true, false, 7]),
      await client.ask('list', [...place, 'key', 10, true, false, null, 7]),
      await client.ask('list', [...place, 'revision', 10, true, false, null, 'a']),
      await client.ask('history', [...place, 7]),
      await client.ask('history', [...place, 'a', 'all']),
      await client.ask('buckets', ['default', 10, false, 7]),
    ]
    const absent = await client.ask('bucket', ['default', 'nowhere'])

    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 400))
    expect(problemIn(absent)).toEqual({ status: 404, code: 'KV_BUCKET_NOT_FOUND' })
  })
})
