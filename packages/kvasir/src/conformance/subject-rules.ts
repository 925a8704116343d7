import type { Republish } from '../engine/republish.ts'
import { errorOf, take } from './observe.ts'
import { inShort } from './subjects.ts'
import type { Suite } from './suite.ts'

const republish = { dest: 'changes.>' }

export function subjectRuleTests({ describe, it, expect }: Suite): void {
  describe('a bucket with republish', () => {
    it('publishes the keys of its source alone, under the subjects of its dest', async (scene) => {
      const { project } = scene
      const rule = { source: 'orders.*.*', dest: 'eu.{{wildcard(2)}}.{{wildcard(1)}}' }
      const bucket = await project.createBucket('mixed', { republish: rule })
      const messages = project.subscribe('>')

      for (const key of ['users.1', 'orders.de', 'orders.de.7', 'orders.fr.8']) {
        await bucket.put(key, 1)
      }

      const seen = await take(messages, 2)
      expect(seen.map(inShort)).toEqual(['eu.7.de put mixed 3', 'eu.8.fr put mixed 4'])
    })

    it('publishes all keys under one subject when its dest is one', async ({ project }) => {
      const bucket = await project.createBucket('orders', { republish: { dest: 'orders' } })
      const messages = project.subscribe('orders')

      await bucket.put('a', 1)
      await bucket.put('b.c', 1)

      const seen = await take(messages, 2)
      expect(seen.map(inShort)).toEqual(['orders put orders 1', 'orders put orders 2'])
    })

    it('leaves values out when it is to', async ({ project }) => {
      const bucket = await project.createBucket('orders', {
        republish: { ...republish, headersOnly: true },
      })
      const messages = project.subscribe('changes.>')

      await bucket.put('a', 'secret')

      const [message] = await take(messages, 1)
      expect(message).toMatchObject({ kind: 'put', key: 'a', revision: 1 })
      expect('value' in (message ?? {})).toBe(false)
    })

    it('publishes what is stored from when it was set on', async ({ project }) => {
      const bucket = await project.createBucket('orders')
      const messages = project.subscribe('>')
      await bucket.put('a', 1)

      await bucket.configure({ republish })
      await bucket.put('b', 1)

      expect((await take(messages, 1)).map(inShort)).toEqual(['changes.b put orders 2'])
      expect(await bucket.info()).toMatchObject({ config: { republish }, publishedSince: 1 })
    })

    it('publishes by the rule that held when a change was stored', async ({ project }) => {
      const bucket = await project.createBucket('orders', { republish })
      const messages = project.subscribe('>')

      await bucket.put('a', 1)
      await bucket.configure({ republish: { dest: 'later.>' } })
      await bucket.put('b', 1)
      await bucket.configure({ republish: undefined as unknown as Republish })
      await bucket.put('c', 1)
      await bucket.configure({ republish })
      await bucket.put('d', 1)

      const seen = await take(messages, 3)
      expect(seen.map(inShort)).toEqual([
        'changes.a put orders 1',
        'later.b put orders 2',
        'changes.d put orders 4',
      ])
    })

    it('publishes as before after a change of another setting', async ({ project }) => {
      const bucket = await project.createBucket('orders', { republish })
      const messages = project.subscribe('changes.>')

      await bucket.put('a', 1)
      await bucket.configure({ description: 'other' })
      await bucket.put('b', 1)

      expect(await take(messages, 2)).toHaveLength(2)
      expect((await bucket.info()).publishedSince).toBe(0)
    })

    it('is the same with a default that is given as with one left out', async (scene) => {
      const { project, engine } = scene
      await project.createBucket('orders', { republish })
      const at = { project: 'shop', bucket: 'orders' }
      const config = { description: '', history: 1, metadata: {} }
      const full = { source: '>', dest: 'changes.>', headersOnly: false }

      const again = await engine.createBucket(at, { ...config, republish: full })
      const error = await errorOf(engine.createBucket(at, config))

      expect(again).toMatchObject({ created: false, info: { config: { republish } } })
      expect(error.code).toBe('KV_BUCKET_EXISTS')
      expect(error.details).toMatchObject({ differing: ['republish'] })
    })

    it('is listed apart from those that do not publish', async ({ project, engine }) => {
      for (const name of ['a', 'b', 'c', 'd']) await project.createBucket(name)
      for (const name of ['b', 'd']) await (await project.bucket(name)).configure({ republish })

      const first = await engine.listBuckets('shop', { limit: 1, publishing: true })
      const second = await engine.listBuckets('shop', { limit: 9, after: 'b', publishing: true })

      expect(first.buckets.map(({ name }) => name)).toEqual(['b'])
      expect(first.hasMore).toBe(true)
      expect(second.buckets.map(({ name }) => name)).toEqual(['d'])
      expect(second.hasMore).toBe(false)
    })

    const wrong: readonly [what: string, given: unknown][] = [
      ['republish', 'changes'],
      ['republish.dest', {}],
      ['republish.dest', { dest: 'a..b' }],
      ['republish.dest', { dest: 'a.*' }],
      ['republish.dest', { dest: 'a.{{wildcard(1)}}' }],
      ['republish.dest', { source: 'a', dest: 'b.>' }],
      ['republish.source', { source: 'a*', dest: 'b' }],
      ['republish.headersOnly', { dest: 'b', headersOnly: 1 }],
    ]
    for (const [what, given] of wrong) {
      it(`refuses ${JSON.stringify(given)}`, async ({ project }) => {
        const call = project.createBucket('orders', { republish: given as Republish })

        const error = await errorOf(call)

        expect(error.code).toBe('KV_INVALID_ARGUMENT')
        expect(error.message).toContain(what)
      })
    }

    it('is set, shown and ended by the functions', async ({ project }) => {
      const flows = project.flows()
      const given = { src: 'orders.>', dest: 'changes.>' }
      const full = { source: 'orders.>', dest: 'changes.>', headers_only: false }

      const created = await flows.kvBucketCreate({ bucket: 'orders', republish: given })
      const shown = await flows.kvBucketGet({ bucket: 'orders' })
      const kept = await flows.kvBucketUpdate({ bucket: 'orders', history: 2 })
      const ended = await flows.kvBucketUpdate({ bucket: 'orders', republish: { dest: '' } })

      expect(created.body).toMatchObject({ republish: full })
      expect(shown.body).toMatchObject({ republish: full })
      expect(kept.body).toMatchObject({ history: 2, republish: full })
      expect(ended.body?.republish).toBe(undefined)
    })
  })
}
