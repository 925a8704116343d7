import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { databasePath } from '../../src/engines/sqlite/data-directory.ts'
import { checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import { type Migration, migrate, migrations } from '../../src/engines/sqlite/migrations.ts'
import { openDatabase } from '../../src/engines/sqlite/open-database.ts'
import { loadSqliteDriver, type SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { takeBackToSecondFormat } from './second-format.ts'
import { fillWithEverything } from './varied-store.ts'

const addNotes: Migration = (database) => database.exec('CREATE TABLE notes (text)')
const fail: Migration = (database) => {
  addNotes(database)
  throw new Error('cut off')
}

async function openWith(directory: string, steps: readonly Migration[]): Promise<SqliteDatabase> {
  return openDatabase(directory, {
    driver: await loadSqliteDriver(),
    durability: 'durable',
    busyTimeoutMs: 1000,
    migrations: steps,
  })
}

/** What the store has in its buckets that outlive a restart, in the order of the changes. */
async function stateOf(engine: Engine): Promise<unknown> {
  const { buckets } = await engine.listBuckets(at.project, { limit: 100 })
  const lasting = buckets.filter(({ config }) => config.storage !== 'memory')
  const pages = lasting.map(({ name: bucket }) =>
    engine.list({ project: at.project, bucket }, { order: 'revision', limit: 1000 }),
  )
  return { lasting, pages: await Promise.all(pages) }
}

function versionOf(database: SqliteDatabase): unknown {
  return database.prepare('PRAGMA user_version').get()
}

describe('opening a directory in which another process makes the store', () => {
  it('takes the file for what it is, blank or whole', async () => {
    const directory = temporaryDirectory()
    const driver = await loadSqliteDriver()
    const maker = new driver.DatabaseSync(databasePath(directory))
    maker.exec('PRAGMA journal_mode = WAL')
    let looks = 0
    class SlowToLook extends driver.DatabaseSync {
      override prepare(sql: string): ReturnType<SqliteDatabase['prepare']> {
        // Between what the file says of its maker and what it says of its format.
        if (sql === 'PRAGMA user_version' && ++looks === 1) migrate(maker)
        return super.prepare(sql)
      }
    }

    const settings = { durability: 'durable', busyTimeoutMs: 1000, migrations } as const
    const opened = await openDatabase(directory, {
      ...settings,
      driver: { DatabaseSync: SlowToLook },
    })

    expect(looks).toBeGreaterThan(0)
    expect(versionOf(opened)).toEqual({ user_version: migrations.length })
    opened.close()
    maker.close()
  })
})

describe('opening a store of an older format', () => {
  it('takes it through the steps it lacks, and keeps its data', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.commit(at, [put('a', 'kept')])
    await engine.close()

    const migrated = await openWith(directory, [...migrations, addNotes])

    expect(versionOf(migrated)).toEqual({ user_version: migrations.length + 1 })
    expect(migrated.prepare('SELECT count(*) AS entries FROM entries').get()).toEqual({
      entries: 1,
    })
    expect(migrated.prepare('SELECT * FROM notes').all()).toEqual([])
    migrated.close()
    await expect(open(directory)).rejects.toMatchObject({ code: 'KV_FORMAT_TOO_NEW' })
  })

  it('numbers the changes of one that had no table for them, with figures as they were', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await fillWithEverything(engine)
    const before = await stateOf(engine)
    await engine.close()
    const older = await openWith(directory, migrations)
    takeBackToSecondFormat(older)
    older.close()

    const again = await open(directory)

    expect(await stateOf(again)).toEqual(before)
    await again.commit(at, [put('after', 'x')])
    expect(await checkStore(directory)).toMatchObject({ isHealthy: true, findings: [] })
  })

  it('leaves it as it was when a step fails', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    await engine.commit(at, [put('a', 'kept')])
    await engine.close()

    const migrating = openWith(directory, [...migrations, fail])

    await expect(migrating).rejects.toMatchObject({ code: 'KV_INTERNAL' })
    const again = await open(directory)
    expect(textOf(await again.get(at, 'a'))).toBe('kept')
  })

  it('runs each step once, however often it is opened', async () => {
    const { DatabaseSync } = await loadSqliteDriver()
    const database = new DatabaseSync(join(temporaryDirectory(), 'any.db'))

    migrate(database, [addNotes])
    migrate(database, [addNotes])

    expect(versionOf(database)).toEqual({ user_version: 1 })
    database.close()
  })
})
