import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

/** A directory with a store of some size in it, closed. */
async function directoryWithStore(): Promise<string> {
  const directory = temporaryDirectory()
  const engine = await open(directory)
  await engine.commit(
    at,
    Array.from({ length: 200 }, (_, index) => put(`key:${index}`, 'x'.repeat(500))),
  )
  await engine.close()
  return directory
}

async function exec(path: string, sql: string): Promise<void> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

describe('a location that is no place for a store', () => {
  it('is refused when it is a file, or lies below one', async () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, 'text')

    const invalid = { code: 'KV_INVALID_LOCATION' }
    await expect(openSqliteEngine(file)).rejects.toMatchObject(invalid)
    await expect(openSqliteEngine(join(file, 'below'))).rejects.toMatchObject(invalid)
    await expect(openSqliteEngine('')).rejects.toMatchObject(invalid)
    expect(readFileSync(file, 'utf8')).toBe('text')
  })

  it.runIf(process.platform === 'linux')('is refused when nobody may write there', async () => {
    const readOnly = { code: 'KV_STORAGE_READ_ONLY' }

    // Not even root may make directories there.
    await expect(openSqliteEngine('/sys/kvasir')).rejects.toMatchObject(readOnly)
  })
})

describe('a damaged database file', () => {
  const zeroes = Buffer.alloc(40_960)
  const contents: [string, (file: Buffer) => Buffer][] = [
    ['garbage', (file) => file.map((byte, index) => (byte * 31 + index * 17) & 0xff) as Buffer],
    ['text', () => Buffer.from('This is not a database.\n'.repeat(100))],
    ['zeroes', () => zeroes],
    ['half of what it was', (file) => file.subarray(0, file.length / 2)],
    ['a part of its first page', (file) => file.subarray(0, 700)],
    ['nothing', () => Buffer.alloc(0)],
  ]

  it.each(contents)('that is %s is reported and left as it is', async (_what, spoil) => {
    const directory = await directoryWithStore()
    const path = join(directory, 'kvasir.db')
    const spoilt = spoil(readFileSync(path))
    writeFileSync(path, spoilt)

    await expect(openSqliteEngine(directory)).rejects.toMatchObject({ code: 'KV_CORRUPT' })

    expect(readFileSync(path).equals(spoilt)).toBe(true)
  })

  it.each([
    ['names of its columns', 'created_at', 'creeted_at'],
    ['settings of its buckets', '{"description"', '["description"'],
  ])('with other %s is reported at the latest when they matter', async (_what, right, wrong) => {
    const directory = await directoryWithStore()
    const path = join(directory, 'kvasir.db')
    const text = readFileSync(path, 'latin1')
    expect(text).toContain(right)
    writeFileSync(path, text.replaceAll(right, wrong), 'latin1')

    const reading = open(directory).then((engine) => engine.get(at, 'key:1'))
    await expect(reading).rejects.toMatchObject({ code: 'KV_CORRUPT' })
  })

  it('that lacks the end of a page which its log has not is reported', async () => {
    const directory = await directoryWithStore()
    const copy = temporaryDirectory()
    const engine = await open(directory)
    await engine.commit(at, [put('key:1', 'y'.repeat(500))])
    for (const name of ['kvasir.db', 'kvasir.db-wal', 'kvasir.json']) {
      copyFileSync(join(directory, name), join(copy, name))
    }
    const path = join(copy, 'kvasir.db')
    truncateSync(path, statSync(path).size - 1000)

    await expect(openSqliteEngine(copy)).rejects.toMatchObject({ code: 'KV_CORRUPT' })
  })

  it('that lacks pages which its log has is whole', async () => {
    const directory = await directoryWithStore()
    const copy = temporaryDirectory()
    const engine = await open(directory)
    for (let index = 200; index < 300; index++) {
      await engine.commit(at, [put(`key:${index}`, 'y'.repeat(500))])
    }
    for (const name of ['kvasir.db', 'kvasir.db-wal', 'kvasir.json']) {
      copyFileSync(join(directory, name), join(copy, name))
    }

    const copied = await open(copy)
    expect(textOf(await copied.get(at, 'key:299'))).toBe('y'.repeat(500))
  })

  it('that is gone is reported, not created anew', async () => {
    const directory = await directoryWithStore()
    rmSync(join(directory, 'kvasir.db'))

    await expect(openSqliteEngine(directory)).rejects.toMatchObject({ code: 'KV_CORRUPT' })
  })

  it('with one bad page fails the reads that need it, and no others', async () => {
    const directory = await directoryWithStore()
    const path = join(directory, 'kvasir.db')
    const file = readFileSync(path)
    const place = file.indexOf('key:150')
    expect(place).toBeGreaterThan(0)
    file.fill(0xff, place - (place % 4096), place - (place % 4096) + 4096)
    writeFileSync(path, file)

    const engine = await open(directory)
    const reads = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => engine.get(at, `key:${index}`)),
    )

    const failures = reads.filter((read) => read.status === 'rejected')
    expect(failures.length).toBeGreaterThan(0)
    expect(failures.every(({ reason }) => reason.code === 'KV_CORRUPT')).toBe(true)
  })
})

describe("another program's file", () => {
  it('is refused and left as it is', async () => {
    const directory = temporaryDirectory()
    const path = join(directory, 'kvasir.db')
    await exec(path, 'CREATE TABLE notes (text)')
    const before = readFileSync(path)

    await expect(openSqliteEngine(directory)).rejects.toMatchObject({ code: 'KV_CORRUPT' })

    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('is refused when it stands where our marker should', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'kvasir.json'), '{"name":"other"}')

    await expect(openSqliteEngine(directory)).rejects.toMatchObject({ code: 'KV_CORRUPT' })
  })
})

describe('a store of a newer version', () => {
  it('is refused and left as it is, byte for byte', async () => {
    const directory = await directoryWithStore()
    const path = join(directory, 'kvasir.db')
    await exec(path, 'PRAGMA user_version = 999')
    const before = readFileSync(path)

    await expect(openSqliteEngine(directory)).rejects.toMatchObject({
      code: 'KV_FORMAT_TOO_NEW',
      details: { version: 999 },
    })

    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('is refused when its directory is laid out in a newer way', async () => {
    const directory = await directoryWithStore()
    writeFileSync(join(directory, 'kvasir.json'), '{"store":"kvasir","format":999}')

    await expect(openSqliteEngine(directory)).rejects.toMatchObject({ code: 'KV_FORMAT_TOO_NEW' })
  })
})

describe('a directory in which creating a store was cut off', () => {
  it('is used when the database file is still empty', async () => {
    const directory = join(temporaryDirectory(), 'made', 'on', 'the', 'way')
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'kvasir.db'), '')

    const engine = await open(directory)

    expect(await engine.commit(at, [put('a', 'x')])).toMatchObject({ ok: true })
  })

  it('is used when only the marker is missing', async () => {
    const directory = await directoryWithStore()
    rmSync(join(directory, 'kvasir.json'))

    const engine = await open(directory)

    expect(textOf(await engine.get(at, 'key:1'))).toHaveLength(500)
    await engine.close()
    truncateSync(join(directory, 'kvasir.db'))
    await expect(openSqliteEngine(directory)).rejects.toMatchObject({ code: 'KV_CORRUPT' })
  })
})
