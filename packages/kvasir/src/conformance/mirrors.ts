import { contentsOf, pastOf } from './copies-scene.ts'
import { all, codeOf, errorOf, lastValue, letExpire, shortForm, untilLast } from './observe.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

async function ordersAndCopy({ project }: Scene, settings = {}) {
  const orders = await project.createBucket('orders', settings)
  const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })
  return { orders, copy }
}

export function mirrorTests({ describe, it, itWherePersistent, expect }: Suite): void {
  describe('a mirror', () => {
    it('has every change of its origin as soon as that is acknowledged', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)

      await orders.put('alice', 1)
      await orders.apply({ op: 'increment', key: 'alice', by: 4 })
      await orders.put('bob', { seats: [1, 2] })
      await orders.apply({ op: 'append', key: 'bob', fields: { seats: [3] } })
      await orders.put('carol', 1)
      await orders.delete('carol')

      expect((await copy.get('alice'))?.value).toBe(5)
      expect((await copy.get('bob'))?.value).toEqual({ seats: [1, 2, 3] })
      expect(await all(copy.entries())).toEqual(await all(orders.entries()))
      expect(await copy.info()).toMatchObject({ revision: 6, keys: 2 })
    })

    it('has a commit of several operations whole or not at all', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)

      await orders.commit([
        { op: 'put', key: 'alice', value: 1 },
        { op: 'put', key: 'alice', value: 2 },
        { op: 'put', key: 'bob', value: 3 },
      ])
      await orders.commit([
        { op: 'put', key: 'carol', value: 1 },
        { op: 'put', key: 'bob', value: 4, ifAbsent: true },
      ])

      expect(await contentsOf(copy)).toEqual(['alice=2 @2', 'bob=3 @3'])
    })

    it('may be compressed where its origin is not, and the other way round', async ({
      project,
    }) => {
      const value = { text: 'many words, '.repeat(100) }
      const orders = await project.createBucket('orders', { compression: true })
      await orders.put('before', value)
      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })
      const packed = await project.createBucket('packed', {
        mirror: { bucket: 'copy' },
        compression: true,
      })

      await orders.put('after', value)

      expect((await all(packed.entries())).map((entry) => entry.value)).toEqual([value, value])
      expect(await all(packed.entries())).toEqual(await all(copy.entries()))
      expect((await packed.info()).bytes).toBe((await copy.info()).bytes)
    })

    it('keeps history of its own length', async (scene) => {
      const { project } = scene
      const orders = await project.createBucket('orders')
      const mirror = { bucket: 'orders' }
      const copy = await project.createBucket('copy', { mirror, history: 3 })

      for (const value of [1, 2, 3, 4]) await orders.put('alice', value)
      await orders.delete('alice')

      expect(await pastOf(orders, 'alice')).toEqual(['delete @5'])
      expect(await pastOf(copy, 'alice')).toEqual(['put 3 @3', 'put 4 @4', 'delete @5'])
      expect(await copy.info()).toMatchObject({ keys: 0, bytes: 12 })
    })

    it('is emptied with its origin, under the same number', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)
      await orders.put('alice', 1)

      await orders.purge()
      await orders.put('bob', 2)

      expect(await contentsOf(copy)).toEqual(['bob=2 @3'])
      expect(await copy.info()).toMatchObject({ revision: 3, keys: 1, bytes: 4 })
    })

    it('loses a copy to the millisecond when its original expires', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)
      const { clock } = scene
      await orders.put('alice', 1, { ttl: 1000 })
      await orders.put('bob', 2)

      clock.setWall(clock.wallMs() + 999)
      const before = await copy.info()
      clock.setWall(clock.wallMs() + 1)

      expect(before).toMatchObject({ keys: 2, bytes: 10 })
      expect(await copy.get('alice')).toBe(undefined)
      expect(await copy.info()).toMatchObject({ keys: 1, bytes: 4 })
    })

    it('records expiries with the numbers of its origin', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)
      const watches = [orders.watch(), copy.watch()]
      await Promise.all(watches.map(({ ready }) => ready))
      await orders.put('alice', 1, { ttl: 1000 })
      await orders.put('bob', 2, { ttl: 1000 })

      await letExpire(scene.clock)
      await orders.put('end', lastValue)

      const [ofOrders, ofCopy] = await Promise.all(watches.map((watch) => untilLast(watch)))
      expect(ofCopy).toEqual(ofOrders)
      expect(ofCopy).toContain('put alice 1')
      expect([...(ofCopy ?? [])].slice(2).sort()).toEqual(['expire alice 3', 'expire bob 4'])
      expect((await copy.info()).revision).toBe(5)
    })

    it('follows a shorter ttl of its origin', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)
      await orders.put('alice', 1)

      await orders.configure({ ttlMs: 1000 })

      expect((await copy.get('alice'))?.expiresAt).toBe((await orders.get('alice'))?.expiresAt)
      await letExpire(scene.clock)
      expect(await copy.info()).toMatchObject({ keys: 0, bytes: 0, revision: 2 })
    })

    it('refuses every write, and has changed nothing', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)
      await orders.put('alice', 1)

      const errors = await Promise.all([
        errorOf(copy.put('alice', 2)),
        errorOf(copy.put('bob', 2)),
        errorOf(copy.delete('alice')),
        errorOf(copy.apply({ op: 'purge', key: 'alice' })),
        errorOf(copy.apply({ op: 'touch', key: 'alice', ttl: 1000 })),
        errorOf(copy.put('alice', 2, { ifRevision: 7 })),
        errorOf(copy.update('alice', () => 2)),
        errorOf(copy.purge()),
        errorOf(scene.project.kv({ bucket: 'copy' }).clear()),
      ])

      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['KV_READ_ONLY']))
      expect(errors[0]?.message).toContain('Write to "orders"')
      expect(errors[0]?.status).toBe(409)
      expect(await contentsOf(copy)).toEqual(['alice=1 @1'])
      expect((await copy.info()).revision).toBe(1)
    })

    it('has locks of its own', async (scene) => {
      await ordersAndCopy(scene)
      const kv = scene.project.kv({ bucket: 'copy' })

      const lock = await kv.lock('door', { ttl: 1000 })

      expect(lock === null).toBe(false)
      expect(await kv.lock('door', { ttl: 1000 })).toBe(null)
    })

    it('may have mirrors itself', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)
      const mirror = { bucket: 'copy', filterSubject: 'eu.>' }
      const second = await scene.project.createBucket('second', { mirror })

      await orders.put('eu.1', 1, { ttl: 1000 })
      await orders.put('us.1', 2)
      await orders.put('eu.2', 3)

      expect(await contentsOf(second)).toEqual(['eu.1=1 @1', 'eu.2=3 @3'])
      await letExpire(scene.clock)
      expect(await contentsOf(second)).toEqual(['eu.2=3 @3'])
      expect([await second.info(), await copy.info()]).toMatchObject([
        { revision: 4, keys: 1 },
        { revision: 4, keys: 2 },
      ])
    })

    it('belongs to a bucket of its own project', async (scene) => {
      const { copy } = await ordersAndCopy(scene)
      const elsewhere = await scene.store.project('elsewhere').createBucket('orders')

      await elsewhere.put('alice', 1)

      expect(await contentsOf(copy)).toEqual([])
    })

    it('keeps its origin from being deleted, and names itself', async (scene) => {
      await ordersAndCopy(scene)
      const { project } = scene

      const error = await errorOf(project.deleteBucket('orders'))
      await project.deleteBucket('copy')

      expect(error.code).toBe('KV_CONFLICT')
      expect(error.message).toContain('"copy"')
      expect(await codeOf(project.deleteBucket('orders'))).toBe('no error')
    })

    itWherePersistent('goes on after its store was closed and opened', async (scene) => {
      const { orders } = await ordersAndCopy(scene)
      await orders.put('alice', 1)
      await orders.put('bob', 2, { ttl: 1000 })

      const { project, clock } = await scene.reopen()
      const copy = await project.bucket('copy')
      await (await project.bucket('orders')).put('carol', 3)
      const contents = await contentsOf(copy)
      await letExpire(clock)

      expect(contents).toEqual(['alice=1 @1', 'bob=2 @2', 'carol=3 @3'])
      expect(await contentsOf(copy)).toEqual(['alice=1 @1', 'carol=3 @3'])
      expect(await copy.info()).toMatchObject({ revision: 4, keys: 2 })
    })
  })

  describe('watching a mirror', () => {
    it('sees every change in order, whatever numbers lie between', async ({ project }) => {
      const orders = await project.createBucket('orders')
      const mirror = { bucket: 'orders', filterSubject: 'eu.>' }
      const copy = await project.createBucket('copy', { mirror })
      const watch = copy.watch()
      await watch.ready

      for (const value of [1, 2, 3]) {
        await orders.put('us.1', value)
        await orders.put('eu.1', value)
      }
      await orders.purge()
      await orders.put('eu.end', lastValue)

      expect(await untilLast(watch)).toEqual(['put eu.1 2', 'put eu.1 4', 'put eu.1 6', 'clear 7'])
    })

    it('can be taken up where a watch of its origin ended', async ({ project }) => {
      const orders = await project.createBucket('orders')
      await orders.put('alice', 1)
      await orders.put('bob', 2)
      await orders.delete('alice')
      const copy = await project.createBucket('copy', { mirror: { bucket: 'orders' } })
      await orders.put('end', lastValue)

      const seen = await untilLast(copy.watch({ since: 1 }))

      expect(seen).toEqual(['put bob 2', 'delete alice 3'])
    })

    it('begins with what is there', async (scene) => {
      const { orders, copy } = await ordersAndCopy(scene)
      await orders.put('alice', 1)

      const seen: string[] = []
      for await (const event of copy.watch({ initial: true })) {
        seen.push(shortForm(event))
        if (event.kind === 'synced') await orders.put('bob', 2)
        if (seen.length === 3) break
      }

      expect(seen).toEqual(['put alice 1', 'synced 1', 'put bob 2'])
    })
  })
}
