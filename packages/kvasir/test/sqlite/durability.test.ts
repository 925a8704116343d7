import { describe, expect, it } from 'vitest'
import { loadSqliteDriver, type SqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'
import { Syncing } from '../../src/engines/sqlite/syncing.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'

type Durability = 'durable' | 'relaxed'

/** The real driver, which notes at each commit how its connection syncs. */
async function noteModes(modes: string[]): Promise<SqliteDriver> {
  const { DatabaseSync } = await loadSqliteDriver()
  class Noting {
    readonly #database: InstanceType<SqliteDriver['DatabaseSync']>
    #mode = ''

    constructor(path: string, options: { readonly readOnly?: boolean } = {}) {
      this.#database = new DatabaseSync(path, options)
    }

    exec(sql: string): void {
      this.#mode = /synchronous = (\w+)$/.exec(sql)?.[1] ?? this.#mode
      this.#database.exec(sql)
    }

    prepare(sql: string) {
      const statement = this.#database.prepare(sql)
      if (sql !== 'COMMIT') return statement
      const get: typeof statement.get = (...values) => {
        modes.push(this.#mode)
        return statement.get(...values)
      }
      return { ...statement, get }
    }

    close(): void {
      this.#database.close()
    }
  }
  return { DatabaseSync: Noting }
}

async function openNoting(durability: Durability) {
  const modes: string[] = []
  const driver = await noteModes(modes)
  const engine = await open(temporaryDirectory(), { durability, driver })
  modes.length = 0
  return { engine, modes }
}

describe('a commit', () => {
  it.each([
    ['durable', 'relaxed', ['NORMAL', 'FULL']],
    ['relaxed', 'durable', ['FULL', 'NORMAL']],
  ] as const)('in a %s store is as %s as it asks to be', async (store, durability, expected) => {
    const { engine, modes } = await openNoting(store)

    await engine.commit(at, [put('a', 'x')], { durability })
    await engine.commit(at, [put('b', 'x')])

    expect(modes).toEqual(expected)
  })

  it('shares a sync with those that arrive together with a durable one', async () => {
    const { engine, modes } = await openNoting('relaxed')

    await Promise.all([
      engine.commit(at, [put('a', 'x')]),
      engine.commit(at, [put('b', 'x')], { durability: 'durable' }),
    ])

    expect(modes).toEqual(['FULL'])
  })
})

describe('a durable commit that wrote nothing', () => {
  it('syncs what relaxed ones before it have written, on which its answer may rest', () => {
    const commit = committing({ isBehind: false })

    expect(commit('durable', true)).toBe(0)
    expect(commit('durable', false)).toBe(0)
    expect(commit('relaxed', true)).toBe(0)
    expect(commit('durable', false)).toBe(1)
    expect(commit('durable', false)).toBe(1)
  })

  it('syncs what a process has left that was killed', () => {
    const commit = committing({ isBehind: true })

    expect(commit('durable', false)).toBe(1)
    expect(commit('durable', false)).toBe(1)
  })
})

/** Commits, and answers how often the log has been synced so far. */
function committing({ isBehind }: { isBehind: boolean }) {
  let syncs = 0
  const sync = async (): Promise<void> => void syncs++
  const nothing = { run: () => undefined }
  const statements = { beginImmediate: nothing, commit: nothing, rollback: nothing }
  const syncing = new Syncing({
    database: { exec: () => undefined },
    statements: { ...statements, totalChanges: notAlone },
    log: { sync: () => void sync(), syncInBackground: sync, rewrite: () => undefined },
    soleUse: { isHeld: false, look: () => false },
    directory: '',
    durability: 'durable',
    isBehind,
    inBackground: undefined,
    hasFailed: () => false,
    beforehand: () => undefined,
    explain: (failure) => failure,
    onFailed: () => undefined,
  })
  return (durability: Durability, hasWritten: boolean): number => {
    syncing.begin(durability, statements)
    syncing.commit(statements, { hasWritten, changesBuckets: false })
    return syncs
  }
}

/** With others there, nothing is synced later, and nobody asks what has been changed. */
const notAlone = { run: notAsked, get: notAsked, all: notAsked, iterate: notAsked }

function notAsked(): never {
  throw new Error('Nobody asks.')
}
