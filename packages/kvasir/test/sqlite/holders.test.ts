import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DiskFigures } from '../../src/engines/sqlite/disk-space.ts'
import { readHolders } from '../../src/engines/sqlite/holders.ts'
import { checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'

const pidsOf = (directory: string) => readHolders(directory).map(({ pid }) => pid)

const filesOf = (directory: string) =>
  readdirSync(directory).filter((name) => name.startsWith('holder-'))

/** Leaves the file of a process of another machine. */
function leaveForeignHolder(directory: string): void {
  const holder = { pid: 7, thread: 0, host: 'elsewhere', program: 'kvasir', boot: 'x', began: '1' }
  const since = '2026-01-01T00:00:00.000Z'
  writeFileSync(join(directory, 'holder-7-0.json'), JSON.stringify({ ...holder, since }))
}

const onFileSystem = (type: number) => ({
  probeDisk: (): DiskFigures => ({ freeBytes: 2 ** 40, totalBytes: 2 ** 41, type }),
})

describe('who has a data directory open', () => {
  it('is listed while they have: process, host, program and since when', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    const child = startChild(['stay', directory])
    await once(child, 'message')

    const holders = readHolders(directory)
    const report = await checkStore(directory)

    expect(new Set(pidsOf(directory))).toEqual(new Set([process.pid, child.pid]))
    expect(report.holders).toEqual(holders)
    expect(holders.find(({ pid }) => pid === child.pid)).toMatchObject({
      host: hostname(),
      program: 'child.ts',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(pidsOf(directory)).toEqual([process.pid])
    await engine.close()
    expect(pidsOf(directory)).toEqual([])
  })

  it('is forgotten by the next one, when a process was killed', async () => {
    const directory = temporaryDirectory()
    const child = startChild(['stay', directory])
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(filesOf(directory)).toHaveLength(1)

    await open(directory)

    expect(filesOf(directory)).toEqual([`holder-${process.pid}-0.json`])
  })

  it('is said by who waited for a lock in vain', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory, { busyTimeoutMs: 20 })
    const child = startChild(['stay', directory])
    await once(child, 'message')
    const { DatabaseSync } = await loadSqliteDriver()
    const locker = new DatabaseSync(join(directory, 'kvasir.db'))
    locker.exec('BEGIN IMMEDIATE')

    const write = engine.commit(at, [put('a', 'x')])

    await expect(write).rejects.toMatchObject({
      code: 'KV_BUSY',
      outcome: 'not-applied',
      retryable: true,
      message: expect.stringContaining(`process ${child.pid} (child.ts)`),
      details: { holders: [{ pid: child.pid }] },
    })
    locker.exec('ROLLBACK')
    locker.close()
    child.kill()
    await once(child, 'close')
  })
})

describe.runIf(process.platform === 'linux')(
  'a directory that another machine left its mark in',
  () => {
    const ext4 = 0xef53
    const fuse = 0x65735546
    const nfs = 0x6969

    it('is opened on a local file system, which only one machine at a time can have', async () => {
      const directory = temporaryDirectory()
      leaveForeignHolder(directory)

      const engine = await open(directory, onFileSystem(ext4))

      expect(await engine.commit(at, [put('a', 'x')])).toMatchObject({ ok: true })
      expect(filesOf(directory)).not.toContain('holder-7-0.json')
    })

    it('is refused where both may have it, and the message says what to do', async () => {
      const directory = temporaryDirectory()
      leaveForeignHolder(directory)

      const opening = open(directory, onFileSystem(fuse))

      await expect(opening).rejects.toMatchObject({
        code: 'KV_BUSY',
        message: expect.stringMatching(/process 7 .* on elsewhere .* delete holder-7-0\.json/),
      })
      expect(readdirSync(directory)).toEqual(['holder-7-0.json'])
    })

    it('is refused on a network file system in any case', async () => {
      const directory = temporaryDirectory()

      const opening = open(directory, onFileSystem(nfs))

      await expect(opening).rejects.toMatchObject({
        code: 'KV_INVALID_LOCATION',
        details: { fileSystem: 'NFS' },
      })
      expect(readdirSync(directory)).toEqual([])
    })
  },
)
