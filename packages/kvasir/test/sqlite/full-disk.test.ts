import { describe, expect, it } from 'vitest'
import type { Health } from '../../src/engine/health.ts'
import { type DiskFigures, DiskSpace } from '../../src/engines/sqlite/disk-space.ts'
import type { SqliteEngineOptions } from '../../src/engines/sqlite/sqlite-engine.ts'
import { StoreHealth } from '../../src/engines/sqlite/store-health.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

const mebibyte = 1024 * 1024
const refused = { code: 'KV_STORAGE_FULL', outcome: 'not-applied', retryable: false }

/** Opens a store, with something in it, on a disk that has as much free as `disk` says. */
async function openOnDisk(freeBytes: number, options: SqliteEngineOptions = {}) {
  const directory = temporaryDirectory()
  const before = await open(directory)
  await before.commit(at, [put('a', 'kept'), put('list', 'x')])
  await before.commit(at, [{ op: 'append', key: 'record', fields: [['list', [one]]] }])
  await before.commit(at, [put('once', 'first')], { idempotencyKey: 'id-1' })
  await before.close()
  const disk = { freeBytes, totalBytes: 1000 * mebibyte }
  const told: Health[] = []
  const engine = await open(directory, {
    probeDisk: () => disk,
    onHealthChange: (health) => told.push(health),
    ...options,
  })
  return { engine, disk, told }
}

const one = { kind: 'json', data: '1' } as const

describe('a disk with less free space than is to be kept', () => {
  it('refuses writes that make the store grow, and says what is free and what is kept', async () => {
    const { engine } = await openOnDisk(10 * mebibyte)

    const write = engine.commit(at, [put('b', 'x')])

    await expect(write).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('10.0 MiB free'),
      details: { freeBytes: 10 * mebibyte, diskReserveBytes: 50 * mebibyte },
    })
    const bucket = { description: '', history: 1, metadata: {} }
    const create = engine.createBucket({ ...at, bucket: 'orders' }, bucket)
    await expect(create).rejects.toMatchObject(refused)
    const mixed = engine.commit(at, [{ op: 'delete', key: 'a' }, put('b', 'x')])
    await expect(mixed).rejects.toMatchObject(refused)
    expect(textOf(await engine.get(at, 'a'))).toBe('kept')
  })

  it('takes what makes the store smaller', async () => {
    const { engine } = await openOnDisk(10 * mebibyte)

    await engine.commit(at, [{ op: 'shift', key: 'record', fields: [['list', 1]] }])
    await engine.commit(at, [{ op: 'delete', key: 'a' }])
    await engine.commit(at, [{ op: 'purge', key: 'list' }])
    await engine.purgeBucket(at)

    expect(await engine.getBucket(at)).toMatchObject({ keys: 0 })
  })

  it('answers a repeated write as the first time, instead of refusing it', async () => {
    const { engine } = await openOnDisk(10 * mebibyte)

    const again = await engine.commit(at, [put('once', 'first')], { idempotencyKey: 'id-1' })

    expect(again).toMatchObject({ ok: true, results: [{ revision: 4 }] })
  })

  it('takes writes again as soon as there is room, and tells of each turn once', async () => {
    const { engine, disk, told } = await openOnDisk(10 * mebibyte)
    await expect(engine.commit(at, [put('b', 'x')])).rejects.toMatchObject(refused)
    await expect(engine.commit(at, [put('b', 'x')])).rejects.toMatchObject(refused)
    expect(await engine.health()).toMatchObject({ writable: false, resumes: true })

    disk.freeBytes = 100 * mebibyte

    expect(await engine.commit(at, [put('b', 'x')])).toMatchObject({ ok: true })
    expect(await engine.health()).toEqual({ writable: true })
    expect(told.map(({ writable }) => writable)).toEqual([false, true])
  })

  it('is noticed by who asks about the health, without any write', async () => {
    const { engine, disk } = await openOnDisk(10 * mebibyte)

    const before = await engine.health()
    disk.freeBytes = 100 * mebibyte
    const after = await engine.health()

    expect(before).toMatchObject({ writable: false, code: 'KV_STORAGE_FULL' })
    expect(after).toEqual({ writable: true })
  })

  it('is no hindrance when the pages that were freed within the store make up for it', async () => {
    const { engine } = await openOnDisk(3 * mebibyte, { diskReserveBytes: 4 * mebibyte })
    const large = Array.from({ length: 20 }, (_, index) => put(`l:${index}`, 'x'.repeat(100_000)))
    await expect(engine.commit(at, large)).rejects.toMatchObject(refused)
    const roomy = await openOnDisk(100 * mebibyte, { diskReserveBytes: 4 * mebibyte })
    await roomy.engine.commit(at, large)

    roomy.disk.freeBytes = 3 * mebibyte
    expect(await roomy.engine.health()).toMatchObject({ writable: false })
    await roomy.engine.purgeBucket(at)

    expect(await roomy.engine.health()).toEqual({ writable: true })
    expect(await roomy.engine.commit(at, large)).toMatchObject({ ok: true })
  })

  it('is no hindrance to who keeps nothing free', async () => {
    const { engine } = await openOnDisk(0, { diskReserveBytes: 0 })

    expect(await engine.commit(at, [put('b', 'x')])).toMatchObject({ ok: true })
  })
})

describe('the space that is kept free', () => {
  const spaceOn = (found: DiskFigures) =>
    new DiskSpace({
      reserveBytes: undefined,
      probe: () => found,
      reusableBytes: () => 0,
      health: new StoreHealth(),
    })

  it.each([
    ['a twentieth of a small disk', 2 * mebibyte, 0.1 * mebibyte],
    ['64 MiB of a large one', 1_000_000 * mebibyte, 64 * mebibyte],
  ])('is %s', (_what, totalBytes, reserve) => {
    const enough = spaceOn({ freeBytes: reserve, totalBytes })
    const less = spaceOn({ freeBytes: reserve - 4096, totalBytes })

    expect(() => enough.require()).not.toThrow()
    expect(() => less.require()).toThrow(expect.objectContaining({ code: 'KV_STORAGE_FULL' }))
  })

  it('is not looked at for every write', () => {
    let looks = 0
    const probe = (): DiskFigures => {
      looks++
      return { freeBytes: mebibyte, totalBytes: mebibyte }
    }
    const options = { reserveBytes: 0, reusableBytes: () => 0, health: new StoreHealth() }
    const space = new DiskSpace({ ...options, probe })

    for (let write = 0; write < 10_000; write++) space.require()

    expect(looks).toBeGreaterThan(0)
    expect(looks).toBeLessThan(1000)
  })
})
