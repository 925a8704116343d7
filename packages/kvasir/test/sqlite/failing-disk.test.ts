import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { afterShell, startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { sqliteError, traceDriver } from './traced-driver.ts'

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
  })
})

describe('a disk that fails in the middle of a commit', () => {
  it('leaves that commit unknown, stops all writing, and lets reads go on', async () => {
    const traced = await traceDriver()
    const engine = await open(temporaryDirectory(), { driver: traced.driver })
    await engine.commit(at, [put('a', 'kept')])
    const ioErrorFsync = 10 | (4 << 8)
    traced.before = (sql) => {
      if (sql === 'COMMIT') throw sqliteError(ioErrorFsync)
    }

    const write = engine.commit(at, [put('b', 'x')])

    await expect(write).rejects.toMatchObject({ code: 'KV_STORAGE_FAILED', outcome: 'unknown' })
    traced.before = undefined
    const later = engine.commit(at, [put('c', 'x')])
    const stopped = { code: 'KV_STORAGE_FAILED', outcome: 'not-applied' }
    await expect(later).rejects.toMatchObject(stopped)
    expect(textOf(await engine.get(at, 'a'))).toBe('kept')
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
