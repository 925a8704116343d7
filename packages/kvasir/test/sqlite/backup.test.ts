import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { backupStore } from '../../src/engines/sqlite/maintenance/backup-store.ts'
import { checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import { restoreStore } from '../../src/engines/sqlite/maintenance/restore-store.ts'
import type { Progress } from '../../src/engines/sqlite/maintenance/store-report.ts'
import { Presence } from '../../src/engines/sqlite/presence.ts'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'
import { traceDriver } from './traced-driver.ts'
import { fillWithEverything } from './varied-store.ts'

const orders = [
  'buckets',
  'revisions',
  'copies',
  'entries',
  'past',
  'collections',
  'elements',
  'members',
  'answers',
  'clock',
]

async function contentOf(directory: string): Promise<unknown> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(join(directory, 'kvasir.db'), { readOnly: true })
  const rows = orders.map((table) => database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all())
  database.close()
  return rows
}

describe('a backup', () => {
  it('has everything that the store has, and comes back as it was', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    const engine = await open(store)
    await fillWithEverything(engine)
    const backup = join(elsewhere, 'backup')

    const manifest = await backupStore(store, backup)
    const before = await contentOf(store)
    await engine.close()
    await restoreStore(backup, join(elsewhere, 'restored'))

    expect(manifest).toMatchObject({ format: 4, buckets: 8 })
    expect(readdirSync(backup).sort()).toEqual(['backup.json', 'kvasir.db'])
    expect(await contentOf(join(elsewhere, 'restored'))).toEqual(before)
    expect(await checkStore(join(elsewhere, 'restored'))).toMatchObject({ isHealthy: true })
    const restored = await open(join(elsewhere, 'restored'))
    expect(textOf(await restored.get(at, 'text'))).toBe('with\u0000 and ünïcode')
    const again = await restored.commit(at, [put('once', 'x')], { idempotencyKey: 'id-1' })
    expect(await restored.get(at, 'once')).toMatchObject({ revision: revisionOf(again) })
  })

  it('made while others write is one instant: no batch in part, no revision left out', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    const child = startChild(['write-pairs', store])
    await once(child, 'message')
    const acknowledged: number[] = []
    child.on('message', (number: number) => acknowledged.push(number))

    const before = acknowledged.length
    for (const name of ['first', 'second', 'third']) {
      await backupStore(store, join(elsewhere, name))
      await restoreStore(join(elsewhere, name), join(elsewhere, `${name}-restored`))
    }
    child.kill('SIGKILL')
    await once(child, 'close')

    expect(acknowledged.length).toBeGreaterThan(before)
    for (const name of ['first', 'second', 'third']) {
      const engine = await open(join(elsewhere, `${name}-restored`))
      const numbers = await pairsOf(engine)
      const { revision, keys } = await engine.getBucket(at)
      expect({ revision, keys }).toEqual({ revision: 2 * numbers.length, keys: 2 * numbers.length })
    }
  })

  it('is copied in steps of few rows where values are large', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    const engine = await open(store)
    const small = Array.from({ length: 600 }, (_, index) => put(`small:${index}`, 'x'))
    await engine.commit(at, small)
    for (let number = 0; number < 10; number++) {
      await engine.commit(at, [put(`large:${number}`, 'x'.repeat(1024 * 1024))])
    }
    const steps: number[] = []
    let before = 0
    const onProgress = ({ done }: Progress): void => {
      steps.push(done - before)
      before = done
    }

    await backupStore(store, join(elsewhere, 'backup'), { onProgress })

    // The bucket; its revisions; small ones, among them at the end four large ones; the others; …
    expect(steps.slice(0, 7)).toEqual([1, 500, 111, 500, 104, 4, 2])
    const restored = await restoreStore(join(elsewhere, 'backup'), join(elsewhere, 'restored'))
    expect(restored).toMatchObject({ entries: 610 })
  })

  it('overwrites nothing', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    await (await open(store)).commit(at, [put('a', 'x')])
    mkdirSync(join(elsewhere, 'taken'))

    const backup = backupStore(store, join(elsewhere, 'taken'))

    await expect(backup).rejects.toMatchObject({ code: 'KV_INVALID_LOCATION' })
    expect(readdirSync(elsewhere)).toEqual(['taken'])
    expect(readdirSync(join(elsewhere, 'taken'))).toEqual([])
  })

  it('is not made of a damaged store, and leaves nothing behind', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    const engine = await open(store)
    await fillWithEverything(engine)
    await engine.close()
    const { DatabaseSync } = await loadSqliteDriver()
    const database = new DatabaseSync(join(store, 'kvasir.db'))
    database.exec('UPDATE revisions SET keys = keys + 1 WHERE bucket_id = 1')
    database.close()

    const backup = backupStore(store, join(elsewhere, 'backup'))

    await expect(backup).rejects.toMatchObject({
      code: 'KV_CORRUPT',
      message: expect.stringContaining('keys'),
    })
    expect(readdirSync(elsewhere)).toEqual([])
  })

  it('ends when it is aborted, and leaves nothing behind', async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    await fillWithEverything(await open(store))
    const stop = new AbortController()

    const backup = backupStore(store, join(elsewhere, 'backup'), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    })

    await expect(backup).rejects.toMatchObject({ code: 'KV_ABORTED' })
    expect(readdirSync(elsewhere)).toEqual([])
  })
})

describe('restoring a backup', () => {
  const makeBackup = async () => {
    const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
    const engine = await open(store)
    await engine.commit(at, [put('a', 'from the backup')])
    await backupStore(store, join(elsewhere, 'backup'))
    return { engine, store, backup: join(elsewhere, 'backup'), target: join(elsewhere, 'target') }
  }

  it('refuses one of which a byte has changed, and puts nothing in place', async () => {
    const { backup, target } = await makeBackup()
    const path = join(backup, 'kvasir.db')
    const bytes = readFileSync(path)
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1
    writeFileSync(path, bytes)

    await expect(restoreStore(backup, target)).rejects.toMatchObject({ code: 'KV_CORRUPT' })

    expect(readdirSync(target)).toEqual([])
  })

  it('refuses what is no backup', async () => {
    const { store, target } = await makeBackup()
    const none = { code: 'KV_INVALID_LOCATION' }

    await expect(restoreStore(store, target)).rejects.toMatchObject(none)
    await expect(restoreStore(join(store, 'none'), target)).rejects.toMatchObject(none)
  })

  it('refuses a directory with something in it, and leaves it as it is', async () => {
    const { backup, target } = await makeBackup()
    mkdirSync(target)
    writeFileSync(join(target, 'notes.txt'), 'mine')

    const restore = restoreStore(backup, target)

    await expect(restore).rejects.toMatchObject({ code: 'KV_INVALID_LOCATION' })
    expect(readdirSync(target)).toEqual(['notes.txt'])
  })

  it('leaves a store as it is that is made in the directory meanwhile', async () => {
    const { backup, target } = await makeBackup()
    const other = temporaryDirectory()
    const engine = await open(other)
    await engine.commit(at, [put('a', 'made meanwhile')])
    await backupStore(other, join(other, 'as-one-file'))
    const make = () => copyFileSync(join(other, 'as-one-file/kvasir.db'), join(target, 'kvasir.db'))

    const restore = restoreStore(backup, target, { onProgress: make })

    await expect(restore).rejects.toMatchObject({
      code: 'KV_INVALID_LOCATION',
      message: expect.stringContaining('a store was made'),
    })
    expect(readdirSync(target)).toEqual(['kvasir.db'])
    expect(textOf(await (await open(target)).get(at, 'a'))).toBe('made meanwhile')
  })

  it('is done by one of those that restore into one directory at the same time', async () => {
    const { backup, target } = await makeBackup()

    const restores = await Promise.allSettled(
      Array.from({ length: 5 }, () => restoreStore(backup, target)),
    )

    const done = restores.filter(({ status }) => status === 'fulfilled')
    const refused = restores.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(done).toHaveLength(1)
    for (const error of refused) expect(error).toMatchObject({ code: 'KV_INVALID_LOCATION' })
    expect(readdirSync(target).sort()).toEqual(['kvasir.db', 'kvasir.json'])
    expect(await checkStore(target)).toMatchObject({ isHealthy: true, entries: 1 })
  })

  it('replaces a store when told to, and keeps the old one aside', async () => {
    const { engine, backup, store } = await makeBackup()
    await engine.commit(at, [put('a', 'newer')])
    await engine.close()

    await restoreStore(backup, store, { replace: true })

    const restored = await open(store)
    expect(textOf(await restored.get(at, 'a'))).toBe('from the backup')
    const aside = readdirSync(store).filter((name) => name.startsWith('replaced-'))
    expect(aside).toHaveLength(1)
    const old = await open(join(store, aside[0] ?? ''))
    expect(textOf(await old.get(at, 'a'))).toBe('newer')
  })

  it('keeps others from opening a store that is being replaced, from beginning to end', async () => {
    const { engine, backup, store } = await makeBackup()
    await engine.close()
    const driver = await loadSqliteDriver()
    const other = new Presence(store, driver)
    const isFree: boolean[] = []

    const onProgress = (): unknown => isFree.push(other.isAlone())
    await restoreStore(backup, store, { replace: true, onProgress })

    expect(new Set(isFree)).toEqual(new Set([false]))
    expect(other.takeAlone()).toBe(true)
    await expect(open(store)).rejects.toMatchObject({ code: 'KV_BUSY' })
    other.close()
    expect(textOf(await (await open(store)).get(at, 'a'))).toBe('from the backup')
  })

  it('leaves nobody on the old store who was about to open it', async () => {
    const { engine, backup, store } = await makeBackup()
    await engine.close()
    const traced = await traceDriver()
    let hasReplaced = false
    traced.before = (sql) => {
      if (sql !== 'BEGIN IMMEDIATE' || hasReplaced) return
      hasReplaced = true
      mkdirSync(join(store, 'aside'))
      for (const name of readdirSync(store).filter((each) => each.startsWith('kvasir.db'))) {
        renameSync(join(store, name), join(store, 'aside', name))
      }
      copyFileSync(join(backup, 'kvasir.db'), join(store, 'kvasir.db'))
    }

    const opening = open(store, { driver: traced.driver })

    await expect(opening).rejects.toMatchObject({
      code: 'KV_BUSY',
      message: expect.stringContaining('restored into the data directory'),
    })
    expect(hasReplaced).toBe(true)
    expect(textOf(await (await open(store)).get(at, 'a'))).toBe('from the backup')
  })

  it('does not replace a store that is open', async () => {
    const { engine, backup, store } = await makeBackup()

    const restore = restoreStore(backup, store, { replace: true })

    await expect(restore).rejects.toMatchObject({ code: 'KV_BUSY' })
    expect(textOf(await engine.get(at, 'a'))).toBe('from the backup')
  })
})

describe('a process killed while it makes or restores a backup', () => {
  it.each(['backup', 'restore'])(
    '%s: leaves nothing in part under the final name',
    async (task) => {
      const [store, elsewhere] = [temporaryDirectory(), temporaryDirectory()]
      const engine = await open(store)
      for (const round of [1, 2, 3, 4]) {
        const many = Array.from({ length: 500 }, (_, index) =>
          put(`${round}:${index}`, 'x'.repeat(999)),
        )
        await engine.commit(at, many)
      }
      await backupStore(store, join(elsewhere, 'good'))
      const source = task === 'backup' ? store : join(elsewhere, 'good')

      // It tells that it begins, and after each step how far it has come.
      for (const messages of [1, 2, 4, 6]) {
        const target = join(elsewhere, `target-${messages}`)
        const child = startChild([`${task}-to`, source, target])
        let told = 0
        child.on('message', () => ++told === messages && child.kill('SIGKILL'))
        await once(child, 'close')
        expect(told).toBeGreaterThanOrEqual(messages)

        if (task === 'backup') {
          if (existsSync(target)) await restoreStore(target, `${target}-restored`)
          else await backupStore(store, target) // What is left behind is in nobody's way.
        } else {
          await expectWholeOrNothing(target)
          await restoreStore(source, target, { replace: true })
          await expectWholeOrNothing(target)
          expect(existsSync(join(target, 'kvasir.db'))).toBe(true)
        }
      }
    },
  )
})

async function expectWholeOrNothing(target: string): Promise<void> {
  if (!existsSync(join(target, 'kvasir.db'))) return
  expect(await checkStore(target)).toMatchObject({ isHealthy: true, entries: 2000 })
}

async function pairsOf(engine: Engine): Promise<number[]> {
  const numbers: number[] = []
  for (let after: string | undefined, hasMore = true; hasMore; ) {
    const page = await engine.list(at, {
      order: 'key',
      prefix: 'left:',
      limit: 1000,
      keysOnly: true,
      ...(after !== undefined && { after }),
    })
    for (const { key } of page.entries) {
      expect(await engine.get(at, key.replace('left', 'right'))).toBeDefined()
      numbers.push(Number(key.slice('left:'.length)))
    }
    after = page.entries.at(-1)?.key
    hasMore = page.hasMore
  }
  return numbers.sort((left, right) => left - right)
}

function revisionOf(result: Awaited<ReturnType<Engine['commit']>>): number | undefined {
  return result.ok ? result.results[0]?.revision : undefined
}
