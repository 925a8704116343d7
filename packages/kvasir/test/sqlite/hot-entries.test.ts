import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import type { Entry } from '../../src/engine/entry.ts'
import { HotEntries } from '../../src/engines/sqlite/hot-entries.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

const bucketId = 1

function entryOf(number: number, length = 10): Entry {
  const value = { kind: 'text', data: 'x'.repeat(length) } as const
  return { key: `key:${number}`, value, revision: number, createdAt: 1, updatedAt: 1 }
}

function offerTwice(hot: HotEntries, entry: Entry): void {
  hot.offer(bucketId, entry)
  hot.offer(bucketId, entry)
}

describe('hot entries', () => {
  it('keep what is read for the second time, and not what is read once', () => {
    const hot = new HotEntries()

    hot.offer(bucketId, entryOf(1))
    offerTwice(hot, entryOf(2))

    expect(hot.get(bucketId, 'key:1')).toBeUndefined()
    expect(hot.get(bucketId, 'key:2')).toEqual(entryOf(2))
    expect(hot.figures).toMatchObject({ hits: 1, misses: 1 })
  })

  it('tell of what lasts, where the time does not matter, and count only that', () => {
    const hot = new HotEntries()
    offerTwice(hot, entryOf(1))
    offerTwice(hot, { ...entryOf(2), expiresAt: 1000 })

    expect(hot.lasting(bucketId, 'key:1')).toEqual(entryOf(1))
    expect(hot.lasting(bucketId, 'key:2')).toBeUndefined()
    expect(hot.lasting(bucketId, 'key:3')).toBeUndefined()
    expect(hot.lasting(bucketId + 1, 'key:1')).toBeUndefined()
    expect(hot.figures).toMatchObject({ hits: 1, misses: 0 })
  })

  it('take 24 MiB at most, however many are offered, and drop those not asked for', () => {
    const hot = new HotEntries()
    let most = 0

    for (let number = 1; number <= 2000; number++) {
      offerTwice(hot, entryOf(number, 20_000))
      hot.get(bucketId, 'key:1')
      most = Math.max(most, hot.figures.bytes)
    }

    expect(most).toBeGreaterThan(8 * 1024 * 1024)
    expect(most).toBeLessThan(24 * 1024 * 1024)
    expect(hot.get(bucketId, 'key:1')).toBeDefined()
    expect(hot.get(bucketId, 'key:2')).toBeUndefined()
    expect(hot.get(bucketId, 'key:2000')).toBeDefined()
  })

  it('do not keep bytes, nor what is long', () => {
    const hot = new HotEntries()
    const bytes: Entry = { ...entryOf(1), value: { kind: 'bytes', data: new Uint8Array(3) } }

    offerTwice(hot, bytes)
    offerTwice(hot, entryOf(2, 300_000))

    expect(hot.figures.bytes).toBe(0)
  })

  it('take nothing once everything in them was forgotten', () => {
    const hot = new HotEntries()
    for (let number = 1; number <= 2000; number++) offerTwice(hot, entryOf(number, 10_000))

    for (let number = 1; number <= 2000; number++) hot.forget(bucketId, `key:${number}`)

    expect(hot.figures.bytes).toBe(0)
  })
})

/** Reads a key so often that it is remembered; answers what the last read gave, at once if it may. */
async function heat(engine: Engine, key = 'a'): Promise<string | undefined> {
  for (let times = 0; times < 3; times++) await engine.get(at, key)
  const known = engine.getAtOnce?.(at, key)
  return textOf(known === undefined ? await engine.get(at, key) : (known ?? undefined))
}

describe('a key that is read again and again', () => {
  it('is not looked up in the database any more', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await engine.commit(at, [put('a', 'one')])
    await heat(engine)
    ran.length = 0

    expect(await heat(engine)).toBe('one')

    expect(ran.filter((sql) => /FROM entries/.test(sql))).toEqual([])
    expect(engine.figures?.()?.hotEntries).toMatchObject({ hits: 6, misses: 2 })
  })

  it.each([
    ['put', put('a', 'two'), 'two'],
    ['deleted', { op: 'delete', key: 'a' }, undefined],
    ['purged', { op: 'purge', key: 'a' }, undefined],
  ] as const)('reads as it is once it was %s', async (_how, operation, expected) => {
    const engine = await open(temporaryDirectory())
    await engine.commit(at, [put('a', 'one')])
    await heat(engine)

    await engine.commit(at, [operation])

    expect(textOf(await engine.get(at, 'a'))).toBe(expected)
    expect(await heat(engine)).toBe(expected)
  })

  it('is absent once it was touched to expire and its time has come', async () => {
    let nowMs = 1_000_000
    const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, schedule: () => () => undefined }
    const engine = await open(temporaryDirectory(), { clock })
    await engine.commit(at, [put('a', 'one')])
    await heat(engine)

    await engine.commit(at, [{ op: 'touch', key: 'a', expiry: { ttlMs: 1000 } }])
    await heat(engine)
    nowMs += 999
    expect(await heat(engine)).toBe('one')
    expect(await engine.read(at, [{ key: 'a', ttl: true }])).toEqual([{ ttlMs: 1 }])
    nowMs += 1
    expect(await heat(engine)).toBeUndefined()
    expect(await engine.read(at, [{ key: 'a', ttl: true }])).toEqual([{}])
  })

  it('is absent once its bucket was purged, or was given a TTL that has passed', async () => {
    let nowMs = 1_000_000
    const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, schedule: () => () => undefined }
    const engine = await open(temporaryDirectory(), { clock })
    await engine.commit(at, [put('a', 'one')])
    await heat(engine)

    await engine.purgeBucket(at)
    expect(await heat(engine)).toBeUndefined()

    await engine.commit(at, [put('a', 'two')])
    await heat(engine)
    nowMs += 500
    await engine.updateBucket(at, { description: '', history: 1, metadata: {}, ttlMs: 400 })
    expect(await heat(engine)).toBeUndefined()
  })

  it('reads as in its origin in a mirror whose values were given a TTL there', async () => {
    let nowMs = 1_000_000
    const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, schedule: () => () => undefined }
    const engine = await open(temporaryDirectory(), { clock })
    const mirror = { project: at.project, bucket: 'mirror' }
    const config = { description: '', history: 1, metadata: {} }
    await engine.commit(at, [put('a', 'one')])
    await engine.createBucket(mirror, { ...config, mirror: { bucket: 'default' } })
    for (let times = 0; times < 4; times++) await engine.get(mirror, 'a')

    await engine.commit(at, [put('a', 'two')])
    expect(textOf(await engine.get(mirror, 'a'))).toBe('two')
    for (let times = 0; times < 4; times++) await engine.get(mirror, 'a')
    nowMs += 500
    await engine.updateBucket(at, { ...config, ttlMs: 400 })

    expect(await engine.get(mirror, 'a')).toBeUndefined()
  })
})
