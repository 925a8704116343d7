import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/engine/operation.ts'
import type { KvasirError } from '../../src/errors/kvasir-error.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { sqliteError, traceDriver } from './traced-driver.ts'

const numbers = Array.from({ length: 64 }, (_, index) => index)

describe('commits that arrive in one turn of the event loop', () => {
  it('share one transaction', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await engine.getBucket(at) // Has it written for the first time.
    ran.length = 0

    await Promise.all(numbers.map((number) => engine.commit(at, [put(`key:${number}`, 'x')])))

    expect(ran.filter((sql) => sql === 'BEGIN IMMEDIATE')).toHaveLength(1)
    expect(ran.filter((sql) => sql === 'COMMIT')).toHaveLength(1)
    expect(ran.filter((sql) => /^INSERT INTO revisions .*stale/s.test(sql))).toHaveLength(1)
    expect(await engine.getBucket(at)).toMatchObject({ revision: 64, keys: 64 })
  })

  it('write a key once that several of them change', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    const increment = { op: 'increment', key: 'visits', by: 1 } as const
    await engine.commit(at, [increment])
    ran.length = 0

    const results = await Promise.all(numbers.map(() => engine.commit(at, [increment])))

    expect(ran.filter((sql) => /^(INSERT INTO|UPDATE) entries/.test(sql))).toHaveLength(1)
    const counted = results.map((result) => result.ok && result.results[0]?.number)
    expect(counted).toEqual(numbers.map((number) => number + 2))
    expect(await engine.get(at, 'visits')).toMatchObject({ revision: 65, value: { data: '65' } })
  })

  it('see those before them, and do not suffer from those that fail', async () => {
    const engine = await open(temporaryDirectory())

    const results = await Promise.allSettled([
      engine.commit(at, [put('a', 'not a number')]),
      engine.commit(at, [put('b', 'x'), { op: 'increment', key: 'a', by: 1 }]),
      engine.commit(at, [put('c', 'x'), { ...put('a', 'y'), ifAbsent: true }]),
      engine.commit({ project: 'shop', bucket: 'missing' }, [put('a', 'x')]),
      engine.commit(at, [{ ...put('a', 'z'), ifRevision: 1 }]),
    ])

    expect(results).toMatchObject([
      { status: 'fulfilled', value: { ok: true } },
      { status: 'rejected', reason: { code: 'KV_WRONG_TYPE', outcome: 'not-applied' } },
      { status: 'fulfilled', value: { ok: false, conflict: { index: 1, revision: 1 } } },
      { status: 'rejected', reason: { code: 'KV_BUCKET_NOT_FOUND' } },
      { status: 'fulfilled', value: { ok: true, results: [{ revision: 2 }] } },
    ])
    expect(textOf(await engine.get(at, 'a'))).toBe('z')
    expect(await engine.getBucket(at)).toMatchObject({ revision: 2, keys: 1 })
  })

  it('are tried one by one when one of them meets damage', async () => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver })
    let inserts = 0
    traced.before = (sql) => {
      // The second insert of the group and, as it is tried alone, of that commit again.
      if (sql.startsWith('INSERT INTO entries') && [2, 4].includes(++inserts)) throw sqliteError(11)
    }

    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((key) => engine.commit(at, [put(key, 'x')])),
    )

    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'KV_CORRUPT', outcome: 'not-applied' } },
      { status: 'fulfilled' },
    ])
    expect(await engine.getBucket(at)).toMatchObject({ revision: 2, keys: 2 })
  })

  it('are told their outcome once, after a group that met damage', async () => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver })
    await engine.getBucket(at)
    let inserts = 0
    traced.before = (sql) => {
      // The second insert of the group, and the first commit of it as that is tried alone.
      if (sql.startsWith('INSERT INTO entries') && [2, 3].includes(++inserts)) throw sqliteError(11)
    }
    const told: string[] = []
    const tell = (name: string, operation: Operation) => ({
      at,
      operations: [operation],
      committed: () => void told.push(`${name} committed`),
      failed: (error: unknown) => void told.push(`${name} ${(error as KvasirError).code}`),
    })

    engine.commitEach?.(
      [
        tell('put', put('a', 'not a number')),
        // Refused in the group, where `a` is no number, and done alone, where there is no `a`.
        tell('increment', { op: 'increment', key: 'a', by: 1 }),
        tell('other put', put('b', 'x')),
      ],
      { atOnce: true },
    )

    await expect
      .poll(() => told)
      .toEqual(['put KV_CORRUPT', 'increment committed', 'other put committed'])
    expect((await engine.get(at, 'a'))?.value.data).toBe('1')
  })
})

describe('commits that are begun at once', () => {
  const tell = (told: string[], key: string) => ({
    at,
    operations: [put(key, 'x')],
    committed: () => void told.push(key),
    failed: () => void told.push(`not ${key}`),
  })

  it('are told of before the turn goes on, and share one transaction', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await engine.getBucket(at)
    ran.length = 0
    const told: string[] = []

    engine.commitEach?.([tell(told, 'a'), tell(told, 'b')], { atOnce: true })

    expect(told).toEqual(['a', 'b'])
    expect(ran.filter((sql) => sql === 'COMMIT')).toHaveLength(1)
  })

  it('wait for the end of the turn with those that wait for it', async () => {
    const { driver, ran } = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver })
    await engine.getBucket(at)
    ran.length = 0
    const told: string[] = []

    const first = engine.commit(at, [put('a', 'x')])
    engine.commitEach?.([tell(told, 'b')], { atOnce: true })
    expect(told).toEqual([])

    expect(await first).toMatchObject({ results: [{ revision: 1 }] })
    expect(told).toEqual(['b'])
    expect(ran.filter((sql) => sql === 'COMMIT')).toHaveLength(1)
  })

  it('wait for a lock that another process holds', async () => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver })
    let refusals = 3
    traced.before = (sql) => {
      if (sql === 'BEGIN IMMEDIATE' && refusals-- > 0) throw sqliteError(5)
    }
    const told: string[] = []

    engine.commitEach?.([tell(told, 'a')], { atOnce: true })
    expect(told).toEqual([])
    await engine.close()

    expect(told).toEqual(['a'])
  })
})

describe('a lock that another process holds', () => {
  it('is waited for', async () => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver })
    let refusals = 3
    traced.before = (sql) => {
      if (sql === 'BEGIN IMMEDIATE' && refusals-- > 0) throw sqliteError(5)
    }

    const result = await engine.commit(at, [put('a', 'x')])

    expect(result.ok).toBe(true)
    expect(refusals).toBeLessThan(0)
  })

  it('fails the commit as busy after the time allowed', async () => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver, busyTimeoutMs: 50 })
    traced.before = (sql) => {
      if (sql === 'BEGIN IMMEDIATE') throw sqliteError(5)
    }

    const commit = engine.commit(at, [put('a', 'x')])

    const busy = { code: 'KV_BUSY', retryable: true, outcome: 'not-applied' }
    await expect(commit).rejects.toMatchObject(busy)
    traced.before = undefined
    expect(await engine.get(at, 'a')).toBeUndefined()
    expect(await engine.commit(at, [put('a', 'y')])).toMatchObject({ ok: true })
  })
})
