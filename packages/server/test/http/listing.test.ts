import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const bucket = '/v1/buckets/default'

interface Page {
  items: { key: string; value?: unknown; revision: number }[]
  cursor?: string
}

async function openWithKeys(keys: readonly string[]) {
  const opened = openApp()
  const operations = keys.map((key) => ({ op: 'put', key, value: { of: key } }))
  await opened.send('POST /v1/batch', { operations })
  const page = async (query: string): Promise<Page> =>
    (await opened.request(`${bucket}/keys?${query}`)).json() as Promise<Page>
  return { ...opened, page }
}

describe('listing keys', () => {
  it('goes by the bytes of the keys, a page at a time', async () => {
    const { page } = await openWithKeys(['b', 'é', 'a', 'c'])

    const first = await page('limit=2')
    const second = await page(`limit=2&cursor=${first.cursor}`)

    expect(first.items.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(second.items.map(({ key }) => key)).toEqual(['c', 'é'])
    expect(second.cursor).toBeUndefined()
  })

  it('leaves values out unless they are asked for', async () => {
    const { page } = await openWithKeys(['a'])

    expect((await page('')).items[0]).not.toHaveProperty('value')
    expect((await page('values=true')).items[0]?.value).toEqual({ of: 'a' })
  })

  it('takes a prefix, an order and a direction', async () => {
    const { page } = await openWithKeys(['x:b', 'x:a', 'y'])

    const { items } = await page('prefix=x%3A&order=revision&reverse=true')

    expect(items.map(({ key }) => key)).toEqual(['x:a', 'x:b'])
  })

  it('ends a page early when its values are large, and goes on with the cursor', async () => {
    const { request, page } = await openWithKeys([])
    const body = 'x'.repeat(100_000)
    const headers = { 'content-type': 'text/plain' }
    for (let index = 0; index < 250; index++) {
      await request(`${bucket}/keys/${index}`, { method: 'PUT', body, headers })
    }

    const first = await page('values=true&limit=1000')
    const second = await page(`values=true&limit=1000&cursor=${first.cursor}`)
    const third = await page(`values=true&limit=1000&cursor=${second.cursor}`)
    const last = await page(`values=true&limit=1000&cursor=${third.cursor}`)

    const lengths = [first, second, third, last].map(({ items }) => items.length)
    expect(lengths).toEqual([83, 83, 83, 1])
    expect(last.cursor).toBeUndefined()
  })

  it.each([
    ['limit=0', 'KV_INVALID_ARGUMENT'],
    ['limit=1001', 'KV_INVALID_ARGUMENT'],
    ['limit=ten', 'KV_INVALID_ARGUMENT'],
    ['order=age', 'KV_INVALID_ARGUMENT'],
    ['values=yes', 'KV_INVALID_ARGUMENT'],
    ['limits=1', 'KV_INVALID_ARGUMENT'],
    ['prefix=%ff', 'KV_INVALID_ARGUMENT'],
    ['cursor=zzz', 'KV_INVALID_CURSOR'],
    ['cursor=eyJyZXZpc2lvbiI6MX0', 'KV_INVALID_CURSOR'],
  ])('is refused with ?%s', async (query, code) => {
    const { request } = openApp()

    const problem = await problemOf(await request(`${bucket}/keys?${query}`))

    expect(problem).toMatchObject({ status: 400, code })
  })
})

describe('the history of a key', () => {
  it('is every kept change, oldest first', async () => {
    const { request, send } = openApp()
    await send('PUT /v1/buckets/versions', { history: 3 })
    const path = '/v1/buckets/versions/keys/a'
    await send(`PUT ${path}`, 1)
    await send(`PUT ${path}`, { x: 2 })
    await request(path, { method: 'DELETE' })

    const all = await request('/v1/buckets/versions/history?key=a')
    const last = await request('/v1/buckets/versions/history?key=a&limit=1')

    expect(await all.json()).toMatchObject({
      items: [
        { kind: 'put', key: 'a', value: 1, revision: 1 },
        { kind: 'put', key: 'a', value: { x: 2 }, revision: 2 },
        { kind: 'delete', key: 'a', revision: 3 },
      ],
    })
    expect(await last.json()).toMatchObject({ items: [{ kind: 'delete' }] })
  })
})
