import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import { KvasirError } from '../../src/errors/kvasir-error.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

const orders = { project: 'shop', bucket: 'orders' }
const config = { description: 'all orders', history: 3, metadata: { team: 'sales' } }

describe('a store that is closed and opened again', () => {
  it('has its values, revisions, expiries and history', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.createBucket(orders, config)
    await before.commit(orders, [put('a', 'first'), put('a', 'second', 600_000), put('b', 'only')])
    await before.commit(orders, [{ op: 'delete', key: 'b' }])
    const remembered = {
      info: await before.getBucket(orders),
      entry: await before.get(orders, 'a'),
      histories: [await before.history(orders, 'a'), await before.history(orders, 'b')],
    }
    await before.close()

    const after = await open(directory)

    expect({
      info: await after.getBucket(orders),
      entry: await after.get(orders, 'a'),
      histories: [await after.history(orders, 'a'), await after.history(orders, 'b')],
    }).toEqual(remembered)
    const result = await after.commit(orders, [put('c', 'next')])
    expect(result).toMatchObject({ ok: true, results: [{ revision: 5 }] })
  })

  it('answers a repeated idempotent commit as the first time', async () => {
    const directory = temporaryDirectory()
    const bytes = { kind: 'bytes', data: Uint8Array.of(0, 1, 255) } as const
    const replacing = [{ op: 'put', key: 'a', value: bytes, previous: true }] as const
    const before = await open(directory)
    await before.commit(at, [{ op: 'put', key: 'a', value: bytes }])
    const answer = await before.commit(at, replacing, { idempotencyKey: 'once' })
    await before.close()

    const after = await open(directory)
    const again = await after.commit(at, replacing, { idempotencyKey: 'once' })

    expect(again).toEqual(answer)
    expect((await after.getBucket(at)).revision).toBe(2)
    const other = after.commit(at, [put('a', 'other')], { idempotencyKey: 'once' })
    await expect(other).rejects.toMatchObject({ code: 'KV_IDEMPOTENCY_MISMATCH' })
  })

  it('does not bring back what has expired when the wall clock was set back', async () => {
    const directory = temporaryDirectory()
    const clock = new ManualClock()
    const start = clock.wallMs()
    const before = await open(directory, { clock })
    await before.commit(at, [put('brief', 'x', 1000), put('long', 'y', 60_000)])
    clock.setWall(start + 5000)
    expect(await before.get(at, 'brief')).toBeUndefined()
    await before.close()
    clock.setWall(start)

    const after = await open(directory, { clock })

    expect(await after.get(at, 'brief')).toBeUndefined()
    expect(textOf(await after.get(at, 'long'))).toBe('y')
    await clock.advance(55_000)
    expect(await after.get(at, 'long')).toBeUndefined()
  })
})

describe('a closed engine', () => {
  it('has finished what was under way, and refuses everything after', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const writes = Array.from({ length: 50 }, (_, index) =>
      engine.commit(at, [put(`key:${index}`, 'x')]),
    )

    await Promise.all([engine.close(), engine.close()])

    const results = await Promise.all(writes)
    expect(results.every(({ ok }) => ok)).toBe(true)
    await expect(engine.get(at, 'key:1')).rejects.toMatchObject({ code: 'KV_CLOSED' })
    await expect(engine.commit(at, [put('a', 'x')])).rejects.toMatchObject({ code: 'KV_CLOSED' })
    expect(() => engine.watch(at, {})).toThrow(KvasirError)
  })
})
