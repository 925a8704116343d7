import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkFile } from '../../src/engines/sqlite/maintenance/backup-store.ts'
import { copyTables } from '../../src/engines/sqlite/maintenance/copy-tables.ts'
import { loadSqliteDriver, type SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'

/** Copies a store of which another connection removes an entry once the figures are copied. */
async function copyWhileWritten(plant: (database: SqliteDatabase) => SqliteDatabase) {
  const directory = temporaryDirectory()
  const engine = await open(directory)
  await engine.commit(at, [put('a', 'x'), put('b', 'x')])
  await engine.close()
  const driver = await loadSqliteDriver()
  const [store, copy] = [join(directory, 'kvasir.db'), join(directory, 'copy.db')]
  const writer = new driver.DatabaseSync(store)
  const database = new driver.DatabaseSync(copy)
  database.prepare('ATTACH ? AS store').run(store)
  let steps = 0
  await copyTables(plant(database), {
    onProgress: () => {
      if (++steps !== 2) return
      writer.exec(`BEGIN; DELETE FROM entries WHERE key = CAST('b' AS BLOB);
        UPDATE revisions SET keys = keys - 1, bytes = bytes - 2, stale = 1; COMMIT`)
    },
  })
  database.close()
  writer.close()
  expect(steps).toBeGreaterThan(2)
  return checkFile(copy, driver, {})
}

/** Takes the transaction away that holds one instant. */
function withoutTransaction(database: SqliteDatabase): SqliteDatabase {
  return {
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
    exec: (sql) => {
      if (sql !== 'BEGIN' && sql !== 'COMMIT') database.exec(sql)
    },
  }
}

describe('the check of a backup', () => {
  it('finds a copy well that was made in one transaction', async () => {
    expect(await copyWhileWritten((database) => database)).toMatchObject({ isHealthy: true })
  })

  it('catches a copy that was made without one, while others wrote', async () => {
    const { findings } = await copyWhileWritten(withoutTransaction)

    expect(findings.map(({ check }) => check)).toContain('keys')
  })
})
