import { readdirSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { openStore } from '../../src/index.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { traceDriver } from './traced-driver.ts'

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

  it('is not looked up once it was written, and expires as it was written', async () => {
    let nowMs = 1_000_000
    const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, schedule: () => () => undefined }
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver, clock })
    await engine.commit(at, [put('a', 'one')])
    await heat(engine)
    const value = { kind: 'text', data: 'two' } as const
    await engine.commit(at, [{ op: 'put', key: 'a', value, expiry: { ttlMs: 1000 } }])
    ran.length = 0

    expect(await heat(engine)).toBe('two')
    nowMs += 999
    expect(await heat(engine)).toBe('two')
    expect(ran.filter((sql) => /FROM entries/.test(sql))).toEqual([])
    nowMs += 1
    expect(await heat(engine)).toBeUndefined()
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

describe('the room for hot entries', () => {
  it('is 16 MiB unless told otherwise', async () => {
    const engine = await open(temporaryDirectory())

    expect(engine.figures?.()?.hotEntries.bytesMax).toBe(16 * 1024 * 1024)
  })

  it('may be none: then every read looks into the database', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver, cacheBytes: 0 })
    await engine.commit(at, [put('a', 'one')])
    ran.length = 0

    expect(await heat(engine)).toBe('one')

    expect(ran.filter((sql) => /FROM entries/.test(sql))).toHaveLength(4)
    expect(engine.figures?.()?.hotEntries).toMatchObject({ hits: 0, bytes: 0, bytesMax: 0 })
  })

  it.each([
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    getHeapStatistics().heap_size_limit,
    '1mb' as unknown as number,
  ])('is not %s bytes, which is told before anything is made', async (cacheBytes) => {
    const directory = temporaryDirectory()

    await expect(openStore(directory, { cacheBytes })).rejects.toMatchObject({
      code: 'KV_INVALID_ARGUMENT',
      message: expect.stringContaining('cacheBytes'),
      outcome: 'not-applied',
    })
    expect(readdirSync(directory)).toEqual([])
  })
})
