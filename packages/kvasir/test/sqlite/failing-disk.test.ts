import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/conformance/manual-clock.ts'
import { defaultBucketConfig } from '../../src/engine/bucket-config.ts'
import type { Health } from '../../src/engine/health.ts'
import { afterShell, startChild, takeExitCodes, unhandledCode } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { sqliteError, traceDriver } from './traced-driver.ts'

const ioError = { read: 10 | (1 << 8), write: 10 | (3 << 8), fsync: 10 | (4 << 8) } as const
const stopped = { code: 'KV_STORAGE_FAILED', outcome: 'not-applied' }

describe('a full disk', () => {
  it('rejects writes as not applied, keeps what there is, and takes writes again once there is room', async () => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver })
    await engine.commit(at, [put('a', 'kept')])
    traced.exec('PRAGMA max_page_count = 30')

    const write = engine.commit(at, [put('large', 'x'.repeat(200_000))])

    const full = { code: 'KV_STORAGE_FULL', outcome: 'not-applied', retryable: false }
    await expect(write).rejects.toMatchObject(full)
    expect(textOf(await engine.get(at, 'a'))).toBe('kept')
    expect(await engine.get(at, 'large')).toBeUndefined()
    expect(await engine.getBucket(at)).toMatchObject({ revision: 1, keys: 1 })
    traced.exec('PRAGMA max_page_count = 1000000')
    const again = await engine.commit(at, [put('large', 'x'.repeat(200_000))])
    expect(again).toMatchObject({ ok: true, results: [{ revision: 2 }] })
  })

  it.runIf(process.platform === 'linux')('is survived when it is a real one', async () => {
    const directory = temporaryDirectory()
    // A disk of 2 MB in a mount namespace of its own, which is gone with the child.
    const mount = `mount -t tmpfs -o size=2m tmpfs "${directory}"`
    const ballast = `head -c 500000 /dev/zero > "${directory}/ballast"`
    const child = startChild(['fill', directory, `${directory}/ballast`], {
      wrapper: ['unshare', '--mount', '--map-root-user', ...afterShell(`${mount} && ${ballast}`)],
    })

    const [story] = (await once(child, 'message')) as [unknown]

    expect(story).toEqual({
      failure: { code: 'KV_STORAGE_FULL', outcome: 'not-applied' },
      again: { code: 'KV_STORAGE_FULL', outcome: 'not-applied' },
      isFirstReadable: true,
    })
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(0)
  })

  it.runIf(process.platform === 'linux')(
    'is survived when the log can neither grow nor be emptied, and is over once there is room',
    async () => {
      const directory = temporaryDirectory()
      const mount = `mount -t tmpfs -o size=4m tmpfs "${directory}"`
      const child = startChild(['fill-to-the-last', directory], {
        wrapper: ['unshare', '--mount', '--map-root-user', ...afterShell(mount)],
      })

      const [story] = (await once(child, 'message')) as [unknown]

      const full = { code: 'KV_STORAGE_FULL', outcome: 'not-applied' }
      expect(story).toEqual({
        failure: full,
        again: full,
        deletion: full,
        health: { writable: false, code: 'KV_STORAGE_FULL', resumes: true },
        missing: [],
        isFirstReadable: true,
        healthAfterwards: { writable: true },
        missingAfterwards: [],
      })
      const [code] = (await once(child, 'close')) as [number]
      expect(code).toBe(0)
    },
  )
})

describe('a disk without a byte left', () => {
  it.runIf(process.platform === 'linux')(
    'takes deletes if the database need not grow, at the latest when they are repeated',
    async () => {
      const directory = temporaryDirectory()
      const mount = `mount -t tmpfs -o size=4m tmpfs "${directory}"`
      const child = startChild(['delete-when-full', directory], {
        wrapper: ['unshare', '--mount', '--map-root-user', ...afterShell(mount)],
      })

      const [story] = (await once(child, 'message')) as [{ refusals: unknown[] }]

      const first = { code: 'KV_STORAGE_FULL', outcome: 'not-applied' }
      expect(story.refusals).toEqual(story.refusals.map(() => ({ first })))
      expect(story).toMatchObject({ keys: 0 })
      const [code] = (await once(child, 'close')) as [number]
      expect(code).toBe(0)
    },
  )
})

/** Full disks do not stop writing for good. */
const fullDisk = 13

/** Has a commit fail with an error, and writes once more when the disk says that all is well. */
async function writeAfterFailedSync(errcode: number) {
  const traced = await traceDriver()
  const engine = await open(temporaryDirectory(), { driver: traced.driver })
  await engine.commit(at, [put('a', 'kept')])
  traced.before = (sql) => {
    if (sql === 'COMMIT') throw sqliteError(errcode)
  }
  const failed = await Promise.allSettled([engine.commit(at, [put('b', 'x')])])
  traced.before = undefined
  const later = await Promise.allSettled([engine.commit(at, [put('c', 'x')])])
  const settled = [...failed, ...later]
  const errors = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  return { engine, acknowledged: settled.length - errors.length, errors }
}

describe('a disk that fails in the middle of a commit', () => {
  it('leaves that commit unknown, stops all writing, and lets reads go on', async () => {
    const { engine, acknowledged, errors } = await writeAfterFailedSync(ioError.fsync)

    expect(acknowledged).toBe(0)
    expect(errors).toMatchObject([{ code: 'KV_STORAGE_FAILED', outcome: 'unknown' }, stopped])
    expect(textOf(await engine.get(at, 'a'))).toBe('kept')
  })

  it('is told from a store without a latch, to which the failure looks like a full disk', async () => {
    const { acknowledged } = await writeAfterFailedSync(fullDisk)

    expect(acknowledged).toBe(1)
  })

  it('is told as a state of health that only opening the store anew ends, once', async () => {
    const traced = await traceDriver()
    const directory = temporaryDirectory()
    const told: Health[] = []
    const onHealthChange = (health: Health): unknown => told.push(health)
    const engine = await open(directory, { driver: traced.driver, onHealthChange })
    traced.before = (sql) => {
      if (sql === 'COMMIT') throw sqliteError(ioError.fsync)
    }
    await expect(engine.commit(at, [put('b', 'x')])).rejects.toMatchObject({ outcome: 'unknown' })
    traced.before = undefined
    await expect(engine.commit(at, [put('c', 'x')])).rejects.toMatchObject(stopped)

    const health = await engine.health()

    const failed = { writable: false, code: 'KV_STORAGE_FAILED', resumes: false }
    expect(health).toMatchObject(failed)
    expect(told).toEqual([health])
    await engine.close()
    const anew = await open(directory, { driver: traced.driver })
    expect(await anew.health()).toEqual({ writable: true })
    expect(await anew.commit(at, [put('c', 'x')])).toMatchObject({ ok: true })
  })

  it.runIf(process.platform !== 'win32')('is survived when it is a real one', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    await before.commit(at, [put('a', 'kept')])
    await before.close()
    writeFileSync(`${directory}/nothing-to-free`, '')
    // Writing beyond this size fails with EFBIG, which is an I/O error to SQLite.
    const child = startChild(['fill', directory, `${directory}/nothing-to-free`], {
      wrapper: afterShell('ulimit -f 4000'),
    })

    const [story] = (await once(child, 'message')) as [unknown]

    expect(story).toEqual({
      failure: { code: 'KV_STORAGE_FAILED', outcome: 'unknown' },
      again: { code: 'KV_STORAGE_FAILED', outcome: 'not-applied' },
      isFirstReadable: true,
      afterwards: { code: 'KV_STORAGE_FAILED', outcome: 'not-applied' },
    })
    await once(child, 'close')
    const after = await open(directory)
    expect(textOf(await after.get(at, 'a'))).toBe('kept')
    expect(await after.commit(at, [put('b', 'x')])).toMatchObject({ ok: true })
  })
})

describe('a process that leaves a rejection unhandled', () => {
  it('is found by what looks at every child after each test', async () => {
    const child = startChild(['leave-rejection', temporaryDirectory()])

    await once(child, 'exit')

    expect(takeExitCodes()).toEqual([unhandledCode])
  })
})

describe('a disk that fails before a commit', () => {
  const failOnce = async (errcode: number) => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver })
    await engine.commit(at, [put('a', 'kept')])
    traced.before = (sql) => {
      if (sql.startsWith('INSERT INTO entries')) throw sqliteError(errcode)
    }
    const write = engine.commit(at, [put('b', 'x')])
    await expect(write).rejects.toMatchObject(stopped)
    traced.before = undefined
    return engine
  }

  it('stops all writing when it failed to write, and lets reads go on', async () => {
    const engine = await failOnce(ioError.write)

    await expect(engine.commit(at, [put('c', 'x')])).rejects.toMatchObject(stopped)
    expect(await engine.health()).toMatchObject({ writable: false, resumes: false })
    expect(textOf(await engine.get(at, 'a'))).toBe('kept')
  })

  it('goes on writing when it failed to read, which may be one bad page', async () => {
    const engine = await failOnce(ioError.read)

    expect(await engine.commit(at, [put('c', 'x')])).toMatchObject({ ok: true })
    expect(await engine.health()).toEqual({ writable: true })
  })
})

describe('an engine whose disk fails', () => {
  it('leaves no rejection unhandled, whoever wrote, and in the background', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): unknown => unhandled.push(reason)
    process.on('unhandledRejection', note)
    const clock = new ManualClock()
    const traced = await traceDriver()
    const throwing = (): never => {
      throw sqliteError(ioError.fsync)
    }
    const engine = await open(temporaryDirectory(), { driver: traced.driver, clock })
    const record = { kind: 'record', data: JSON.stringify({ list: numbers }) } as const
    await engine.commit(at, [put('brief', 'x', 1000), { op: 'put', key: 'record', value: record }])
    traced.before = (sql) => sql === 'COMMIT' && throwing()

    const writes = await Promise.allSettled([
      engine.commit(at, [put('b', 'x')]),
      engine.purgeBucket(at),
      engine.createBucket({ ...at, bucket: 'orders' }, defaultBucketConfig),
    ])
    traced.before = undefined
    await clock.advance(5000) // The reaper has something to do, and may not write.
    await engine.read(at, [{ key: 'record', peek: [['list', 1]] }]) // Nor may the mover.
    await engine.close()
    await new Promise((resolve) => setImmediate(resolve))

    process.off('unhandledRejection', note)
    expect(writes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(unhandled).toEqual([])
  })
})

const numbers = Array.from({ length: 2000 }, (_, index) => index)
