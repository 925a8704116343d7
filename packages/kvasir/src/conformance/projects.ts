import { all, codeOf, codeOfCall } from './observe.ts'
import type { Suite } from './suite.ts'

const settings = { description: 'who is here', history: 3, metadata: { team: 'web' } }

export function projectTests({ describe, it, expect }: Suite): void {
  describe('listing buckets', () => {
    it('gives those of the project by name, default among them', async ({ store, project }) => {
      for (const name of ['sessions', 'Orders', 'cache']) await project.createBucket(name)
      await store.project('other').createBucket('secret')

      const names = (await all(project.buckets())).map(({ name }) => name)

      expect(names).toEqual(['Orders', 'cache', 'default', 'sessions'])
    })

    it('gives default alone in a project that is new', async ({ store }) => {
      const names = (await all(store.project('new').buckets())).map(({ name }) => name)

      expect(names).toEqual(['default'])
    })

    it('gives their settings and figures', async ({ project }) => {
      const sessions = await project.createBucket('sessions', settings)
      await sessions.put('alice', 'here')

      const buckets = await all(project.buckets())

      expect(buckets).toContainEqual(await sessions.info())
    })

    it('goes page by page', async ({ engine, project }) => {
      for (const name of ['a', 'b', 'c']) await project.createBucket(name)

      const first = await engine.listBuckets('shop', { limit: 2 })
      const second = await engine.listBuckets('shop', { limit: 2, after: 'b' })

      expect(first.buckets.map(({ name }) => name)).toEqual(['a', 'b'])
      expect(first.hasMore).toBe(true)
      expect(second.buckets.map(({ name }) => name)).toEqual(['c', 'default'])
      expect(second.hasMore).toBe(false)
    })

    it('does not show lock spaces', async ({ project }) => {
      await project.createBucket('sessions')
      await project.kv({ bucket: 'sessions' }).lock('door', { ttl: 1000 })
      await project.kv().rateLimit('door', { limit: 1, window: 1000 })

      const names = (await all(project.buckets())).map(({ name }) => name)

      expect(names).toEqual(['default', 'sessions'])
    })
  })

  describe('listing projects', () => {
    it('gives those that anything was stored in, by name', async ({ store }) => {
      await store.project('shop').kv().set('alice', 1)
      await store.project('Web').createBucket('sessions')
      await store.project('forum').storage().settings.put('mail', { on: true })

      expect(await all(store.projects())).toEqual(['Web', 'forum', 'shop'])
    })

    it('gives none that was only looked at', async ({ store }) => {
      const project = store.project('new')
      await project.kv().get('alice')
      await all(project.buckets())

      expect(await all(store.projects())).toEqual([])
    })

    it('goes page by page', async ({ engine, store }) => {
      for (const name of ['a', 'b', 'c']) await store.project(name).kv().set('alice', 1)

      const first = await engine.listProjects({ limit: 2 })
      const second = await engine.listProjects({ limit: 2, after: 'b' })

      expect(first).toEqual({ projects: ['a', 'b'], hasMore: true })
      expect(second).toEqual({ projects: ['c'], hasMore: false })
    })

    it('refuses a page without an end', async ({ engine }) => {
      expect(await codeOf(engine.listProjects({ limit: 0 }))).toBe('KV_INVALID_ARGUMENT')
      expect(await codeOf(engine.listProjects({ limit: 1001 }))).toBe('KV_INVALID_ARGUMENT')
    })
  })

  describe('resolving the name of a project', () => {
    it('gives the name by which the data has it', async ({ engine }) => {
      expect(await engine.resolveProject('shop')).toBe('shop')
      expect(await engine.resolveProject('default')).toBe('default')
    })
  })

  describe('projects', () => {
    it('share no key, in buckets of the same name', async ({ store }) => {
      await store.project('red').kv().set('alice', 'red')
      await store.project('blue').kv().set('alice', 'blue')
      await store.project('red').kv().set('bob', 'red')

      expect(await store.project('blue').kv().get('alice')).toBe('blue')
      expect(await all(store.project('blue').kv().keys())).toEqual(['alice'])
    })

    it('count their revisions apart', async ({ store }) => {
      const red = await store.project('red').bucket()
      const blue = await store.project('blue').bucket()
      await red.put('alice', 1)
      await red.put('alice', 2)

      expect(await blue.put('alice', 1)).toMatchObject({ revision: 1 })
    })

    it('do not see each other’s buckets', async ({ store }) => {
      await store.project('red').createBucket('sessions')

      expect(await codeOf(store.project('blue').bucket('sessions'))).toBe('KV_BUCKET_NOT_FOUND')
    })

    it('are kept apart where name and bucket could be taken for each other', async ({ store }) => {
      const left = await store.project('a').createBucket('b-c')
      const right = await store.project('a-b').createBucket('c')
      await left.put('alice', 'left')

      expect(await right.get('alice')).toBe(undefined)
    })

    for (const name of ['', 'a b', 'a.b', '../up', 'x'.repeat(65)]) {
      it(`refuse the name ${JSON.stringify(name.slice(0, 12))}`, async ({ store }) => {
        expect(await codeOfCall(() => store.project(name))).toBe('KV_INVALID_ARGUMENT')
      })
    }
  })
}
