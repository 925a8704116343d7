import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { encodePart } from '../../src/codec/value.ts'
import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { BucketConfig, BucketRef, Engine } from '../../src/engine/engine.ts'
import { changeRevision, type Entry } from '../../src/engine/entry.ts'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { finish, runChild, startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

const mirror: BucketRef = { project: 'shop', bucket: 'mirror' }
const merged: BucketRef = { project: 'shop', bucket: 'merged' }
const origin = { bucket: 'default' }

function create(engine: Engine, ref: BucketRef, config: Partial<BucketConfig>) {
  return engine.createBucket(ref, { ...defaultBucketConfig, ...config })
}

/** A directory in which `default` is copied by a mirror and by a bucket with sources. */
async function copiedDirectory(): Promise<string> {
  const directory = temporaryDirectory()
  const engine = await open(directory)
  await create(engine, mirror, { mirror: origin })
  await create(engine, merged, { sources: [origin] })
  await engine.close()
  return directory
}

async function entriesOf(engine: Engine, ref: BucketRef): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let after = 0, hasMore = true; hasMore; ) {
    const page = await engine.list(ref, { order: 'revision', limit: 1000, after })
    entries.push(...(page.entries as Entry[]))
    after = entries.at(-1)?.revision ?? after
    hasMore = page.hasMore
  }
  return entries
}

/** Spoils every compressed value. */
async function damageLongValues(directory: string): Promise<void> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(databasePath(directory))
  database.exec("UPDATE entries SET data = x'ffff' WHERE kind >= 8")
  database.close()
}

describe('a process killed while it writes to a bucket that is copied', () => {
  it('leaves the copies equal to it, and misses and repeats nothing', async () => {
    const directory = await copiedDirectory()

    for (const pairs of [30, 200, 80]) {
      const child = startChild(['write-pairs', directory])
      let left = pairs
      child.on('message', () => {
        left--
        if (left === 0) child.kill('SIGKILL')
      })
      await once(child, 'close')

      const engine = await open(directory)
      const original = await entriesOf(engine, at)
      const { revision, keys, bytes } = await engine.getBucket(at)
      expect(original.length).toBeGreaterThan(0)
      expect(await entriesOf(engine, mirror)).toEqual(original)
      expect(await engine.getBucket(mirror)).toMatchObject({ revision, keys, bytes })
      // Every change was a put of a new key, so that the numbers of its own are the same ones.
      const received = await entriesOf(engine, merged)
      const ofBoth = [received, original].map((entries) =>
        entries.map(({ key, revision: number }) => `${key} ${number}`),
      )
      expect(ofBoth[0]).toEqual(ofBoth[1])
      expect(await engine.getBucket(merged)).toMatchObject({ revision, keys, bytes })
      await engine.close()
    }
  })
})

describe('several processes that write to a bucket that is copied', () => {
  it('have every change copied once, in its order', async () => {
    const directory = await copiedDirectory()
    const engine = await open(directory)

    const children = [1, 2, 3].map(() => startChild(['increment', directory, '100']))
    await Promise.all(children.map(finish))

    const [original] = await entriesOf(engine, at)
    expect(original?.value.data).toBe('300')
    expect(await entriesOf(engine, mirror)).toEqual([original])
    expect(await engine.getBucket(merged)).toMatchObject({ revision: 300, keys: 1 })
  })

  it('are heard of by those who watch a copy in another process', async () => {
    const directory = await copiedDirectory()
    const engine = await open(directory)
    const watches = [mirror, merged].map((ref) => engine.watch(ref, {})[Symbol.asyncIterator]())
    const next = watches.map((watch) => watch.next())

    await runChild(['put', directory, 'theirs'])

    for (const { value: event } of await Promise.all(next)) {
      expect(textOf(event.entry)).toBe('theirs')
      expect(changeRevision(event)).toBe(1)
    }
  })
})

describe('a bucket with large fields', () => {
  const elements = Array.from({ length: 200 }, (_, index) => encodePart(index))
  const append = { op: 'append', key: 'a', fields: [['list', elements]] } as const

  it('takes them back into their records when it is copied, and copies every change', async () => {
    const engine = await open(temporaryDirectory())
    await engine.commit(at, [append])
    await engine.commit(at, [append])

    await create(engine, mirror, { mirror: origin })
    await engine.commit(at, [append])
    await engine.commit(at, [{ op: 'shift', key: 'a', fields: [['list', 550]] }])

    const original = await engine.get(at, 'a')
    expect(JSON.parse(String(original?.value.data))).toEqual({
      list: Array.from({ length: 50 }, (_, index) => index + 150),
    })
    expect(await engine.get(mirror, 'a')).toEqual(original)
    expect(await engine.getBucket(mirror)).toMatchObject({
      bytes: (await engine.getBucket(at)).bytes,
    })
  })

  it('keeps them apart again once nobody copies it any more', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await create(engine, mirror, { mirror: origin })
    await engine.commit(at, [append])
    await engine.deleteBucket(mirror)
    ran.length = 0

    await engine.commit(at, [append])

    expect(ran.some((sql) => sql.includes('INTO elements'))).toBe(true)
  })
})

describe('a bucket with a damaged value', () => {
  it('cannot be copied, which leaves nothing of the copy and disturbs no other write', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const packed = { project: 'shop', bucket: 'packed' }
    await create(engine, packed, { compression: true })
    await engine.commit(packed, [put('a', 'x'), put('long', 'x'.repeat(5000)), put('z', 'x')])
    await damageLongValues(directory)

    const creation = create(engine, mirror, { mirror: { bucket: 'packed' } })
    const write = engine.commit(at, [put('a', 'written')])

    await expect(creation).rejects.toMatchObject({ code: 'KV_CORRUPT' })
    expect(await write).toMatchObject({ ok: true })
    await expect(engine.getBucket(mirror)).rejects.toMatchObject({ code: 'KV_BUCKET_NOT_FOUND' })
    expect(await engine.deleteBucket(packed)).toMatchObject({ keys: 3 })
  })
})

describe('writing to a bucket that nobody copies', () => {
  it('looks nothing up about copies', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await create(engine, { project: 'shop', bucket: 'other' }, {})
    await create(engine, mirror, { mirror: { bucket: 'other' } })
    await engine.commit(at, [put('a', 'x', 60_000)])
    ran.length = 0

    await engine.commit(at, [put('a', 'y', 60_000), { op: 'delete', key: 'a' }])

    expect(ran.length).toBeGreaterThan(4)
    expect(ran.filter((sql) => sql.includes('copies'))).toEqual([])
  })
})

describe('expiries in a chain of mirrors', () => {
  it('are recorded in all of them in one step, and leave the reaper nothing to do', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    const second = { project: 'shop', bucket: 'second' }
    await create(engine, mirror, { mirror: origin })
    await create(engine, second, { mirror: { bucket: 'mirror' } })
    const watch = engine.watch(second, {})[Symbol.asyncIterator]()
    const names = Array.from({ length: 250 }, (_, index) => `key-${index}`)
    await engine.commit(
      at,
      names.map((name) => put(name, 'brief', 30)),
    )

    for (let expired = 0; expired < names.length; ) {
      const { value: event } = await watch.next()
      expired += event.kind === 'expire' ? 1 : 0
    }
    ran.length = 0
    await engine.commit(at, [put('a', 'x')])
    await watch.next()

    expect(await engine.getBucket(second)).toMatchObject({ keys: 1, revision: 501 })
    expect(await engine.getBucket(mirror)).toMatchObject({ keys: 1, revision: 501 })
    expect(ran.filter((sql) => sql === 'BEGIN IMMEDIATE')).toHaveLength(1)
  })
})
