import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../src/engines/sqlite/maintenance/backup-manifest.ts'
import { backupStore } from '../../src/engines/sqlite/maintenance/backup-store.ts'
import { checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import { restoreStore } from '../../src/engines/sqlite/maintenance/restore-store.ts'
import { loadSqliteDriver, type SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { takeBackToFirstFormat } from './first-format.ts'
import { takeBackToSecondFormat } from './second-format.ts'
import { takeBackToThirdFormat } from './third-format.ts'
import { fillWithEverything } from './varied-store.ts'

const olderFormats = [
  { format: 1, takeBack: takeBackToFirstFormat },
  { format: 2, takeBack: takeBackToSecondFormat },
  { format: 3, takeBack: takeBackToThirdFormat },
]

async function onFile(path: string, use: (database: SqliteDatabase) => void): Promise<void> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(path)
  use(database)
  database.close()
}

async function olderStore(takeBack: (database: SqliteDatabase) => void): Promise<string> {
  const store = temporaryDirectory()
  const engine = await open(store)
  await fillWithEverything(engine)
  await engine.close()
  await onFile(join(store, 'kvasir.db'), takeBack)
  return store
}

describe.each(olderFormats)('a store of format $format', ({ format, takeBack }) => {
  it('is not checked before it has been opened, and the error says so', async () => {
    const store = await olderStore(takeBack)
    const before = readFileSync(join(store, 'kvasir.db'))

    await expect(checkStore(store)).rejects.toMatchObject({
      code: 'KV_UNSUPPORTED',
      message: expect.stringMatching(`format ${format}, .* Open it once`),
    })

    expect(readFileSync(join(store, 'kvasir.db')).equals(before)).toBe(true)
    await (await open(store)).close()
    expect(await checkStore(store)).toMatchObject({ isHealthy: true, format: 4 })
  })

  it('is backed up as it is, into a copy of the newest format', async () => {
    const store = await olderStore(takeBack)
    const before = readFileSync(join(store, 'kvasir.db'))
    const elsewhere = temporaryDirectory()

    const manifest = await backupStore(store, join(elsewhere, 'backup'))
    await restoreStore(join(elsewhere, 'backup'), join(elsewhere, 'restored'))

    expect(manifest).toMatchObject({ format: 4, buckets: 8 })
    expect(readFileSync(join(store, 'kvasir.db')).equals(before)).toBe(true)
    const restored = await open(join(elsewhere, 'restored'))
    expect(textOf(await restored.get(at, 'text'))).toBe('with\u0000 and ünïcode')
    const again = await restored.commit(at, [put('once', 'x')], { idempotencyKey: 'id-1' })
    expect(again).toMatchObject({
      results: [{ revision: (await restored.get(at, 'once'))?.revision }],
    })
  })
})

describe.each(olderFormats)('a backup of format $format', ({ format, takeBack }) => {
  it('is restored in the newest format', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    await fillWithEverything(await open(store))
    const backup = join(elsewhere, 'backup')
    const manifest = await backupStore(store, backup)
    await onFile(join(backup, 'kvasir.db'), takeBack)
    const older = { ...manifest, format, ...(await fingerprintOf(join(backup, 'kvasir.db'))) }
    writeFileSync(join(backup, 'backup.json'), JSON.stringify(older))

    await restoreStore(backup, join(elsewhere, 'restored'))

    expect(await checkStore(join(elsewhere, 'restored'))).toMatchObject({
      isHealthy: true,
      format: 4,
      entries: manifest.entries,
    })
    const restored = await open(join(elsewhere, 'restored'))
    expect(textOf(await restored.get(at, 'text'))).toBe('with\u0000 and ünïcode')
  })
})

describe('a backup of a newer format', () => {
  it('is not restored, and the error says so', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    await (await open(store)).commit(at, [put('a', 'x')])
    const backup = join(elsewhere, 'backup')
    const manifest = await backupStore(store, backup)
    await onFile(join(backup, 'kvasir.db'), (file) => file.exec('PRAGMA user_version = 999'))
    const newer = { ...manifest, ...(await fingerprintOf(join(backup, 'kvasir.db'))) }
    writeFileSync(join(backup, 'backup.json'), JSON.stringify(newer))

    const restoring = restoreStore(backup, join(elsewhere, 'restored'))

    await expect(restoring).rejects.toMatchObject({ code: 'KV_FORMAT_TOO_NEW' })
  })
})
