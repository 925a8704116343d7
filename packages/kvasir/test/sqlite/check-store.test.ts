import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkDatabase, checkStore } from '../../src/engines/sqlite/maintenance/check-store.ts'
import type {
  CheckName,
  Progress,
  StoreReport,
} from '../../src/engines/sqlite/maintenance/store-report.ts'
import { loadSqliteDriver, type SqliteDatabase } from '../../src/engines/sqlite/sqlite-driver.ts'
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts'
import { at, open, put, temporaryDirectory } from './directories.ts'
import { fillWithEverything } from './varied-store.ts'

let template: string

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'kvasir-template-'))
  const engine = await openSqliteEngine(template)
  await fillWithEverything(engine)
  await engine.close()
})

afterAll(() => rmSync(template, { recursive: true }))

function variedStore(): string {
  const directory = temporaryDirectory()
  for (const name of ['kvasir.db', 'kvasir.json']) {
    copyFileSync(join(template, name), join(directory, name))
  }
  return directory
}

async function exec(directory: string, sql: string): Promise<void> {
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(join(directory, 'kvasir.db'))
  database.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE)`)
  database.close()
}

/** Changes rows behind the back of an index, which keeps what it had. */
async function changeBehind(directory: string, index: string, sql: string): Promise<void> {
  const path = join(directory, 'kvasir.db')
  const before = readFileSync(path)
  const { DatabaseSync } = await loadSqliteDriver()
  const database = new DatabaseSync(path)
  const root = `SELECT rootpage AS page, page_size AS size FROM sqlite_schema, pragma_page_size
                WHERE name = '${index}'`
  const { page, size } = database.prepare(root).get() as { page: number; size: number }
  database.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE)`)
  database.close()
  const after = readFileSync(path)
  const start = (page - 1) * size
  expect(after.subarray(start, start + size).equals(before.subarray(start, start + size))).toBe(
    false,
  )
  before.copy(after, start, start, start + size)
  writeFileSync(path, after)
}

const inDefault = "bucket_id = (SELECT id FROM buckets WHERE project = 'shop' AND name = 'default')"

const damage: readonly (readonly [what: string, check: CheckName, sql: string, words: RegExp])[] = [
  [
    'a key too many counted',
    'keys',
    'UPDATE revisions SET keys = keys + 1 WHERE bucket_id = 1',
    /keys/,
  ],
  ['an entry lost', 'keys', `DELETE FROM entries WHERE key = CAST('json' AS BLOB)`, /default/],
  [
    'bytes miscounted',
    'bytes',
    'UPDATE revisions SET bytes = bytes - 1 WHERE bucket_id = 1',
    /bytes/,
  ],
  ['a past value lost', 'bytes', 'DELETE FROM past WHERE change = 0', /history/],
  ['markers miscounted', 'markers', 'UPDATE revisions SET markers = 0', /markers of removals/],
  [
    'a revision set back',
    'revisions',
    'DELETE FROM revisions WHERE keys IS NOT NULL',
    /figures of .* missing/,
  ],
  [
    'figures set back',
    'revisions',
    `DELETE FROM revisions WHERE revision > 1; UPDATE revisions SET keys = 0, stale = 0`,
    /at revision 1/,
  ],
  [
    'an entry without a revision',
    'revisions',
    `DELETE FROM revisions WHERE revision = (SELECT min(revision) FROM entries WHERE ${inDefault})
       AND ${inDefault}`,
    /do not lead to them/,
  ],
  ['stale revisions miscounted', 'revisions', 'UPDATE revisions SET stale = 77', /counts 77/],
  [
    'a key that is there twice',
    'keys',
    `INSERT INTO entries SELECT id + 1000, bucket_id, key, revision + 1000, created_at, updated_at,
       expires_at, kind, structure, bytes_apart, data FROM entries WHERE id = 1`,
    /2 entries of one key/,
  ],
  [
    'revisions without a bucket',
    'owners',
    'UPDATE revisions SET bucket_id = bucket_id + 999',
    /"revisions"/,
  ],
  [
    'a revision given twice',
    'revisions',
    `UPDATE entries SET revision = (SELECT max(revision) FROM entries WHERE ${inDefault}) WHERE ${inDefault}`,
    /changes with revision/,
  ],
  [
    'a past that is newer than the present',
    'history',
    'UPDATE past SET revision = revision + 1000 WHERE change = 0',
    /newer than the key/,
  ],
  [
    'entries without a bucket',
    'owners',
    'UPDATE entries SET bucket_id = 999 WHERE id = 1',
    /"entries".*999/,
  ],
  ['answers without a bucket', 'owners', 'UPDATE answers SET bucket_id = 999', /"answers"/],
  ['an answer that is no JSON', 'answers', "UPDATE answers SET answers = '{'", /answer/],
  ['a copy not listed', 'copies', "DELETE FROM copies WHERE name = 'mirror'", /is not listed/],
  [
    'a copy that is none',
    'copies',
    "UPDATE buckets SET config = json_remove(config, '$.mirror')",
    /is none/,
  ],
  ['an origin unmarked', 'copies', 'UPDATE buckets SET is_origin = 0', /does not know/],
  ['a publisher unlisted', 'publishing', 'UPDATE buckets SET published_since = NULL', /published/],
  [
    'a configuration cut off',
    'buckets',
    "UPDATE buckets SET config = '{' WHERE id = 1",
    /not JSON/,
  ],
  ['no time kept', 'clock', 'DELETE FROM clock', /0 times/],
  ['an index dropped', 'schema', 'DROP INDEX entries_by_expiry', /entries_by_expiry/],
  [
    'a value of no kind',
    'values',
    "UPDATE entries SET kind = 7 WHERE key = CAST('text' AS BLOB)",
    /"text"/,
  ],
  ['JSON cut off', 'values', "UPDATE entries SET data = '[1,2,' WHERE data = '[1,2,3]'", /"json"/],
  [
    'a compressed value spoilt',
    'values',
    "UPDATE entries SET data = x'ff' WHERE kind >= 8",
    /compressed/,
  ],
  [
    'bytes apart miscounted',
    'values',
    'UPDATE entries SET bytes_apart = 1 WHERE kind = 4',
    /apart/,
  ],
  ['a past value miscounted', 'values', 'UPDATE past SET bytes = 1 WHERE change = 0', /miscounted/],
  ['an element lost', 'collections', 'DELETE FROM elements WHERE position = 100', /"list" has 297/],
  ['a member lost', 'collections', `DELETE FROM members WHERE data = '"tag:7"'`, /"tags" has/],
  [
    'elements out of place',
    'collections',
    'UPDATE elements SET position = position + 100000',
    /wrong places/,
  ],
  [
    'a collection given away',
    'collections',
    'UPDATE collections SET is_freed = 1',
    /lost its elements/,
  ],
  [
    'a collection without a record',
    'collections',
    `INSERT INTO collections (bucket_id) SELECT id FROM buckets LIMIT 1`,
    /no record/,
  ],
  [
    'elements without a collection',
    'collections',
    'UPDATE elements SET collection_id = 999',
    /"elements"/,
  ],
]

const indexes = [
  [
    'entries_by_key',
    "UPDATE entries SET key = CAST('moved' AS BLOB) WHERE key = CAST('text' AS BLOB)",
  ],
  ['entries_by_expiry', 'UPDATE entries SET expires_at = expires_at + 1'],
  [
    'past_by_key',
    "UPDATE past SET key = CAST('moved' AS BLOB) WHERE id = (SELECT min(id) FROM past)",
  ],
  ['past_removals', 'UPDATE past SET revision = revision + 1000000 WHERE change > 0'],
  ['answers_by_key', 'UPDATE answers SET first = first + 1'],
  ['collections_by_bucket', 'UPDATE collections SET bucket_id = bucket_id + 1'],
  ['collections_freed', 'UPDATE collections SET is_freed = 1'],
  ['buckets_publishing', "UPDATE buckets SET name = 'renamed' WHERE name = 'published'"],
] as const

/** Which of the indexes a doctor finds damaged, of each of which rows are missing in turn. */
async function foundBy(
  doctor: (directory: string) => Promise<StoreReport>,
  damaged: readonly (readonly [index: string, sql: string])[],
): Promise<string[]> {
  const found: string[] = []
  for (const [index, sql] of damaged) {
    const directory = variedStore()
    await changeBehind(directory, index, sql)
    const { findings } = await doctor(directory)
    const messages = findings.flatMap(({ check, message }) => (check === 'indexes' ? message : []))
    if (messages.join('\n').includes(index)) found.push(index)
  }
  return found
}

/** A doctor to whom SQLite says nothing of one index. */
async function doctorBlindTo(index: string, directory: string): Promise<StoreReport> {
  const driver = await loadSqliteDriver()
  const database = new driver.DatabaseSync(join(directory, 'kvasir.db'), { readOnly: true })
  const prepare: SqliteDatabase['prepare'] = (sql) => {
    const statement = database.prepare(sql)
    if (!sql.startsWith('PRAGMA integrity_check')) return statement
    const all: typeof statement.all = () =>
      statement.all().filter((row) => !JSON.stringify(row).includes(index))
    return { all, get: statement.get, run: statement.run, iterate: statement.iterate }
  }
  try {
    return await checkDatabase({ prepare, exec: (sql) => database.exec(sql), close }, driver, {})
  } finally {
    database.close()
  }
}

const close = (): void => undefined

describe('checking a store', () => {
  it('finds one well that has something of everything', async () => {
    const directory = variedStore()
    const progress: Progress[] = []

    const report = await checkStore(directory, { onProgress: (each) => progress.push(each) })

    expect(report).toMatchObject({ isHealthy: true, findings: [], format: 4, buckets: 8 })
    expect(report.entries).toBeGreaterThan(20)
    expect(progress.at(-1)).toEqual({
      done: report.entries + report.past,
      total: report.entries + report.past,
    })
  })

  it('finds one well that is written to meanwhile', async () => {
    const directory = variedStore()
    const engine = await open(directory)
    let isChecking = true
    const writing = (async () => {
      for (let number = 0; isChecking; number++) {
        await engine.commit(at, [put(`n:${number % 50}`, 'x'.repeat(number % 5000))])
      }
    })()

    const reports = [await checkStore(directory), await checkStore(directory)]
    isChecking = false
    await writing

    expect(reports.map(({ findings }) => findings)).toEqual([[], []])
  })

  it.each(indexes)('finds rows missing from the index %s', async (...damaged) => {
    expect(await foundBy(checkStore, [damaged])).toEqual([damaged[0]])
  })

  it('is told from a check that is blind to one index', async () => {
    const blind = 'entries_by_expiry'

    const found = await foundBy((directory) => doctorBlindTo(blind, directory), indexes)

    expect(found).toEqual(indexes.map(([index]) => index).filter((index) => index !== blind))
  })

  it.each(damage)('finds %s', async (_what, ...[check, sql, words]) => {
    const directory = variedStore()
    await exec(directory, sql)

    const { isHealthy, findings } = await checkStore(directory)

    expect(isHealthy).toBe(false)
    const found = findings.filter((finding) => finding.check === check)
    expect(found.map(({ message }) => message).join('\n')).toMatch(words)
  })

  it('changes nothing, not even a damaged store', async () => {
    const directory = variedStore()
    await exec(directory, 'UPDATE revisions SET keys = 0')
    const before = readFileSync(join(directory, 'kvasir.db'))

    await checkStore(directory)

    expect(readFileSync(join(directory, 'kvasir.db')).equals(before)).toBe(true)
  })

  it('refuses a directory without a store, and creates none', async () => {
    const directory = temporaryDirectory()

    await expect(checkStore(directory)).rejects.toMatchObject({ code: 'KV_INVALID_LOCATION' })
    await expect(checkStore(join(directory, 'none'))).rejects.toMatchObject({
      code: 'KV_INVALID_LOCATION',
    })
  })
})
