import { KvasirError } from 'kvasir'
import { openRemoteStore } from 'kvasir/client'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { callsOf } from '../../src/client/calls.ts'
import { Later } from '../../src/client/later.ts'
import { openRemoteEngine } from '../../src/engines/remote/open-remote-engine.ts'
import { createStore, type Store } from '../../src/store/store.ts'
import { serveInProcess, token } from '../remote/open-remote.ts'

const url = 'http://kvasir.test'

/** A client that has loaded nothing, and the bodies of the writes that it sends. */
function openFresh() {
  const serve = serveInProcess(openMemoryEngine())
  const sent: string[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (init?.method === 'POST') sent.push(String(init.body))
    return serve(input, init)
  }
  const store = openRemoteStore(url, { token, fetch })
  return { store, kv: store.project().kv(), sent }
}

/** The keys that a write names. */
function keysIn(body: string): string[] {
  const { operations } = JSON.parse(body) as { operations: { key: string }[] }
  return operations.map(({ key }) => key)
}

describe('a call of kvasir/client whose code is not there yet', () => {
  it('is sent before the writes that were called after it', async () => {
    const { kv, sent } = openFresh()

    await Promise.all([
      kv.set('a', 1),
      kv.setMany([{ key: 'b', value: 1 }]),
      kv.set('c', 1),
      kv.set('d', new Uint8Array([1])),
      kv.increment('e'),
    ])
    await kv.set('f', 1)

    expect(sent.flatMap(keysIn)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('stores what it was given, whatever becomes of it after the call', async () => {
    const { kv } = openFresh()
    const given = { count: 1, inside: [{ deep: true }], left: undefined }
    const bytes = new Uint8Array([1])
    const turning = { toJSON: () => ({ ...given }) }

    const stored = [
      kv.setMany([{ key: 'many', value: given }]),
      kv.set('one', given),
      kv.set('bytes', bytes),
      kv.set('turned', turning),
    ]
    given.count = 2
    given.inside.pop()
    bytes[0] = 2
    await Promise.all(stored)

    const expected = { count: 1, inside: [{ deep: true }] }
    expect(await kv.getMany(['many', 'one', 'bytes'])).toEqual([
      expected,
      expected,
      new Uint8Array([1]),
    ])
    expect(await kv.get('turned')).toMatchObject({ count: 1 })
  })

  it('is refused with the words of the whole store', async () => {
    const { kv, sent } = openFresh()
    const whole = createStore(openRemoteEngine(url)).project().kv()
    const calls: ((on: typeof kv) => Promise<unknown>)[] = [
      (on) => on.set('', 1),
      (on) => on.set('a', { at: [1n] }),
      (on) => on.set('a', { [Symbol('odd')]: 1 }),
      (on) => on.set('a', 1, 'soon'),
      (on) => on.increment('a', Number.NaN),
      (on) => on.get(5 as never),
      (on) => on.getMany('a' as never),
    ]

    for (const call of calls) {
      const [ours, theirs] = await Promise.all(
        [kv, whole].map((on) => call(on).catch((error: unknown) => error)),
      )
      expect(ours).toBeInstanceOf(KvasirError)
      expect(ours).toMatchObject({ ...(theirs as KvasirError) })
      expect(String(ours)).toBe(String(theirs))
    }
    expect(sent).toEqual([])
  })

  it('as a watch sees the write after it', async () => {
    const { kv } = openFresh()

    const watch = kv.watch({ prefix: 'user:' })
    const written = kv.set('user:1', 'alice')

    for await (const change of watch) {
      expect(change).toMatchObject({ type: 'put', key: 'user:1', value: 'alice' })
      break
    }
    await written
  })

  it('as a watch can be closed before it has begun', async () => {
    const { kv } = openFresh()
    const watch = kv.watch()

    await watch.close()

    expect(await watch[Symbol.asyncIterator]().next()).toMatchObject({ done: true })
  })

  it('as a subscription says where it is to begin, and sees the write after it', async () => {
    const { store } = openFresh()
    const project = store.project()
    await project.createBucket('orders', { republish: { dest: 'orders.>' } })
    const fresh = openFresh().store.project().subscribe('orders.>', { since: 'x.1.1' })
    const { position } = fresh
    await fresh.close()

    const subscription = project.subscribe('orders.>')
    const bucket = await project.bucket('orders')
    await bucket.put('1', 'paid')

    for await (const message of subscription) {
      expect(message).toMatchObject({ bucket: 'orders', key: '1', value: 'paid' })
      expect(subscription.position).not.toBe('~')
      break
    }
    expect(position).toBe('x.1.1')
  })

  it('as a listing is made when it is read', async () => {
    const { kv } = openFresh()
    await kv.set('a', 1)
    const keys = kv.keys()
    await kv.set('b', 1)

    const read: string[] = []
    for await (const key of keys) read.push(key)
    expect(read).toEqual(['a', 'b'])
    expect((await kv.entries().page({ limit: 1 })).items).toHaveLength(1)
  })

  it('rejects with KV_CLOSED once the store is closed', async () => {
    const { store, kv } = openFresh()
    await kv.set('a', 1)
    await store.close()

    for (const call of [() => kv.get('a'), () => kv.lock('a', { ttl: 1 }), () => store.health()]) {
      await expect(call()).rejects.toMatchObject({ code: 'KV_CLOSED' })
    }
    await expect(kv.watch().ready).rejects.toMatchObject({ code: 'KV_CLOSED' })
  })

  it('is answered when the store is closed meanwhile', async () => {
    const { store, kv } = openFresh()

    const taken = kv.lock('a', { ttl: '1m' })
    await store.close()

    expect(await taken).toMatchObject({ fence: 1 })
  })
})

/** A part of a store whose code comes when told to. */
function openLate({ callsBefore = Number.POSITIVE_INFINITY } = {}) {
  const loads: { resolve(store: Store): void; reject(error: Error): void }[] = []
  const load = (): Promise<Store> =>
    new Promise((resolve, reject) => {
      loads.push({ resolve, reject })
    })
  const later = new Later(load, { callsBefore })
  const done: string[] = []
  const note = (by: string) => async (name: string) => {
    done.push(`${by} ${name}`)
  }
  const { plain, rare } = callsOf(['plain', 'rare'], {
    later,
    pick: () => ({ plain: note('whole'), rare: note('whole') }),
    values: { plain: (name) => note('values')(String(name)) },
  })
  const store = createStore(openMemoryEngine())
  return { plain, rare, later, loads, done, store }
}

describe('the whole store', () => {
  it('is not loaded for plain calls', async () => {
    const { plain, loads, done } = openLate()

    await plain('a')

    expect(done).toEqual(['values a'])
    expect(loads).toHaveLength(0)
  })

  it('takes all calls in their order, from the first that needs it', async () => {
    const { plain, rare, loads, done, store } = openLate()

    const calls = [plain('a'), rare('b'), plain('c')]
    loads[0]?.resolve(store)
    await undefined
    calls.push(plain('d'), rare('e'))
    await Promise.all(calls)
    await plain('f')

    expect(done).toEqual(['values a', 'whole b', 'whole c', 'whole d', 'whole e', 'whole f'])
  })

  it('is asked for again after it could not be loaded, and plain calls do without', async () => {
    const { plain, rare, loads, done, store } = openLate()

    const calls = [rare('a'), plain('b')]
    loads[0]?.reject(new TypeError('Failed to fetch dynamically imported module'))
    const [failed] = await Promise.allSettled(calls)
    const again = rare('c')
    loads[1]?.resolve(store)
    await again

    expect(failed).toMatchObject({
      reason: { code: 'KV_UNAVAILABLE', outcome: 'not-applied', retryable: true },
    })
    expect(done).toEqual(['values b', 'whole c'])
  })

  it('is loaded beside the calls of those who make many, where it is to bring a socket', async () => {
    const { plain, loads, done, store } = openLate({ callsBefore: 2 })

    await plain('a')
    expect(loads).toHaveLength(0)
    await plain('b')
    expect(loads).toHaveLength(1)
    await plain('c')
    loads[0]?.resolve(store)
    await new Promise(setImmediate)
    await plain('d')

    expect(done).toEqual(['values a', 'values b', 'values c', 'whole d'])
    expect(loads).toHaveLength(1)
  })
})
