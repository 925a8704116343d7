import type { BucketConfig } from '../engine/engine.ts'
import { contentsOf, pastOf } from './copies-scene.ts'
import { all, codeOf, errorOf } from './observe.ts'
import type { Suite } from './suite.ts'

export function mirrorCreationTests({ describe, it, expect }: Suite): void {
  describe('creating a mirror', () => {
    it('begins with what its origin holds, under the same revisions and times', async (scene) => {
      const { project, clock } = scene
      const orders = await project.createBucket('orders')
      await orders.put('one', 1)
      await orders.put('two', 2, { ttl: '1h' })
      await orders.put('gone', 3)
      await clock.advance(1000)
      await orders.put('one', 4)
      await orders.delete('gone')

      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })

      expect(await all(copy.entries())).toEqual(await all(orders.entries()))
      expect(await copy.info()).toMatchObject({
        revision: 5,
        keys: 2,
        bytes: (await orders.info()).bytes,
        config: { mirror: { bucket: 'orders' } },
      })
    })

    it('takes over as much history as it keeps itself', async ({ project }) => {
      const orders = await project.createBucket('orders', { history: 5 })
      for (const value of [1, 2, 3]) await orders.put('one', value)
      await orders.delete('one')
      await orders.put('one', 5)
      await orders.put('two', 6)
      await orders.delete('two')

      const mirror = { bucket: 'orders' }
      const copy = await project.createBucket('copy', { mirror, history: 3 })

      expect(await pastOf(copy, 'one')).toEqual(['put 3 @3', 'delete @4', 'put 5 @5'])
      expect(await pastOf(copy, 'two')).toEqual(['put 6 @6', 'delete @7'])
      expect((await copy.get('one', { revision: 3 }))?.value).toBe(3)
      expect(await copy.info()).toMatchObject({ revision: 7, keys: 1, bytes: 12 })
    })

    it('begins from a revision or a time, and with keys that match', async (scene) => {
      const { project, clock } = scene
      const orders = await project.createBucket('orders')
      await orders.put('eu.1', 'a')
      await orders.put('us.1', 'b')
      await clock.advance(1000)
      const startTime = clock.wallMs()
      await orders.put('eu.2', 'c')
      await orders.put('eu.3.x', 'd')

      const create = (name: string, origin: object) =>
        project.createBucket(name, { mirror: { bucket: 'orders', ...origin } })
      const byRevision = await create('by-revision', { startRevision: 2 })
      const byTime = await create('by-time', { startTime })
      const byKey = await create('by-key', { filterSubject: 'eu.*' })
      await orders.put('eu.1', 'e')

      expect(await contentsOf(byRevision)).toEqual([
        'us.1=b @2',
        'eu.2=c @3',
        'eu.3.x=d @4',
        'eu.1=e @5',
      ])
      expect(await contentsOf(byTime)).toEqual(['eu.2=c @3', 'eu.3.x=d @4', 'eu.1=e @5'])
      expect(await contentsOf(byKey)).toEqual(['eu.2=c @3', 'eu.1=e @5'])
    })

    it('renames keys by the first transform that is for them, and leaves out others', async ({
      project,
    }) => {
      const orders = await project.createBucket('orders')
      await orders.put('eu.1', 'a')
      await orders.put('us.1.x', 'b')
      await orders.put('other', 'c')
      const transforms = [
        { source: 'eu.*', dest: 'europe.{{wildcard(1)}}.order' },
        { source: '*.>', dest: 'rest.{{wildcard(1)}}.>' },
      ]

      const mirror = { bucket: 'orders', transforms }
      const copy = await project.createBucket('copy', { mirror })
      await orders.put('eu.2', 'd')
      await orders.delete('eu.1')
      await orders.put('third', 'e')

      expect(await contentsOf(copy)).toEqual(['rest.us.1.x=b @2', 'europe.2.order=d @4'])
    })

    it('leaves out keys that a transform makes too long or empty', async ({ project }) => {
      const orders = await project.createBucket('orders')
      const transforms = [
        { source: 'a.*', dest: '$1' },
        { source: '*', dest: 'longer.$1' },
      ]
      const mirror = { bucket: 'orders', transforms }
      const copy = await project.createBucket('copy', { mirror })

      await orders.put('x'.repeat(1024), 1)
      await orders.put('a.', 2)
      await orders.put('short', 3)

      expect(await contentsOf(copy)).toEqual(['longer.short=3 @3'])
    })

    it('begins with many keys, each once', async ({ project }) => {
      const orders = await project.createBucket('orders')
      const operations = Array.from({ length: 700 }, (_, index) => {
        return { op: 'put', key: `key-${index}`, value: index } as const
      })
      await orders.commit(operations)

      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })

      expect(await contentsOf(copy)).toEqual(await contentsOf(orders))
      expect(await copy.info()).toMatchObject({ keys: 700, revision: 700 })
    })

    it('may copy the bucket that is always there', async ({ project, bucket }) => {
      const copy = await project.createBucket('copy', { mirror: { bucket: 'default' } })

      await bucket.put('alice', 1)

      expect(await contentsOf(copy)).toEqual(['alice=1 @1'])
    })

    it('leaves one with the same origin as it is, and names what differs', async ({ project }) => {
      await project.createBucket('orders')
      const mirror = { bucket: 'orders', filterSubject: 'eu.>' }
      await project.createBucket('copy', { mirror })

      const again = project.createBucket('copy', { mirror: { ...mirror } })
      const other = project.createBucket('copy', { mirror: { bucket: 'orders' } })
      const plain = project.createBucket('copy')

      expect(await codeOf(again)).toBe('no error')
      expect((await errorOf(other)).details).toMatchObject({ differing: ['mirror'] })
      expect((await errorOf(plain)).details).toMatchObject({ differing: ['mirror'] })
    })
  })

  describe('creating a mirror that cannot be', () => {
    it('is refused without its origin, and leaves nothing', async ({ project, store }) => {
      await store.project('elsewhere').createBucket('orders')

      const error = await errorOf(project.createBucket('copy', { mirror: { bucket: 'orders' } }))

      expect(error.code).toBe('KV_BUCKET_NOT_FOUND')
      expect(error.message).toContain('"orders"')
      expect(await codeOf(project.bucket('copy'))).toBe('KV_BUCKET_NOT_FOUND')
    })

    it('is refused when it would copy itself', async ({ project }) => {
      const error = await errorOf(project.createBucket('copy', { mirror: { bucket: 'copy' } }))

      expect(error.code).toBe('KV_INVALID_ARGUMENT')
      expect(error.message).toContain('"copy" copies "copy"')
    })

    const origin = { bucket: 'orders' }
    const wrong: readonly (readonly [string, Partial<BucketConfig>])[] = [
      ['sources', { mirror: origin, sources: [origin] }],
      ['ttlMs', { mirror: origin, ttlMs: 1000 }],
      ['bytesMax', { mirror: origin, bytesMax: 1000 }],
      ['valueBytesMax', { mirror: origin, valueBytesMax: 1000 }],
      ['bytesMax', { sources: [origin], bytesMax: 1000 }],
      ['name of a bucket', { mirror: { bucket: 'a.b' } }],
      ['mirror.filterSubject', { mirror: { ...origin, filterSubject: 'eu..>' } }],
      ['mirror.startRevision', { mirror: { ...origin, startRevision: -1 } }],
      ['mirror.startTime', { mirror: { ...origin, startTime: 0.5 } }],
      ['sources takes', { sources: Array.from({ length: 101 }, () => origin) }],
      [
        'sources[1].transforms[0]',
        { sources: [origin, { ...origin, transforms: [{ source: '*', dest: '$2' }] }] },
      ],
    ]
    for (const [name, settings] of wrong) {
      it(`is refused for its ${name}: ${JSON.stringify(settings).slice(0, 90)}`, async (scene) => {
        const { project } = scene
        await project.createBucket('orders')

        const error = await errorOf(project.createBucket('copy', settings))

        expect(error.code).toBe('KV_INVALID_ARGUMENT')
        expect(error.message).toContain(name)
        expect(await codeOf(project.bucket('copy'))).toBe('KV_BUCKET_NOT_FOUND')
      })
    }
  })

  describe('updating a bucket with mirror or sources', () => {
    it('leaves them, and changes the rest', async ({ project }) => {
      await project.createBucket('orders')
      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })

      const { config } = await copy.configure({ description: 'a copy', history: 3 })

      expect(config).toMatchObject({ description: 'a copy', mirror: { bucket: 'orders' } })
    })

    it('refuses others, and says that they hold for the whole life', async ({ project }) => {
      await project.createBucket('orders')
      await project.createBucket('more')
      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })
      const merged = await project.createBucket('merged', { sources: [{ bucket: 'orders' }] })
      const plain = await project.createBucket('plain')

      const errors = await Promise.all([
        errorOf(copy.configure({ mirror: { bucket: 'more' } })),
        errorOf(merged.configure({ sources: [{ bucket: 'more' }] })),
        errorOf(merged.configure({ sources: [] })),
        errorOf(plain.configure({ sources: [{ bucket: 'more' }] })),
      ])

      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['KV_INVALID_ARGUMENT']))
      expect(errors[0]?.message).toContain('mirror holds for the whole life')
      expect(errors[1]?.message).toContain('sources holds for the whole life')
    })

    it('refuses limits that copies cannot be held to', async ({ project }) => {
      await project.createBucket('orders')
      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })

      expect(await codeOf(copy.configure({ ttlMs: 1000 }))).toBe('KV_INVALID_ARGUMENT')
      expect(await codeOf(copy.configure({ bytesMax: 1000 }))).toBe('KV_INVALID_ARGUMENT')
    })
  })
}
