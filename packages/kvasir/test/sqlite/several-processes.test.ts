import { describe, expect, it } from 'vitest'
import type { WatchEvent } from '../../src/engine/engine.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { finish, runChild, startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

const orders = { project: 'shop', bucket: 'orders' }
const config = { description: '', history: 1, metadata: {} }

async function nextOf(events: AsyncIterator<WatchEvent>): Promise<WatchEvent | undefined> {
  return (await events.next()).value
}

describe('several processes on one directory', () => {
  it('add up exactly when they increment one key', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)

    const children = [1, 2, 3, 4].map(() => startChild(['increment', directory, '200']))
    await Promise.all(children.map(finish))

    const counter = await engine.get(at, 'counter')
    expect(counter?.value.data).toBe('800')
    expect(counter?.revision).toBe(800)
  })

  it('see what the others wrote, at once', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.commit(at, [put('a', 'ours')])

    await runChild(['put', directory, 'theirs'])

    expect(textOf(await engine.get(at, 'a'))).toBe('theirs')
    const [written] = await engine
      .commit(at, [{ op: 'touch', key: 'a', expiry: 'none', previous: true }])
      .then((result) => (result.ok ? result.results : []))
    expect(textOf(written?.previous)).toBe('theirs')
  })

  it('take a bucket that another one created anew for a new bucket', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(orders, config)
    await engine.commit(orders, [put('a', 'old')])

    await runChild(['replace-bucket', directory])

    expect(await engine.get(orders, 'a')).toBeUndefined()
    expect(await engine.getBucket(orders)).toMatchObject({ revision: 0, keys: 0 })
    const result = await engine.commit(orders, [put('a', 'new')])
    expect(result).toMatchObject({ ok: true, results: [{ revision: 1 }] })
  })
})

describe('a watch in one process', () => {
  it('is told what another process writes', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const events = engine.watch(at, { key: 'a' })[Symbol.asyncIterator]()
    const event = nextOf(events)

    await runChild(['put', directory, 'theirs'])

    expect(await event).toMatchObject({ kind: 'put', entry: { key: 'a', revision: 1 } })
  })

  it('is told of the expiry of what another process wrote, once', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const events = engine.watch(at, {})[Symbol.asyncIterator]()

    await runChild(['put-briefly', directory, '300'])

    // A watcher that was late is told so, and spared the value that is gone by now.
    const first = await nextOf(events)
    expect(['put', 'gap']).toContain(first?.kind)
    expect(await nextOf(events)).toMatchObject({ kind: 'expire', key: 'a', revision: 2 })
    await engine.commit(at, [put('b', 'next')])
    expect(await nextOf(events)).toMatchObject({ kind: 'put', entry: { key: 'b', revision: 3 } })
  })

  it('is told of every change of another process, or of a gap where it is not', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const watch = engine.watch(at, {})

    const child = runChild(['increment', directory, '300'])
    const seen = new Set<number>()
    for await (const event of watch) {
      if (event.kind === 'gap') for (let told = event.revision; told < event.to; ) seen.add(++told)
      if (event.kind === 'put') seen.add(event.entry.revision)
      if (event.kind === 'put' && event.entry.revision === 300) break
    }
    await child

    expect([...seen].sort((left, right) => left - right)).toEqual(
      Array.from({ length: 300 }, (_, index) => index + 1),
    )
  })

  it('is told of each of many expiries of what another process wrote', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const watch = engine.watch(at, {})

    const child = runChild(['put-many-briefly', directory, '200'])
    const expired = new Set<string>()
    for await (const event of watch) {
      if (event.kind === 'expire') expired.add(event.key)
      if (expired.size === 50) break
    }
    await child

    expect([...expired].sort()).toEqual(
      Array.from({ length: 50 }, (_, index) => `brief:${index}`).sort(),
    )
  })

  it('ends when another process deletes the bucket', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(orders, config)
    const next = nextOf(engine.watch(orders, {})[Symbol.asyncIterator]())
    const ended = expect(next).rejects.toSatisfy((error) =>
      KvasirError.is(error, 'KV_BUCKET_NOT_FOUND'),
    )

    await runChild(['replace-bucket', directory])

    await ended
  })
})
