import { describe, expect, it } from 'vitest'
import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Operation } from '../../src/engine/operation.ts'
import { openMemoryEngine } from '../../src/engines/memory/memory-engine.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { open, temporaryDirectory } from '../sqlite/directories.ts'

const at = { project: 'shop', bucket: 'orders' }

function put(key: string, data: string): Operation {
  return { op: 'put', key, value: { kind: 'text', data } }
}

function refuseBeyond(sizeMax: number) {
  const told: number[] = []
  const onValue = (size: number): void => {
    told.push(size)
    if (told.reduce((total, next) => total + next, 0) <= sizeMax) return
    throw new KvasirError('KV_TOO_LARGE', 'That is enough.')
  }
  return { told, onValue }
}

async function filled(open: () => Promise<Engine> | Engine) {
  const engine = await open()
  await engine.createBucket(at, { ...defaultBucketConfig, history: 3, compression: true })
  await engine.commit(at, [put('a', 'x'.repeat(10)), put('b', 'y'.repeat(20))])
  await engine.commit(at, [put('c', 'z'.repeat(40_000))])
  return engine
}

const engines = [
  { name: 'memory', open: () => openMemoryEngine() },
  { name: 'sqlite', open: () => open(temporaryDirectory()) },
]

describe.each(engines)('an engine that tells of the values it reads: $name', ({ open }) => {
  it('tells the size of each that goes into an answer, and of no others', async () => {
    const engine = await filled(open)
    const { told, onValue } = refuseBeyond(Number.POSITIVE_INFINITY)

    await engine.get(at, 'a', { onValue })
    await engine.get(at, 'nowhere', { onValue })
    await engine.read(at, [{ key: 'a' }, { key: 'b', ttl: true }, { key: 'b' }], { onValue })
    await engine.list(at, { order: 'key', limit: 2 }, { onValue })
    await engine.list(at, { order: 'key', limit: 2, keysOnly: true }, { onValue })
    await engine.commit(at, [put('a', 'new'), { ...put('b', 'newer'), previous: true }], {
      onValue,
    })
    await engine.history(at, 'b', { limit: 1, onValue })
    await engine.history(at, 'b', { onValue })
    await engine.get(at, 'b', { revision: 2, onValue })

    const inHistory = told.splice(7, 2).sort()
    expect(told).toEqual([10, 10, 20, 10, 20, 20, 5, 20])
    expect(inHistory).toEqual([20, 5])
    await engine.close()
  })

  it('reads no further than it is let, and applies nothing of a commit that it is not let', async () => {
    const engine = await filled(open)
    const few = refuseBeyond(15)
    const reads = [{ key: 'a' }, { key: 'b' }, { key: 'c' }]
    const operations = [
      { ...put('a', '1'), previous: true as const },
      { ...put('b', '2'), previous: true as const },
      { ...put('c', '3'), previous: true as const },
    ]

    await expect(engine.read(at, reads, few)).rejects.toMatchObject({ code: 'KV_TOO_LARGE' })
    const none = refuseBeyond(15)
    await expect(engine.commit(at, operations, none)).rejects.toThrow('That is enough.')

    expect([few.told, none.told]).toEqual([
      [10, 20],
      [10, 20],
    ])
    expect(await engine.getBucket(at)).toMatchObject({ revision: 3 })
    const again = refuseBeyond(100_000)
    expect(await engine.commit(at, operations, again)).toMatchObject({ ok: true })
    expect(again.told).toEqual([10, 20, 40_000])
    await engine.close()
  })

  it('tells of the answer that a repeated commit is given again', async () => {
    const engine = await filled(open)
    const operations = [{ ...put('b', 'new'), previous: true as const }]
    await engine.commit(at, operations, { idempotencyKey: 'once' })
    const { told, onValue } = refuseBeyond(1000)

    await engine.commit(at, operations, { idempotencyKey: 'once', onValue })

    expect(told).toEqual([20])
    await engine.close()
  })

  it('ends a page before its values take more than is asked for, but for one', async () => {
    const engine = await filled(open)
    const list = async (after: string | undefined, sizeMax: number, limit = 10) => {
      const { entries, hasMore } = await engine.list(at, {
        order: 'key',
        limit,
        sizeMax,
        ...(after !== undefined && { after }),
      })
      return [entries.map(({ key }) => key).join(''), hasMore]
    }

    expect(await list(undefined, 30)).toEqual(['ab', true])
    expect(await list(undefined, 29)).toEqual(['a', true])
    expect(await list('b', 29)).toEqual(['c', false])
    expect(await list(undefined, 40_030)).toEqual(['abc', false])
    expect(await list(undefined, 40_030, 2)).toEqual(['ab', true])
    await engine.close()
  })
})
