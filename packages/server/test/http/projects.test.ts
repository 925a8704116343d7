import { describe, expect, it } from 'vitest'
import { openApp, problemOf } from './open-app.ts'

const root = { authorization: 'Bearer root' }

async function openWith(...projects: string[]) {
  const opened = openApp()
  for (const project of projects) {
    const headers = { ...root, 'kvasir-project': project }
    await opened.send('PUT /v1/buckets/default/keys/a', 1, headers)
  }
  return opened
}

describe('GET /v1/projects', () => {
  it('lists the projects that hold anything, page by page', async () => {
    const { request } = await openWith('web', 'shop', 'forum', '.shared')

    const first = await request('/v1/projects?limit=2', { headers: root })
    const { items, cursor } = (await first.json()) as { items: unknown; cursor: string }
    const second = await request(`/v1/projects?cursor=${cursor}`, { headers: root })

    expect(items).toEqual([{ name: 'forum' }, { name: 'shop' }])
    expect(await second.json()).toEqual({ items: [{ name: 'web' }] })
  })

  it('is 403 for a token of one project, which is told so', async () => {
    const { request } = await openWith('other')

    const problem = await problemOf(await request('/v1/projects'))

    expect(problem).toMatchObject({ status: 403, code: 'KV_FORBIDDEN' })
    expect(problem.detail).not.toContain('other')
  })

  it.each(['limit=0', 'limit=1001', 'cursor=x', 'prefix=a'])(
    'refuses %s with 400',
    async (query) => {
      const { request } = openApp()

      expect((await request(`/v1/projects?${query}`, { headers: root })).status).toBe(400)
    },
  )
})

describe('GET /v1/project', () => {
  it.each([
    ['the project of the token', { authorization: 'Bearer shop' }, 'shop'],
    ['default for a token for all that names none', root, 'default'],
    ['the one that it names otherwise', { ...root, 'kvasir-project': 'web' }, 'web'],
  ])('answers %s', async (_what, headers, name) => {
    const { request } = openApp()

    expect(await (await request('/v1/project', { headers })).json()).toEqual({ name })
  })

  it('refuses what is no project', async () => {
    const { request } = openApp()
    const headers = { ...root, 'kvasir-project': '.kvasir' }

    expect((await request('/v1/project', { headers })).status).toBe(400)
  })
})
