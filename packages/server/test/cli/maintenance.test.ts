import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openStore } from 'kvasir'
import type { BackupManifest, StoreReport } from 'kvasir/maintenance'
import { describe, expect, it } from 'vitest'
import { kvasir, newDataDirectory } from './command-harness.ts'

/** A data directory with a key in it. */
async function directoryWithKey(): Promise<string> {
  const directory = await newDataDirectory()
  await kvasir(['set', 'greeting', 'hello', '--data', directory])
  return directory
}

/** Changes a byte of the value to what no text has. */
async function spoil(directory: string): Promise<void> {
  const path = join(directory, 'kvasir.db')
  const bytes = await readFile(path)
  const place = bytes.indexOf('hello')
  expect(place).toBeGreaterThan(0)
  bytes[place] = 0xff
  await writeFile(path, bytes)
}

/** Where SQLite has `user_version`. */
const formatAt = 60

describe('kvasir doctor', () => {
  it('finds a store well, and says how much it looked at', async () => {
    const directory = await directoryWithKey()

    const { exitCode, stdout, stderr } = await kvasir(['doctor', directory])

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^healthy: format 4, 1 buckets, 1 entries, 0 past/)
  })

  it('tells what is wrong with a damaged one, a line each, and ends with 1', async () => {
    const directory = await directoryWithKey()
    await spoil(directory)

    const { exitCode, stdout } = await kvasir(['doctor', directory])
    const json = await kvasir(['doctor', directory, '--json'])

    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/values: Of key "greeting" in bucket "default".*\ndamaged: /)
    expect(json.exitCode).toBe(1)
    const report = JSON.parse(json.stdout) as StoreReport
    expect(report).toMatchObject({ isHealthy: false, findings: [{ check: 'values' }] })
  })

  it('says that a store of an older format is to be opened first', async () => {
    const directory = await directoryWithKey()
    const path = join(directory, 'kvasir.db')
    const bytes = await readFile(path)
    bytes.writeUInt32BE(2, formatAt)
    await writeFile(path, bytes)

    const { exitCode, stderr } = await kvasir(['doctor', directory])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('format 2')
    expect(stderr).toContain('Open it once')
  })

  it('says who has the store open', async () => {
    const directory = await directoryWithKey()
    await using _store = await openStore(directory)

    const { stdout } = await kvasir(['doctor', directory])

    expect(stdout).toMatch(
      new RegExp(`^open in process ${process.pid} \\(.+\\) on .+ since .+\nhealthy`),
    )
  })

  it('draws how far it has come on a terminal', async () => {
    const directory = await directoryWithKey()

    const { stderr } = await kvasir(['doctor', directory], { isTTY: true })

    expect(stderr).toContain('% of')
  })

  it('ends with 2 where there is no store', async () => {
    const { exitCode, stderr } = await kvasir(['doctor', await newDataDirectory()])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('KV_INVALID_LOCATION')
  })
})

describe('kvasir backup and kvasir restore', () => {
  it('bring a store back', async () => {
    const directory = await directoryWithKey()
    const elsewhere = await newDataDirectory()

    const backup = await kvasir(['backup', directory, join(elsewhere, 'backup'), '--json'])
    const restore = await kvasir(['restore', join(elsewhere, 'backup'), join(elsewhere, 'data')])

    expect([backup.exitCode, restore.exitCode]).toEqual([0, 0])
    const manifest = JSON.parse(backup.stdout) as BackupManifest
    expect(manifest).toMatchObject({ backup: 'kvasir', entries: 1 })
    expect(restore.stdout).toContain(manifest.madeAt)
    const get = await kvasir(['get', 'greeting', '--data', join(elsewhere, 'data')])
    expect(get.stdout).toBe('hello\n')
  })

  it('draw how far they have come on a terminal', async () => {
    const directory = await directoryWithKey()
    const elsewhere = await newDataDirectory()
    const target = join(elsewhere, 'backup')

    const backup = await kvasir(['backup', directory, target], { isTTY: true })
    const restore = await kvasir(['restore', target, join(elsewhere, 'data')], { isTTY: true })

    expect([backup.stderr, restore.stderr]).toEqual([
      expect.stringContaining('% of'),
      expect.stringContaining('% of'),
    ])
  })

  it('do not touch what is there', async () => {
    const directory = await directoryWithKey()
    const elsewhere = await newDataDirectory()
    await kvasir(['backup', directory, join(elsewhere, 'backup')])

    const again = await kvasir(['backup', directory, join(elsewhere, 'backup')])
    const over = await kvasir(['restore', join(elsewhere, 'backup'), directory])

    expect([again.exitCode, over.exitCode]).toEqual([2, 2])
    expect(over.stderr).toContain('--replace')
    const replaced = await kvasir(['restore', join(elsewhere, 'backup'), directory, '--replace'])
    expect(replaced.exitCode).toBe(0)
  })

  it('restore nothing from a damaged backup', async () => {
    const directory = await directoryWithKey()
    const elsewhere = await newDataDirectory()
    await kvasir(['backup', directory, join(elsewhere, 'backup')])
    await spoil(join(elsewhere, 'backup'))

    const { exitCode } = await kvasir(['restore', join(elsewhere, 'backup'), join(elsewhere, 'd')])

    expect(exitCode).toBe(1)
    expect(existsSync(join(elsewhere, 'd', 'kvasir.db'))).toBe(false)
  })
})
