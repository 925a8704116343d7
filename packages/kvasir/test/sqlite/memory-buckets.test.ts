import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { lockSpaceOf } from '../../src/engine/bucket-names.ts'
import type { BucketConfig, BucketRef, Engine, WatchEvent } from '../../src/engine/engine.ts'
import { startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

const presence: BucketRef = { project: 'shop', bucket: 'presence' }
const config: BucketConfig = { description: '', history: 2, metadata: {}, storage: 'memory' }

/** Starts a task in a process that then stays; `end` kills it. */
async function startStaying(...words: Parameters<typeof startChild>[0]) {
  const child = startChild(words)
  await once(child, 'message')
  return {
    async end() {
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}

async function keysOf(engine: Engine): Promise<string[]> {
  const { entries } = await engine.list(presence, { order: 'key', limit: 100, keysOnly: true })
  return entries.map(({ key }) => key)
}

async function nextOf(events: AsyncIterable<WatchEvent>): Promise<WatchEvent | undefined> {
  return (await events[Symbol.asyncIterator]().next()).value
}

describe('a bucket with its values in memory', () => {
  it('is empty when the store is opened again, and goes on in its numbering', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(presence, config)
    await before.commit(presence, [put('a', 'one'), put('a', 'two'), put('b', 'one')])
    await before.commit(at, [put('kept', 'x')])
    await before.close()

    const after = await open(directory)

    expect(await after.getBucket(presence)).toMatchObject({
      config,
      keys: 0,
      bytes: 0,
      revision: 4,
    })
    expect(await keysOf(after)).toEqual([])
    expect(await after.history(presence, 'a')).toEqual([])
    expect(textOf(await after.get(at, 'kept'))).toBe('x')
    const written = await after.commit(presence, [put('a', 'three')])
    expect(written).toMatchObject({ ok: true, results: [{ revision: 5 }] })
  })

  it('tells a watch that resumes that it was emptied', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(presence, config)
    await before.commit(presence, [put('a', 'one')])
    await before.close()

    const after = await open(directory)

    expect(await nextOf(after.watch(presence, { since: 1 }))).toMatchObject({
      kind: 'clear',
      revision: 2,
    })
  })

  it('takes no number for being emptied when there was nothing in it', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(presence, config)
    await before.commit(presence, [put('a', 'one')])
    await before.close()

    for (const _round of [1, 2, 3]) await (await open(directory)).close()

    expect(await (await open(directory)).getBucket(presence)).toMatchObject({ revision: 2 })
  })

  it('loses its locks and the answers to idempotent writes as well', async () => {
    const directory = temporaryDirectory()
    const locks = { ...presence, bucket: lockSpaceOf(presence.bucket) }
    const once = { idempotencyKey: 'once' }
    const before = await open(directory)
    await before.createBucket(presence, config)
    await before.commit(presence, [put('a', 'one')], once)
    await before.commit(locks, [put('door', 'mine')])
    await before.close()

    const after = await open(directory)
    const again = await after.commit(presence, [put('a', 'one')], once)

    expect(again).toMatchObject({ ok: true, results: [{ revision: 3 }] })
    expect(await keysOf(after)).toEqual(['a'])
    expect(await after.get(locks, 'door')).toBeUndefined()
  })

  it('frees the room of large fields', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(presence, { ...config, history: 1 })
    const data = JSON.stringify({ list: Array.from({ length: 200 }, (_, index) => index), n: 0 })
    await before.commit(presence, [{ op: 'put', key: 'a', value: { kind: 'record', data } }])
    await before.commit(presence, [{ op: 'increment', key: 'a', fields: [['n', 1]] }])
    await before.close()

    const after = await open(directory)

    expect(await after.getBucket(presence)).toMatchObject({ keys: 0, bytes: 0 })
    expect(await after.get(presence, 'a')).toBeUndefined()
  })

  it('takes its mirrors along, and is as full as its origin where it is a mirror', async () => {
    const directory = temporaryDirectory()
    const mirrored = { ...config, mirror: { bucket: at.bucket } }
    const mirroring = { description: '', history: 2, metadata: {}, mirror: { bucket: 'presence' } }
    const copy = { ...presence, bucket: 'copy' }
    const inMemory = { ...presence, bucket: 'in-memory' }
    const before = await open(directory)
    await before.createBucket(presence, config)
    await before.createBucket(copy, mirroring)
    await before.createBucket(inMemory, mirrored)
    await before.commit(presence, [put('a', 'gone')])
    await before.commit(at, [put('a', 'kept')])
    await before.close()

    const after = await open(directory)

    expect(await after.getBucket(copy)).toMatchObject({ keys: 0, revision: 2 })
    expect(textOf(await after.get(inMemory, 'a'))).toBe('kept')
  })

  it('stays while another store of the same process has it open', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    const second = await open(directory)
    await first.createBucket(presence, config)
    await first.commit(presence, [put('a', 'one')])
    await first.close()

    const third = await open(directory)

    expect(await keysOf(third)).toEqual(['a'])
    expect(await keysOf(second)).toEqual(['a'])
  })
})

describe('a bucket with its values in memory, among several processes', () => {
  it('stays while one of them is left', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(presence, config)
    await before.commit(presence, [put('a', 'one')])
    const child = await startStaying('stay', directory)
    await before.close()

    const after = await open(directory)
    const keys = await keysOf(after)
    await child.end()

    expect(keys).toEqual(['a'])
    expect(await keysOf(after)).toEqual(['a'])
  })

  it('is shared by all of them', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.createBucket(presence, config)

    const child = await startStaying('put-in-bucket', directory, presence.bucket)
    await child.end()

    expect(await keysOf(engine)).toEqual(['theirs'])
  })

  it('is emptied by the first that comes after the last was killed', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(presence, config)
    const child = await startStaying('put-in-bucket', directory, presence.bucket)
    await before.close()
    await child.end()

    const after = await open(directory)

    expect(await keysOf(after)).toEqual([])
    expect(await after.getBucket(presence)).toMatchObject({ config, revision: 2 })
  })

  it('is emptied once when many come at the same time', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(presence, config)
    await before.commit(presence, [put('a', 'one')])
    await before.close()

    const words = ['put-in-bucket', directory, presence.bucket] as const
    const children = await Promise.all([1, 2, 3].map(() => startStaying(...words)))
    const after = await open(directory)
    const { revision } = await after.getBucket(presence)
    const keys = await keysOf(after)
    await Promise.all(children.map((child) => child.end()))

    expect(keys).toEqual(['theirs'])
    expect(revision).toBe(1 + 1 + 3)
  })
})
