import type { ListPage, ListQuery } from '../../engine/engine.ts'
import type { Entry, EntryHead, EpochMs, Revision } from '../../engine/entry.ts'
import { sizeOfValue } from '../../engine/value-size.ts'
import type { CollectionRows } from './collections/collection-rows.ts'
import { wholeEntry } from './collections/whole-entry.ts'
import { joinedPageSql, mayJoin, type PageRow, readJoinedPage } from './joined-page.ts'
import {
  type CellStatement,
  prepareCells,
  type SqliteDatabase,
  type SqlValue,
} from './sqlite-driver.ts'
import { type EntryRow, keyBytes } from './sqlite-rows.ts'

// A page is one range scan of an index, from where the page before ended.

/** No key's UTF-8 reaches this byte. */
const beyondAllKeys = Uint8Array.of(0xff)

/**
 * A listing by revision with a prefix goes by the keys, if not more than this many have the prefix,
 * and sorts them; otherwise along the revisions, where matches then are frequent enough.
 */
const sortedMax = 2000

/** Keys are well-formed UTF-8 and may hold NUL, which JSON escapes. */
const headValues = 'CAST(key AS TEXT), revision, created_at, updated_at, expires_at'
const headColumns = 'key, revision, created_at, updated_at, expires_at'

/** Buckets of which it is known whether their last page was of small values, by their ids. */
const noticedLength = 1024

type HeadValues = readonly [
  key: string,
  revision: Revision,
  createdAt: EpochMs,
  updatedAt: EpochMs,
  expiresAt: EpochMs | null,
]

/** All that there is of an entry but its data. */
type HeadAndKind = readonly [...HeadValues, kind: number, structure: string | null]

type PageCells = readonly [head: string, data: EntryRow['data']]

export class EntryLister {
  readonly #database: SqliteDatabase
  readonly #rows: CollectionRows
  readonly #prepared = new Map<string, CellStatement>()
  /** 1 where values are likely to be small. Ids may share a place: nothing but speed goes by it. */
  readonly #hasSmall = new Uint8Array(noticedLength)

  constructor(database: SqliteDatabase, rows: CollectionRows) {
    this.#database = database
    this.#rows = rows
  }

  list(bucketId: number, query: ListQuery, now: EpochMs): ListPage {
    const { entries, isCut = false } = query.keysOnly
      ? { entries: this.#heads(bucketId, query, now) }
      : this.#entries(bucketId, query, now)
    const isOver = entries.length > query.limit
    if (isOver) entries.pop() // The one over the limit.
    return { entries, hasMore: isOver || isCut }
  }

  #heads(bucketId: number, query: ListQuery, now: EpochMs): EntryHead[] {
    const { rows, values } = this.#scan(bucketId, query, now)
    const sql = `SELECT json_group_array(json_array(${headValues})) AS heads FROM (SELECT ${headColumns} ${rows})`
    const [page] = this.#all(sql, values) as [heads: string][]
    const heads = JSON.parse(page?.[0] ?? '[]') as HeadValues[]
    return heads.map(toHead)
  }

  #entries(bucketId: number, query: ListQuery, now: EpochMs): CutEntries {
    const { sizeMax = Number.POSITIVE_INFINITY } = query
    const { rows, isCut } = this.#rowsOf(bucketId, query, now)
    const entries: Entry[] = []
    let size = 0
    for (const row of rows) {
      const entry = wholeEntry(this.#rows, row.key, row)
      // What is compressed, or in parts, shows its size only now.
      size += sizeOfValue(entry.value)
      if (size > sizeMax && entries.length > 0) return { entries, isCut: true }
      entries.push(entry)
    }
    return { entries, isCut }
  }

  /** A page's rows, of which the data of all but the last is within its limit. */
  #rowsOf(bucketId: number, query: ListQuery, now: EpochMs): CutRows {
    const { sizeMax = Number.POSITIVE_INFINITY } = query
    const { rows, values } = this.#scan(bucketId, query, now)
    const place = bucketId % noticedLength
    if (this.#hasSmall[place]) {
      const joined = readJoinedPage(this.#prepare(joinedPageSql(rows)), values)
      if (joined) return { rows: joined, isCut: false }
    }
    const sql = `SELECT json_array(${headValues}, kind, structure), data ${rows}`
    // Drivers take twice as long to hand rows over one by one.
    const cells = this.#fits(bucketId, sizeMax)
      ? this.#all(sql, values)
      : this.#prepare(sql).iterate(...values)
    const { page, isCut } = cutPage(cells, sizeMax)
    const heads = JSON.parse(`[${page.map(([head]) => head).join()}]`) as HeadAndKind[]
    const found = page.map(([, data], index) => toRow(heads[index] as HeadAndKind, data))
    this.#hasSmall[place] = Number(mayJoin(found))
    return { rows: found, isCut }
  }

  /** Which rows a page has, as the end of a statement. */
  #scan(bucketId: number, query: ListQuery, now: EpochMs): { rows: string; values: SqlValue[] } {
    const direction = query.reverse ? 'DESC' : 'ASC'
    const isLive = '(expires_at IS NULL OR expires_at > ?)'
    const end = `AND ${isLive} ORDER BY ${query.order} ${direction} LIMIT ?`
    const bounds = keyBounds(query)
    if (query.order === 'key') {
      const rows = `FROM entries WHERE bucket_id = ? AND key >= ? AND key < ? ${end}`
      return { rows, values: [bucketId, ...bounds, now, query.limit + 1] }
    }
    const { after, reverse } = query
    const from = reverse ? 0 : (after ?? 0)
    const to = reverse ? (after ?? Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER
    const isRare = query.prefix && this.#isRare(bucketId, bounds)
    const rows = `FROM ${isRare ? 'entries' : 'entries_in_order'}
      WHERE bucket_id = ? AND revision > ? AND revision < ? AND key >= ? AND key < ? ${end}`
    return { rows, values: [bucketId, from, to, ...bounds, now, query.limit + 1] }
  }

  #isRare(bucketId: number, bounds: readonly [Uint8Array, Uint8Array]): boolean {
    const sql = `SELECT count(*) AS entries FROM
      (SELECT 1 FROM entries WHERE bucket_id = ? AND key >= ? AND key < ? LIMIT ?)`
    const [row] = this.#all(sql, [bucketId, ...bounds, sortedMax + 1])
    return (row as [entries: number])[0] <= sortedMax
  }

  /** Whether all that the bucket holds is little enough to be in memory at once. */
  #fits(bucketId: number, sizeMax: number): boolean {
    if (sizeMax === Number.POSITIVE_INFINITY) return true
    const [row] = this.#all('SELECT bytes FROM bucket_rows WHERE id = ?', [bucketId])
    return ((row as [bytes: number] | undefined)?.[0] ?? 0) <= 4 * sizeMax
  }

  #all(sql: string, values: readonly SqlValue[]): unknown[] {
    return this.#prepare(sql).all(...values)
  }

  #prepare(sql: string): CellStatement {
    const known = this.#prepared.get(sql)
    if (known) return known
    const statement = prepareCells(this.#database, sql)
    this.#prepared.set(sql, statement)
    return statement
  }
}

interface CutRows {
  readonly rows: readonly PageRow[]
  readonly isCut: boolean
}

interface CutEntries {
  readonly entries: Entry[]
  readonly isCut: boolean
}

/** The rows of a page, up to where their data takes more than it may; one row may be more. */
function cutPage(rows: Iterable<unknown>, sizeMax: number): { page: PageCells[]; isCut: boolean } {
  const page: PageCells[] = []
  let size = 0
  for (const cells of rows as Iterable<PageCells>) {
    size += cells[1].length
    if (size > sizeMax && page.length > 0) return { page, isCut: true }
    page.push(cells)
  }
  return { page, isCut: false }
}

function toRow(head: HeadAndKind, data: EntryRow['data']): PageRow {
  const [key, revision, created_at, updated_at, expires_at, kind, structure] = head
  return { key, revision, created_at, updated_at, expires_at, kind, structure, data }
}

function toHead([key, revision, createdAt, updatedAt, expiresAt]: HeadValues): EntryHead {
  if (expiresAt === null) return { key, revision, createdAt, updatedAt }
  return { key, revision, createdAt, updatedAt, expiresAt }
}

/** The range of keys that a query can mean: the first that counts, and the first that does not. */
function keyBounds(query: ListQuery): readonly [from: Uint8Array, to: Uint8Array] {
  const prefix = keyBytes(query.prefix ?? '')
  const to = successor(prefix)
  if (query.order === 'revision' || query.after === undefined) return [prefix, to]
  const after = keyBytes(query.after)
  if (query.reverse) return [prefix, least(after, to)]
  // With one zero byte added, a key's next possible follower: what is beyond `after`, and no more.
  return [greatest(Buffer.concat([after, Uint8Array.of(0)]), prefix), to]
}

/** The first byte string beyond all those that begin with `prefix`. */
function successor(prefix: Uint8Array): Uint8Array {
  const last = prefix.at(-1)
  // UTF-8 has no 0xff, so that adding one to the last byte never overflows.
  return last === undefined ? beyondAllKeys : Uint8Array.of(...prefix.subarray(0, -1), last + 1)
}

function least(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Buffer.compare(left, right) < 0 ? left : right
}

function greatest(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Buffer.compare(left, right) > 0 ? left : right
}
